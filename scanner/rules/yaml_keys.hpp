// yaml_keys.hpp - what readers of foreign rules in YAML ask of a map and its values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/base/result.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

// Errors are kBadRule and name `file:line`, rule and key. `file` must outlive it.
class YamlKeys {
 public:
  explicit YamlKeys(const std::string& file, std::string rule = {})
      : file_(file), rule_(std::move(rule)) {}

  [[nodiscard]] Unexpected<Error> refuse(std::size_t line, std::string what,
                                         std::string hint = {}) const;
  [[nodiscard]] Unexpected<Error> refuse(const YamlEntry& entry, const std::string& what,
                                         std::string hint = {}) const;
  /// `map`, in which only `names` may stand. `key`: what it is the value of, for messages; `hint`:
  /// for a key that is like none of the names.
  [[nodiscard]] Result<void> check_keys(const YamlNode& map,
                                        std::span<const std::string_view> names,
                                        std::string_view key = {}, std::string hint = {}) const;
  /// Text of at most 16 KiB.
  [[nodiscard]] Result<void> read_text(const YamlEntry& entry, std::string& into) const;
  /// A whole number from 0 to `most`.
  [[nodiscard]] Result<void> read_number(const YamlEntry& entry, std::uint64_t most,
                                         std::uint64_t& into) const;

 protected:
  const std::string& file_;
  std::string rule_;  // the rule at hand, as written; empty outside of one
};

}  // namespace nhi

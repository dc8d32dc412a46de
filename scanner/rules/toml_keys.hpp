// toml_keys.hpp - what readers of foreign rules in TOML ask of a table and its values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

// Keys are compared without case. Errors are kBadRule and name `file:line`, rule and key. `file`
// must outlive it.
class TomlKeys {
 public:
  explicit TomlKeys(const std::string& file) : file_(file) {}

  /// What refuse() fails with.
  [[nodiscard]] Error problem(std::size_t line, const std::string& what,
                              std::string hint = {}) const;
  [[nodiscard]] Error problem(const YamlEntry& entry, const std::string& what,
                              std::string hint = {}) const;
  [[nodiscard]] Unexpected<Error> refuse(std::size_t line, const std::string& what,
                                         std::string hint = {}) const;
  [[nodiscard]] Unexpected<Error> refuse(const YamlEntry& entry, const std::string& what,
                                         std::string hint = {}) const;

  /// Calls `read` with each key, folded, and its entry. Only `names` may stand in `table`; keys
  /// that fold to the same word are refused.
  template <class Read>
  [[nodiscard]] Result<void> each_key(const YamlNode& table,
                                      std::span<const std::string_view> names,
                                      const Read& read) const {
    if (table.kind != YamlNode::Kind::kMap) return refuse(table.line, "must be a table");
    std::set<std::string> seen;
    for (const YamlEntry& entry : table.entries) {
      NHI_TRY(const std::string key, known_key(entry, names));
      if (!seen.insert(key).second) return refuse(entry, "is given twice");
      NHI_CHECK_OK(read(key, entry));
    }
    return {};
  }

  [[nodiscard]] Result<void> read_text(const YamlEntry& entry, std::string& into) const;
  [[nodiscard]] Result<void> read_list(const YamlEntry& entry,
                                       std::vector<std::string>& into) const;
  [[nodiscard]] Result<void> read_bool(const YamlEntry& entry, bool& into) const;
  /// A whole number from 0 to a million.
  [[nodiscard]] Result<void> read_whole(const YamlEntry& entry, std::uint64_t& into) const;

 protected:
  const std::string& file_;
  std::string rule_;  // the rule at hand, as written; empty outside of one

 private:
  [[nodiscard]] Result<std::string> known_key(const YamlEntry& entry,
                                              std::span<const std::string_view> names) const;
};

}  // namespace nhi

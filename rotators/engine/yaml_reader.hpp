// yaml_reader.hpp - reads files of administrators: unknown keys and wrong kinds are errors that
// name line and column, because a word that is silently ignored is a rule that silently fails.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

inline constexpr std::size_t kRotationFileBytesMax = std::size_t{1} << 20;

// Thread-safe.
class YamlReader {
 public:
  explicit YamlReader(std::string path) : path_(std::move(path)) {}

  /// Reads the file and hands over its root. Errors: those of reading; kBadUse for what is no YAML.
  [[nodiscard]] Result<void> read(const std::function<Result<void>(const YAML::Node&)>& body) const;

  [[nodiscard]] Unexpected<Error> wrong(const YAML::Node& at, std::string what,
                                        std::string hint = {}) const;
  [[nodiscard]] Result<void> check_keys(const YAML::Node& node,
                                        std::initializer_list<std::string_view> known) const;
  /// Each item of the list under `key`; nothing if it is absent or null.
  [[nodiscard]] Result<void> each(const YAML::Node& parent, const char* key,
                                  const std::function<Result<void>(const YAML::Node&)>& item) const;
  // What is absent or null gives `otherwise`.
  [[nodiscard]] Result<std::string> text(const YAML::Node& parent, const char* key,
                                         std::string otherwise = {}) const;
  [[nodiscard]] Result<std::vector<std::string>> words(const YAML::Node& parent,
                                                       const char* key) const;
  /// "0s" or as parse_span() takes: seconds.
  [[nodiscard]] Result<std::int64_t> duration(const YAML::Node& parent, const char* key,
                                              std::int64_t otherwise) const;
  /// Those that `environments` lists; none if it is absent.
  [[nodiscard]] Result<std::vector<Environment>> environments(const YAML::Node& parent) const;
  [[nodiscard]] Result<std::int64_t> number(const YAML::Node& parent, const char* key,
                                            std::int64_t otherwise, std::int64_t least,
                                            std::int64_t most) const;
  [[nodiscard]] Result<Instant> instant(const YAML::Node& parent, const char* key) const;
  /// A mapping of texts, whole numbers, flags and lists of texts, as a rotator takes them.
  [[nodiscard]] Result<nlohmann::json> values(const YAML::Node& parent, const char* key) const;

 private:
  std::string path_;
};

}  // namespace nhi

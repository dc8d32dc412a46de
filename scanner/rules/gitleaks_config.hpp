// gitleaks_config.hpp - a configuration of Gitleaks 8, or of Betterleaks, as it is written, every
// key of it known.
//
// Source of the meanings: gitleaks 8.30 (config/config.go, config/allowlist.go, config/rule.go,
// detect/detect.go). Keys are compared without case, as there. A key that Gitleaks does not know
// it passes over; here it is an error, since whoever wrote it meant something. Betterleaks 1 reads
// the same files with keys of its own, Betterleaks 2 calls some of them by other names
// (betterleaks_keys.hpp).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/conditions.hpp"
#include "scanner/rules/rule.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

struct GitleaksRule {
  std::string id;
  std::string file;
  std::size_t line = 0;  // of the table
  std::string description;
  std::string regex;  // as written, for Go
  std::size_t regex_line = 0;
  std::string path;
  std::size_t path_line = 0;
  std::uint32_t secret_group = 0;
  std::size_t group_line = 0;
  double entropy = 0;
  std::vector<std::string> keywords;  // lower case
  std::vector<std::string> tags;
  std::vector<std::shared_ptr<const Allowlist>> allowlists;
  std::vector<Required> required;  // ids as written
  std::size_t required_line = 0;
  bool skip_report = false;
  std::size_t skip_line = 0;
  // Of Betterleaks.
  std::shared_ptr<const MatchFilter> filter;
  std::optional<Level> confidence;
  std::vector<std::string> notes;  // what is left out
  /// Why the rule cannot be honoured: said only if the rule is not left out by `disabledRules`.
  std::optional<Error> refusal;
};

/// An allowlist of the whole file, or of some of its rules.
struct GitleaksShared {
  std::shared_ptr<const Allowlist> allowlist;
  std::vector<std::string> target_rules;  // empty: all
  std::size_t line = 0;
};

struct GitleaksExtend {
  bool use_default = false;
  std::string path;
  std::vector<std::string> disabled_rules;
  std::size_t line = 0;
};

struct GitleaksConfig {
  std::string file;
  std::vector<GitleaksRule> rules;  // in file order, ids unique
  std::vector<GitleaksShared> allowlists;
  GitleaksExtend extend;
  // Of Betterleaks.
  bool betterleaks = false;  // the file has keys that only it knows
  std::shared_ptr<const MatchFilter> prefilter;
  std::shared_ptr<const MatchFilter> filter;
};

/// Errors: kBadRule naming `file:line`, rule and key; kTooLarge above kForeignRulesMax rules.
[[nodiscard]] Result<GitleaksConfig> read_gitleaks_config(const YamlNode& root,
                                                          const std::string& file);

/// What an allowlist of a whole file is called where several rules share it.
[[nodiscard]] std::string allowlist_name(std::string_view file, std::size_t line);

}  // namespace nhi

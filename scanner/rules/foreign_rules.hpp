// foreign_rules.hpp - rule files of other programs, read as they are. docs/rules.md, section 7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/rule.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

/// What a rule file may need from elsewhere.
struct RuleSources {
  std::string gitleaks_default;  // path of what Gitleaks has built in; empty if none was given
};

/// The rules of a Gitleaks 8 configuration, with what it extends. Ids become `gitleaks.ID`.
/// Errors: kBadRule naming `file:line`, rule and key for whatever cannot be honoured exactly;
///         kNotFound, kPermission, kIo, kTooLarge for a file that it extends.
[[nodiscard]] Result<std::vector<Rule>> read_gitleaks_rules(const YamlNode& root,
                                                            const std::string& file,
                                                            const RuleSources& sources);

/// The rules of a Kingfisher file: a map with a list `rules`. Ids become `kingfisher.ID`.
/// Errors: kBadRule naming `file:line`, rule and key for whatever cannot be honoured exactly;
///         kTooLarge above kForeignRulesMax rules.
[[nodiscard]] Result<std::vector<Rule>> read_kingfisher_rules(const YamlNode& root,
                                                              const std::string& file);

/// Of two rules of Kingfisher with one id that program keeps the later one; it gets a note. Rules
/// of others stay as they are.
[[nodiscard]] std::vector<Rule> latest_of_kingfisher(std::vector<Rule> rules);

/// An id of another program as one of ours: `PREFIX.words-of-id`, in lower case.
[[nodiscard]] std::string foreign_id(std::string_view prefix, std::string_view id);

/// Decides how an imported rule is searched: declared keywords as they are, else a text of its own,
/// else every view; without a bound the whole view.
void choose_search(Rule& rule);

/// `text` as one line: what rules are called.
[[nodiscard]] std::string one_line_of(std::string_view text);

}  // namespace nhi

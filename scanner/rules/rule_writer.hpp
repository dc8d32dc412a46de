// rule_writer.hpp - rules as a file of ours: what `rules import` gives.
#pragma once

#include <string>
#include <vector>

#include "scanner/rules/rule.hpp"

namespace nhi {

/// YAML that parse_rules_yaml() reads as equal rules, but for file and line. Allowlists that
/// several rules share are written once and named after it. Lines start with `header`, as a
/// comment.
[[nodiscard]] std::string write_rules_yaml(const std::vector<Rule>& rules,
                                           const std::string& header);

}  // namespace nhi

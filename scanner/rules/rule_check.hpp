// rule_check.hpp - a rule's examples held against its own claims, and a rule told in words.
//
// What is checked here needs the pattern alone: does each `matches` example match, does the match
// hold a literal, is it within max_match. Checks on the value (entropy, checksum, structure, stop
// words, language) belong to the matcher; a `misses` example that only those can refuse is counted
// as undecided, and `rules test` runs it through the matcher as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// Seeds 0 up to this, less one, are used on every template.
inline constexpr std::uint64_t kExampleSeeds = 8;

struct RuleCheck {
  std::vector<std::string> failures;  // one sentence each, naming the example by its number
  std::size_t examples = 0;           // texts tried, each seed of a template counted
  std::size_t undecided = 0;          // misses that the pattern takes and the matcher must refuse
};

/// Never fails itself: what cannot be done is one of the `failures`. Messages hold no example text.
[[nodiscard]] RuleCheck check_rule(const RuleSet& rules, RuleIndex index);

/// Several lines for people: what is looked for, where, within which bounds, and why so.
[[nodiscard]] std::string explain_rule(const RuleSet& rules, RuleIndex index);

/// One line a rule for `rules list`: id, kind, category, severity, confidence, name.
[[nodiscard]] std::string list_rules(const RuleSet& rules);

/// True if a match may still be refused after the pattern: the rule declares checks on the value.
[[nodiscard]] bool has_value_checks(const Rule& rule);

}  // namespace nhi

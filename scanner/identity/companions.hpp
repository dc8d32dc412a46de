// companions.hpp - what rules of other programs ask of the rest of the file: matches of other rules
// in company, matches that are company only, and files that are found by their path alone.
#pragma once

#include <string>
#include <vector>

#include "scanner/identity/candidate.hpp"
#include "scanner/match/conditions.hpp"

namespace nhi {

/// Drops candidates whose rule has `required` rules without a match near enough, then those of
/// rules that are not reported. What a required rule itself requires is not asked: no chains.
/// Shapes: `candidates` of one blob; `text` is its text view, for columns.
/// Source: Gitleaks 8.30, detect/detect.go, processRequiredRules().
void apply_required(std::vector<Candidate>& candidates, Bytes text);

/// True for a rule that looks for no bytes: what it finds is the file.
[[nodiscard]] bool is_path_alone(const Rule& rule);

/// One candidate for each rule that is a path and nothing more and that counts for this place: its
/// value is the content of the file, and it has no place in it. `unjudged` counts the rules that
/// nobody can judge, since the path is not known.
struct FileRuleHits {
  std::vector<Candidate> candidates;
  std::size_t unjudged = 0;
};
[[nodiscard]] FileRuleHits judge_file_rules(const RuleSet& rules, Conditions& conditions,
                                            const ViewContext& context, Bytes content);

}  // namespace nhi

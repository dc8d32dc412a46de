#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/explain.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/nearest_name.hpp"
#include "scanner/rules/rule_check.hpp"
#include "scanner/rules/rule_writer.hpp"

namespace nhi {
namespace {

class HitSink : public MatchSink {
 public:
  void on_match(const Match&) override { ++hits; }
  std::size_t hits = 0;
};

// A value that is none in code may be one in a configuration file: an example holds if it holds
// in the way of writing that it was made for.
constexpr auto kSyntaxes =
    std::to_array({Syntax::kUnknown, Syntax::kConfig, Syntax::kData, Syntax::kCLike,
                   Syntax::kScript, Syntax::kShell, Syntax::kPowerShell, Syntax::kSql});

// In how many ways of writing the rule, with its checks, finds something in `text`.
std::size_t ways_hit(Matcher& matcher, const Rule& rule, const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(kSyntaxes.begin(), kSyntaxes.end(), [&](Syntax syntax) {
        HitSink sink;
        const auto scanned = matcher.scan(text, {syntax, rule.tests_only}, sink);
        return scanned.has_value() && sink.hits > 0;
      }));
}

// Runs the examples through the matcher alone with this rule: pattern and checks together.
Result<std::vector<std::string>> check_with_matcher(const Rule& rule) {
  Rule lone = rule;
  lone.required.clear();  // company is asked of the file, not by the matcher
  NHI_TRY(const RuleSet alone, RuleSet::create({std::move(lone)}));
  Matcher matcher(alone);
  std::vector<std::string> failures;
  for (std::size_t i = 0; i < rule.matches.size(); ++i) {
    const Example& example = rule.matches[i];
    for (std::uint64_t seed = 0; seed < (example.is_template ? kExampleSeeds : 1); ++seed) {
      std::string text = example.text;
      if (example.is_template) {
        NHI_TRY(text, expand_template(example.text, seed));
      }
      if (ways_hit(matcher, rule, text) > 0) continue;
      failures.push_back(fmt::format("matches[{}] (seed {}) is refused by a check", i, seed));
    }
  }
  // What needs company in the file is refused there, not by the matcher.
  if (!rule.needs.empty() || !rule.required.empty()) return failures;
  for (std::size_t i = 0; i < rule.misses.size(); ++i) {
    std::string text = rule.misses[i].text;
    if (rule.misses[i].is_template) {
      NHI_TRY(text, expand_template(rule.misses[i].text, 0));
    }
    if (ways_hit(matcher, rule, text) < kSyntaxes.size()) continue;
    failures.push_back(fmt::format("misses[{}] is found, however the file writes values", i));
  }
  return failures;
}

Result<int> test_rules(const RuleSet& rules) {
  std::size_t examples = 0;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto index = static_cast<RuleIndex>(i);
    const Rule& rule = rules.rule(index);
    RuleCheck check = check_rule(rules, index);
    examples += check.examples;
    NHI_TRY(std::vector<std::string> more, check_with_matcher(rule));
    std::move(more.begin(), more.end(), std::back_inserter(check.failures));
    for (const std::string& failure : check.failures) {
      fmt::print("{}:{}: {}: {}\n", rule.file, rule.line, rule.id, failure);
      ++failed;
    }
  }
  fmt::print("{} rules, {} examples, {} failures\n", rules.size(), examples, failed);
  return failed == 0 ? kStatusClean : kStatusFailed;
}

Result<int> explain(const RuleSet& rules, const std::string& id) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto index = static_cast<RuleIndex>(i);
    if (rules.rule(index).id != id) continue;
    fmt::print("{}", explain_rule(rules, index));
    return kStatusClean;
  }
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules.rules()) ids.push_back(rule.id);
  const std::string_view near = nearest_name(id, ids);
  return fail(ErrorCode::kBadUse, "no rule has this id", id,
              near.empty() ? "nhisweep rules list shows them all"
                           : "did you mean '" + std::string(near) + "'?");
}

// One file of another program becomes one of ours; what there is to say goes to standard error.
Result<int> import_rules(const Options& options) {
  NHI_TRY(const std::vector<Rule> rules, load_rules(options.argument, {options.gitleaks_default}));
  NHI_TRY([[maybe_unused]] const RuleSet proof, RuleSet::create(rules));
  const std::string from = std::filesystem::path(options.argument).filename().string();
  NHI_CHECK_OK(write_result(options, write_rules_yaml(rules, one_line_of("rules of " + from))));
  for (const Rule& rule : rules) {
    for (const std::string& note : rule.notes) {
      fmt::print(stderr, "nhisweep: note: {}: {}\n", rule.id, note);
    }
  }
  return kStatusClean;
}

}  // namespace

Result<int> cmd_rules(const Options& options) {
  if (options.command == Command::kRulesImport) return import_rules(options);
  NHI_TRY(const RuleSet rules, load_rule_set(options, {}));
  if (!options.finding.empty()) return explain_finding(options, rules);
  if (options.command == Command::kRulesExplain && options.argument.empty()) {
    return fail(ErrorCode::kBadUse, "nothing to explain", "rules explain",
                "give the id of a rule, or --finding ID");
  }
  if (options.command == Command::kRulesTest) return test_rules(rules);
  if (options.command == Command::kRulesExplain) return explain(rules, options.argument);
  fmt::print("{}", list_rules(rules));
  return kStatusClean;
}

}  // namespace nhi

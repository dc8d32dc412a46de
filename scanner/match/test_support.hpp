// test_support.hpp - what the tests of this room share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "scanner/match/matcher.hpp"

namespace nhi::match_test {

/// All that two ways of matching must agree on.
using Seen = std::tuple<std::uint64_t, std::uint64_t, std::uint32_t, std::uint64_t, std::uint64_t,
                        Level, std::string>;

struct Collector final : MatchSink {
  void on_match(const Match& match) override {
    matches.push_back(match);
    seen.emplace_back(match.whole.start, match.whole.end, static_cast<std::uint32_t>(match.rule),
                      match.secret.start, match.secret.end, match.confidence,
                      std::string(match.why));
  }
  std::vector<Match> matches;
  std::vector<Seen> seen;
};

inline RuleSet make_set(std::vector<Rule> rules) {
  auto set = RuleSet::create(std::move(rules));
  if (!set) ADD_FAILURE() << set.error().message();
  return set ? std::move(*set) : std::move(*RuleSet::create({}));
}

inline const RuleSet& builtin_set() {
  static const RuleSet set = [] {
    auto rules = builtin_rules();
    if (!rules) ADD_FAILURE() << rules.error().message();
    return make_set(rules ? std::move(*rules) : std::vector<Rule>{});
  }();
  return set;
}

/// A rule with what create() asks for; examples are not checked there.
inline Rule make_rule(std::string id, std::string pattern) {
  Rule rule;
  rule.id = std::move(id);
  rule.name = rule.id;
  rule.pattern = std::move(pattern);
  rule.category = "test";
  rule.confidence = Level::kMedium;
  rule.matches = {{"x", false}};
  rule.misses = {{"y", false}};
  return rule;
}

inline Rule bounded(std::string id, std::string pattern, std::size_t max_match) {
  Rule rule = make_rule(std::move(id), std::move(pattern));
  rule.max_match = max_match;
  return rule;
}

/// Rules whose windows are easy to get wrong: edges, anchors, open repeats, late literals.
inline std::vector<Rule> window_rules() {
  std::vector<Rule> rules;
  rules.push_back(make_rule("words", R"(\bkey_[a-z]{4}\b)"));
  rules.push_back(make_rule("front", R"((?:^|\n)tok[0-9]{3}$)"));
  rules.push_back(make_rule("lines", R"((?m)^[ \t]{0,3}pin=[0-9]{2,5}$)"));
  rules.push_back(bounded("open", R"((?P<secret>[a-z0-9]+)@@end)", 12));
  rules.push_back(bounded("late", R"(a[^;]*;zed)", 20));
  rules.push_back(bounded("greedy", R"(mno+p*)", 9));
  rules.push_back(make_rule("either", R"((?i)(?:abc[0-9]|xbcd[0-9]{2})z?)"));
  Rule whole = make_rule("whole", R"((?s)BEG.*?FIN)");
  whole.whole_view = true;
  rules.push_back(whole);
  Rule loose = bounded("loose", R"([0-9]{3}-[0-9]{3})", 7);
  loose.keywords = {"phone"};
  rules.push_back(loose);
  return rules;
}

inline std::string made(std::string_view text, std::uint64_t seed = 1) {
  auto expanded = expand_template(text, seed);
  if (!expanded) ADD_FAILURE() << expanded.error().message();
  return expanded ? *expanded : "";
}

inline std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace nhi::match_test

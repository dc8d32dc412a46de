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

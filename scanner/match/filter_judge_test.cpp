#include "scanner/match/filter_judge.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/match/conditions.hpp"
#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

RuleSet set_with(std::string expression) {
  Rule rule = make_rule("acme", "key=(.*)");
  rule.semantics = Semantics::kBetterleaks;
  rule.unfiltered = true;
  rule.whole_view = true;
  rule.filters.push_back(
      std::make_shared<const MatchFilter>(MatchFilter{{}, std::move(expression)}));
  return make_set({rule});
}

FilterVerdict judged(std::string expression, const FilterFacts& facts) {
  const RuleSet set = set_with(std::move(expression));
  FilterJudge judge;
  return judge.judge(set.filters().front(), facts);
}

FilterFacts matched(Bytes view, Span whole, Bytes secret) {
  FilterFacts facts;
  facts.path = "a/b.md";
  facts.commit = "c0ffee";
  facts.matched = true;
  facts.view = view;
  facts.whole = whole;
  facts.secret = secret;
  return facts;
}

constexpr std::string_view kView = "x\na key=abcd z\ny";

TEST(FilterJudge, AsksEveryFieldOfAMatch) {
  const FilterFacts facts = matched(kView, {4, 12}, "abcd");
  for (const char* yes :
       {"finding.secret == 'abcd'", "finding.match == 'key=abcd'",
        "finding.line == '\\na key=abcd z'", "attributes.path == 'a/b.md'",
        "attributes['git.sha'] in ['1', 'c0ffee']", "entropy(finding.secret) == 2",
        "len(finding.secret) == 4", "finding.match startsWith 'key'", "finding.match endsWith 'cd'",
        "finding.match contains '=a'", "containsAny(finding.match, ['x', 'Y=A'])",
        "matchesAny(finding.secret, [`x`, `^a.*d$`])", "(1 < 2 ? finding.secret : 'x') == 'abcd'",
        "(false ? 1 : 3) >= 3"}) {
    EXPECT_EQ(judged(yes, facts), FilterVerdict::kYes) << yes;
    EXPECT_EQ(judged("!(" + std::string(yes) + ")", facts), FilterVerdict::kNo) << yes;
  }
}

TEST(FilterJudge, WhatNobodyKnowsSettlesNothing) {
  FilterFacts place;
  const auto verdict = [&](const char* expression) { return judged(expression, place); };
  EXPECT_EQ(verdict("attributes.path == ''"), FilterVerdict::kUnknown);
  EXPECT_EQ(verdict("!(attributes.path == '')"), FilterVerdict::kUnknown);
  EXPECT_EQ(verdict("finding.secret == 'a' || true"), FilterVerdict::kYes);
  EXPECT_EQ(verdict("finding.secret == 'a' || false"), FilterVerdict::kUnknown);
  EXPECT_EQ(verdict("entropy(finding.secret) < 1 && false"), FilterVerdict::kNo);
  EXPECT_EQ(verdict("entropy(finding.secret) < 1 && true"), FilterVerdict::kUnknown);
  EXPECT_EQ(verdict("attributes.path == '' ? true : true"), FilterVerdict::kUnknown);
  place.path = "a";
  EXPECT_EQ(verdict("attributes.path == 'a' || finding.secret == ''"), FilterVerdict::kYes);
  EXPECT_EQ(verdict("attributes.path == 'a' && finding.secret == ''"), FilterVerdict::kUnknown);
}

TEST(FilterJudge, SaysHowSureAMatchIs) {
  const RuleSet set = set_with(
      "let level = finding.secret == 'abcd' ? 'low' : 'high'; let _ = setConfidence(level); false");
  FilterJudge judge;
  EXPECT_EQ(judge.confidence(set.filters().front(), matched(kView, {4, 12}, "abcd")), Level::kLow);
  EXPECT_EQ(judge.confidence(set.filters().front(), matched(kView, {4, 12}, "x")), Level::kHigh);
  EXPECT_EQ(judge.confidence(set_with("false").filters().front(), {}), std::nullopt);
}

// Each name twice in the next one: asked anew each time this would take 2^60 steps.
TEST(FilterJudge, AsksWhatNamesShareOnce) {
  std::string expression = "let a0 = finding.secret == 'x';";
  for (int i = 1; i < 60; ++i) {
    const std::string last = "a" + std::to_string(i - 1);
    expression += "let a" + std::to_string(i) + " = " + last + " || " + last + ";";
  }
  EXPECT_EQ(judged(expression + "a59", matched(kView, {4, 12}, "abcd")), FilterVerdict::kNo);
}

TEST(FilterJudge, OneFilterServesManyRules) {
  Rule one = make_rule("one", "a1");
  one.semantics = Semantics::kBetterleaks;
  one.unfiltered = true;
  one.filters.push_back(std::make_shared<const MatchFilter>(MatchFilter{"n", "true"}));
  Rule two = one;
  two.id = "two";
  two.filters = {std::make_shared<const MatchFilter>(MatchFilter{"m", "true"}), one.filters[0]};
  const RuleSet set = make_set({one, two});
  EXPECT_EQ(set.filters().size(), 1U);
  EXPECT_EQ(set.compiled(RuleIndex{1}).filters, (std::vector<std::uint32_t>{0, 0}));
}

}  // namespace
}  // namespace nhi

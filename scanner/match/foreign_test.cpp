#include "scanner/match/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;
using testing::ElementsAre;

Rule gitleaks_rule(std::string pattern, std::uint32_t group = 0) {
  Rule rule = make_rule("acme", std::move(pattern));
  rule.semantics = Semantics::kGitleaks;
  rule.secret_group = group;
  rule.unfiltered = true;
  rule.whole_view = true;
  return rule;
}

std::vector<std::string> secrets(const Rule& rule, std::string_view view) {
  const RuleSet set = make_set({rule});
  Matcher matcher(set);
  Collector found;
  EXPECT_TRUE(matcher.scan(view, {}, found).has_value());
  Matcher judge(set);
  Collector plain;
  EXPECT_TRUE(judge.scan_plainly(view, {}, plain).has_value());
  EXPECT_EQ(found.seen, plain.seen);
  std::vector<std::string> values;
  for (const Match& match : found.matches) values.emplace_back(slice(view, match.secret));
  return values;
}

TEST(Foreign, WithoutAGroupTheMatchIsTheSecretLessItsLineEnds) {
  EXPECT_THAT(secrets(gitleaks_rule("\n*ab+\n*"), "x\n\nabbb\n\ny"), ElementsAre("abbb"));
}

TEST(Foreign, TheFirstGroupThatIsNotEmptyIsTheSecret) {
  const Rule rule = gitleaks_rule("(?:a=(x*)|b=(y*))(;?)");
  EXPECT_THAT(secrets(rule, "a=xx"), ElementsAre("xx"));
  EXPECT_THAT(secrets(rule, "b=yy"), ElementsAre("yy"));
  EXPECT_THAT(secrets(rule, "b=;"), ElementsAre(";"));
  EXPECT_THAT(secrets(rule, "b="), ElementsAre("b="));
}

TEST(Foreign, ANamedGroupIsTakenWhateverStandsBeforeIt) {
  EXPECT_THAT(secrets(gitleaks_rule("(key)=([a-z]+)", 2), "key=abc key=d"),
              ElementsAre("abc", "d"));
}

// The pattern is matched again on the match alone: what a word boundary saw outside is gone.
TEST(Foreign, GroupsComeFromTheMatchAlone) {
  const Rule rule = gitleaks_rule(R"((?:\Bab|\Babc)(c|$)?)");
  EXPECT_THAT(secrets(rule, "xabc"), ElementsAre("abc"));
  const Rule lines = gitleaks_rule("\n(key)=(.*)", 2);
  EXPECT_THAT(secrets(lines, "x\nkey=abc\n"), ElementsAre("key=abc"));
}

TEST(Foreign, EntropyMustBeMoreThanAsked) {
  Rule rule = gitleaks_rule("key=([a-z]+)");
  rule.entropy = 2.0;
  EXPECT_THAT(secrets(rule, "key=abcd"), ElementsAre());
  EXPECT_THAT(secrets(rule, "key=abcde"), ElementsAre("abcde"));
}

TEST(Foreign, AnEmptyGroupHasNoEntropy) {
  Rule rule = gitleaks_rule("key=([a-z]*)", 1);
  EXPECT_THAT(secrets(rule, "key="), ElementsAre("key="));
  rule.entropy = 0.5;
  EXPECT_THAT(secrets(rule, "key="), ElementsAre());
}

TEST(Foreign, OwnChecksStayAway) {
  EXPECT_THAT(secrets(gitleaks_rule("key=([a-z]+)"), "key=example"), ElementsAre("example"));
  EXPECT_THAT(secrets(gitleaks_rule(R"(key=(\S+))"), "key=${KEY}"), ElementsAre("${KEY}"));
}

TEST(Foreign, EntropyCountsCharactersOverBytes) {
  EXPECT_DOUBLE_EQ(gitleaks_entropy(""), 0);
  EXPECT_DOUBLE_EQ(gitleaks_entropy("abab"), 1);
  // Two characters of two bytes each: two shares of a quarter.
  EXPECT_DOUBLE_EQ(gitleaks_entropy("\xC3\xA9\xC3\xA8"), 1);
  // Two different stray bytes are one character to Go.
  EXPECT_DOUBLE_EQ(gitleaks_entropy("\xFF\xFE"), 0);
}

TEST(Foreign, ARuleWithoutTextOfItsOwnIsSearchedEverywhere) {
  Rule rule = make_rule("digits", "[0-9]{4}");
  rule.semantics = Semantics::kGitleaks;
  rule.unfiltered = true;
  EXPECT_THAT(secrets(rule, "12345678 90"), ElementsAre("1234", "5678"));
}

}  // namespace
}  // namespace nhi

#include "scanner/rules/rule_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Rule acme() {
  Rule rule;
  rule.id = "acme-key";
  rule.name = "Acme key";
  rule.pattern = R"(\bacme_(?P<secret>[a-z]{8})\b)";
  rule.category = "saas";
  rule.matches = {{"acme_{lower:8}", true}, {"key = acme_abcdefgh", false}};
  rule.misses = {{"acme_short", false}};
  rule.file = "acme.yaml";
  rule.line = 3;
  return rule;
}

RuleCheck check(Rule rule) {
  const auto rules = RuleSet::create({std::move(rule)});
  if (!rules) return RuleCheck{{rules.error().message()}, 0, 0};
  return check_rule(*rules, RuleIndex{0});
}

std::string explain(Rule rule) {
  const auto rules = RuleSet::create({std::move(rule)});
  return rules ? explain_rule(*rules, RuleIndex{0}) : rules.error().message();
}

TEST(RuleCheck, PassesARuleThatHoldsItsExamples) {
  const RuleCheck result = check(acme());
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(result.examples, kExampleSeeds + 2);
  EXPECT_EQ(result.undecided, 0U);
}

TEST(RuleCheck, ReportsAMatchThatIsNone) {
  Rule rule = acme();
  rule.matches.push_back({"akme_abcdefgh", false});
  EXPECT_THAT(check(rule).failures, ElementsAre("matches[2] is not matched by the pattern"));
}

TEST(RuleCheck, ReportsAMissThatMatches) {
  Rule rule = acme();
  rule.misses = {{"acme_{lower:8}", true}};
  const RuleCheck result = check(rule);
  ASSERT_EQ(result.failures.size(), kExampleSeeds);
  EXPECT_THAT(result.failures.front(), HasSubstr("misses[0] seed 0 is matched"));
}

TEST(RuleCheck, LeavesAMissToTheMatcherWhereTheRuleChecksTheValue) {
  Rule rule = acme();
  rule.misses = {{"acme_aaaaaaaa", false}};
  rule.entropy = 2.0;
  const RuleCheck result = check(rule);
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(result.undecided, 1U);
}

TEST(RuleCheck, HoldsMatchesToMaxMatchAndKeywords) {
  Rule narrow = acme();
  narrow.max_match = 6;
  EXPECT_THAT(check(narrow).failures, testing::Contains(HasSubstr("more bytes than max_match")));
  Rule elsewhere = acme();
  elsewhere.keywords = {"heroku"};
  EXPECT_THAT(check(elsewhere).failures,
              testing::Contains(HasSubstr("holds no literal of the rule")));
}

TEST(RuleCheck, ReportsMissingExamplesAndEmptySecrets) {
  Rule bare = acme();
  bare.matches.clear();
  bare.misses.clear();
  EXPECT_THAT(check(bare).failures,
              ElementsAre("has no 'matches' example", "has no 'misses' example"));
  Rule empty = acme();
  empty.pattern = "acme_(?P<secret>[a-z]{0,8})";
  empty.matches = {{"acme_1", false}};
  empty.misses = {{"none", false}};
  EXPECT_THAT(check(empty).failures, ElementsAre("matches[0] gives an empty secret"));
}

TEST(RuleCheck, KeepsExampleTextOutOfMessages) {
  Rule rule = acme();
  rule.matches = {{"xkcd_correcthorse", false}};
  for (const std::string& failure : check(rule).failures) {
    EXPECT_THAT(failure, testing::Not(HasSubstr("correcthorse")));
  }
}

TEST(ExplainRule, TellsWhatIsDerivedAndWhatIsDeclared) {
  const std::string derived = explain(acme());
  EXPECT_THAT(derived, HasSubstr("acme_ (derived)"));
  EXPECT_THAT(derived, HasSubstr("13 bytes (derived from the pattern)"));
  EXPECT_THAT(derived, HasSubstr("secret is group 1"));
  EXPECT_THAT(derived, HasSubstr("literal plus and minus 13 bytes"));
  EXPECT_THAT(derived, HasSubstr("none beyond the pattern"));
  Rule declared = acme();
  declared.keywords = {"heroku"};
  declared.max_match = 50;
  declared.entropy = 2.5;
  declared.checksum = Checksum{};
  declared.stop_words = {"example"};
  declared.needs = {{"cis2.", 5}, {"spine.", std::nullopt}};
  const std::string text = explain(declared);
  EXPECT_THAT(text, HasSubstr("heroku (declared)"));
  EXPECT_THAT(text, HasSubstr("50 bytes (declared)"));
  EXPECT_THAT(text, HasSubstr("the pattern does not contain one"));
  EXPECT_THAT(text, HasSubstr("entropy of 2.5 bits a character"));
  EXPECT_THAT(text, HasSubstr("crc32-base62 over the body in the last 6 characters"));
  EXPECT_THAT(text, HasSubstr("holds none of: example"));
  EXPECT_THAT(text, HasSubstr("cis2.* within 5 lines, or a match of spine.* anywhere"));
}

TEST(ExplainRule, NamesClassAndWholeViewOfAnIndicator) {
  Rule rule = acme();
  rule.kind = RuleKind::kIndicator;
  rule.indicator = "cis1.host.gas";
  rule.indicator_class = IndicatorClass::kCis1;
  rule.whole_view = true;
  const std::string text = explain(rule);
  EXPECT_THAT(text, HasSubstr("cis1.host.gas (CIS1)"));
  EXPECT_THAT(text, HasSubstr("none (declared: whole)"));
}

TEST(ListRules, GivesOneLineARule) {
  Rule other = acme();
  other.id = "other";
  const auto rules = RuleSet::create({acme(), other});
  ASSERT_TRUE(rules);
  EXPECT_EQ(list_rules(*rules),
            "acme-key  credential  saas        medium    medium    Acme key\n"
            "other     credential  saas        medium    medium    Acme key\n");
}

}  // namespace
}  // namespace nhi

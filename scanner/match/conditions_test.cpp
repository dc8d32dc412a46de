#include "scanner/match/conditions.hpp"

#include <gtest/gtest.h>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

ViewContext at_path(std::string_view path) {
  ViewContext context;
  context.path = path;
  return context;
}

// The rule finds `key=` and eight letters; how many matches are left?
std::size_t left(const Rule& rule, std::string_view view, const ViewContext& context) {
  const RuleSet set = make_set({rule});
  Matcher fast(set);
  Collector found;
  EXPECT_TRUE(fast.scan(view, context, found).has_value());
  Matcher judge(set);
  Collector plain;
  EXPECT_TRUE(judge.scan_plainly(view, context, plain).has_value());
  EXPECT_EQ(found.seen, plain.seen);
  return found.matches.size();
}

Rule rule_allowing(Allowlist allowlist) {
  Rule rule = make_rule("acme", "key=([a-z]{8})");
  rule.semantics = Semantics::kGitleaks;
  rule.secret_group = 0;
  rule.allowlists.push_back(std::make_shared<const Allowlist>(std::move(allowlist)));
  return rule;
}

TEST(Conditions, AnyConditionOfAnOrListLetsPass) {
  Allowlist list;
  list.regexes = {"^aaaa"};
  list.paths = {R"(\.md$)"};
  list.stop_words = {"zzzz"};
  list.commits = {"c0ffee"};
  const Rule rule = rule_allowing(list);
  EXPECT_EQ(left(rule, "key=bbbbcccc", at_path("a.txt")), 1U);
  EXPECT_EQ(left(rule, "key=aaaacccc", at_path("a.txt")), 0U);
  EXPECT_EQ(left(rule, "key=bbbbcccc", at_path("doc/a.md")), 0U);
  EXPECT_EQ(left(rule, "key=bzzzzccc", at_path("a.txt")), 0U);
  ViewContext commit = at_path("a.txt");
  commit.commit = "c0ffee";
  EXPECT_EQ(left(rule, "key=bbbbcccc", commit), 0U);
}

TEST(Conditions, AnAndListWantsEveryKindThatItGives) {
  Allowlist list;
  list.all = true;
  list.regexes = {"^aaaa"};
  list.paths = {R"(\.md$)"};
  list.stop_words = {"cccc"};
  const Rule rule = rule_allowing(list);
  EXPECT_EQ(left(rule, "key=aaaacccc", at_path("a.md")), 0U);
  EXPECT_EQ(left(rule, "key=aaaacccc", at_path("a.txt")), 1U);
  EXPECT_EQ(left(rule, "key=bbbbcccc", at_path("a.md")), 1U);
  EXPECT_EQ(left(rule, "key=aaaadddd", at_path("a.md")), 1U);
  Allowlist paths;
  paths.all = true;
  paths.paths = {R"(\.md$)"};
  EXPECT_EQ(left(rule_allowing(paths), "key=aaaacccc", at_path("a.md")), 0U);
  EXPECT_EQ(left(rule_allowing(paths), "key=aaaacccc", at_path("a.txt")), 1U);
}

TEST(Conditions, RegexesLookAtSecretMatchOrLine) {
  Allowlist list;
  list.regexes = {"^key="};
  EXPECT_EQ(left(rule_allowing(list), "key=aaaacccc", at_path("a")), 1U);
  list.target = AllowTarget::kMatch;
  EXPECT_EQ(left(rule_allowing(list), "x key=aaaacccc", at_path("a")), 0U);
  list.regexes = {"# sample$"};
  EXPECT_EQ(left(rule_allowing(list), "key=aaaacccc # sample\n", at_path("a")), 1U);
  list.target = AllowTarget::kLine;
  EXPECT_EQ(left(rule_allowing(list), "key=aaaacccc # sample\n", at_path("a")), 0U);
  EXPECT_EQ(left(rule_allowing(list), "x\nkey=aaaacccc # sample\ny\n", at_path("a")), 0U);
  EXPECT_EQ(left(rule_allowing(list), "# sample\nkey=aaaacccc\n# sample\n", at_path("a")), 1U);
}

// Gitleaks joins the regexes with |, so a flag of one holds for those behind it.
TEST(Conditions, AFlagGoesOnToTheNextRegex) {
  Allowlist list;
  list.regexes = {"(?i)^bbbb", "^AAAA"};
  EXPECT_EQ(left(rule_allowing(list), "key=aaaacccc", at_path("a")), 0U);
  list.regexes = {"^AAAA", "(?i)^bbbb"};
  EXPECT_EQ(left(rule_allowing(list), "key=aaaacccc", at_path("a")), 1U);
}

TEST(Conditions, AnotherPathIsNoPlaceForTheRule) {
  Rule rule = make_rule("acme", "key=[a-z]{8}");
  rule.path = R"((?i)\.tf$)";
  EXPECT_EQ(left(rule, "key=qwkzjvxp", at_path("main.TF")), 1U);
  EXPECT_EQ(left(rule, "key=qwkzjvxp", at_path("main.tfx")), 0U);
  EXPECT_EQ(left(rule, "key=qwkzjvxp", at_path("")), 0U);
}

TEST(Conditions, WhereNobodyKnowsThePathNothingIsHidden) {
  Allowlist list;
  list.paths = {""};
  Rule rule = rule_allowing(list);
  rule.path = "never";
  EXPECT_EQ(left(rule, "key=aaaacccc", {}), 1U);
  EXPECT_EQ(left(rule, "key=aaaacccc", at_path("never")), 0U);
}

TEST(Conditions, VerdictsFollowThePath) {
  Rule rule = make_rule("acme", "key=[a-z]{8}");
  rule.path = "^a$";
  const RuleSet set = make_set({rule});
  Conditions conditions(set);
  for (int round = 0; round < 2; ++round) {
    conditions.set_place(at_path("a"));
    EXPECT_TRUE(conditions.admits(RuleIndex{0}));
    conditions.set_place(at_path("b"));
    EXPECT_FALSE(conditions.admits(RuleIndex{0}));
  }
}

TEST(Conditions, OwnRulesMayHaveAllowlistsToo) {
  Allowlist list;
  list.stop_words = {"QWKZ"};
  Rule rule = make_rule("acme", "key=(?P<secret>[a-z]{8})");
  EXPECT_EQ(left(rule, "key=qwkzjvxp", at_path("a")), 1U);
  rule.allowlists.push_back(std::make_shared<const Allowlist>(list));
  EXPECT_EQ(left(rule, "key=qwkzjvxp", at_path("a")), 0U);
}

}  // namespace
}  // namespace nhi

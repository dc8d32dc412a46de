#include "scanner/rules/rule_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Rule rule_with(std::string pattern) {
  Rule rule;
  rule.id = "acme";
  rule.pattern = std::move(pattern);
  rule.file = "acme.yaml";
  rule.line = 3;
  return rule;
}

TEST(RuleSet, DerivesLiteralsBoundAndGroups) {
  const auto rules = RuleSet::create(
      {rule_with(R"((?P<target>acme)(x)://(?P<account>[a-z]{4}):(?P<secret>\w{8}))")});
  ASSERT_TRUE(rules) << rules.error().message();
  const CompiledRule& compiled = rules->compiled(RuleIndex{0});
  EXPECT_THAT(compiled.literals, ElementsAre("acmex://"));
  EXPECT_TRUE(compiled.anchored);
  EXPECT_EQ(compiled.max_match, 21U);
  EXPECT_TRUE(compiled.max_match_derived);
  EXPECT_EQ(compiled.target_group, 1);
  EXPECT_EQ(compiled.account_group, 3);
  EXPECT_EQ(compiled.secret_group, 4);
  EXPECT_EQ(rules->find("acme"), &rules->rule(RuleIndex{0}));
  EXPECT_EQ(rules->find("other"), nullptr);
}

TEST(RuleSet, TrustsDeclaredKeywordsAsAnchorsOnlyWhenProven) {
  Rule inside = rule_with("ACME_key=[a-z]{8}");
  inside.keywords = {"Acme_", "acme_"};
  Rule beside = rule_with("[0-9a-f]{32}");
  beside.id = "beside";
  beside.keywords = {"heroku"};
  const auto rules = RuleSet::create({inside, beside});
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_TRUE(rules->compiled(RuleIndex{0}).anchored);
  EXPECT_THAT(rules->compiled(RuleIndex{0}).literals, ElementsAre("acme_"));
  EXPECT_FALSE(rules->compiled(RuleIndex{1}).anchored);
  EXPECT_THAT(rules->compiled(RuleIndex{1}).literals, ElementsAre("heroku"));
}

TEST(RuleSet, ProvesKeywordsThatAreNotTheBestLiteral) {
  Rule rule = rule_with("(?:server|host)=[a-z]*;pwd=[a-z]{8}");
  rule.max_match = 64;
  rule.keywords = {"pwd"};
  const auto rules = RuleSet::create({rule});
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_TRUE(rules->compiled(RuleIndex{0}).anchored);
  EXPECT_THAT(rules->compiled(RuleIndex{0}).literals, ElementsAre("pwd"));
}

TEST(RuleSet, CompilesOverBytesAndAtFirstNeed) {
  Rule lazy = rule_with("acme=.{3}");
  lazy.proven = true;
  const auto rules = RuleSet::create({lazy});
  ASSERT_TRUE(rules);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      // 0xff is no UTF-8: in UTF-8 mode `.` would not take it.
      EXPECT_TRUE(
          re2::RE2::FullMatch("acme=a\xff"
                              "b",
                              rules->compiled(RuleIndex{0}).regex()));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

struct RefusalCase {
  std::string_view name;
  std::string_view pattern;
  std::string_view what;
  std::string_view hint;
};
constexpr RefusalCase kRefusals[] = {
    {"Refused", "acme(", "'pattern' is refused by RE2: missing )", ""},
    {"LookAhead", "acme(?=x)", "'pattern' is refused by RE2",
     "RE2 has no look-around; match the context, capture only the secret"},
    {"Empty", "(?:acme)?", "'pattern' matches the empty text", ""},
    {"NoLiteral", "[a-z]{8}", "'keywords' is missing", "name words that stand near every match"},
    {"NoBound", "acme_[a-z]+", "'max_match' is missing",
     "bound every repeat, or declare the longest match in bytes"},
    {"BoundTooLarge", "acme(?:[a-z]{1000}[a-z]{1000}){40}", "", ""},
};
class RuleSetRefusalTest : public testing::TestWithParam<RefusalCase> {};
TEST_P(RuleSetRefusalTest, NamesRuleFileLineAndKey) {
  const auto rules = RuleSet::create({rule_with(std::string(GetParam().pattern))});
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, ErrorCode::kBadRule);
  EXPECT_EQ(rules.error().subject, "acme.yaml:3");
  EXPECT_THAT(rules.error().what, HasSubstr("rule 'acme': "));
  EXPECT_THAT(rules.error().what, HasSubstr(std::string(GetParam().what)));
  EXPECT_EQ(rules.error().hint, GetParam().hint);
}
INSTANTIATE_TEST_SUITE_P(Table, RuleSetRefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RuleSet, RefusesAnIdUsedTwice) {
  const auto rules = RuleSet::create({rule_with("acme_a"), rule_with("acme_b")});
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().what, HasSubstr("'id' is used twice, first at acme.yaml:3"));
}

TEST(RuleSet, TakesAnUnboundedPatternWithADeclaredBound) {
  Rule bounded = rule_with("acme_[a-z]+");
  bounded.max_match = 100;
  Rule whole = rule_with("acme_[a-z]+");
  whole.id = "whole";
  whole.whole_view = true;
  const auto rules = RuleSet::create({bounded, whole});
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->compiled(RuleIndex{0}).max_match, 100U);
  EXPECT_FALSE(rules->compiled(RuleIndex{0}).max_match_derived);
  EXPECT_EQ(rules->compiled(RuleIndex{1}).max_match, 0U);
}

TEST(RuleSet, RefusesAPartThatNoRuleIs) {
  const auto rules = [](const char* prefix) {
    std::string text;
    for (const char* id : {"acme-id", "acme-secret"}) {
      text += std::string("- {id: ") + id + ", name: n, pattern: 'acme_[a-z]{4}', category: c, " +
              "severity: low, confidence: low, matches: [acme_abcd], misses: [acme], parts: [{" +
              "prefix: " + prefix + "}]}\n";
    }
    return std::move(*parse_rules_yaml(text, "r.yaml"));
  };
  EXPECT_TRUE(RuleSet::create(rules("acme-")));
  const auto refused = RuleSet::create(rules("acme-sekret"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("acme-sekret"), std::string::npos);
}

TEST(LoadRules, ReadsAFolderInNameOrder) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "nhi_load_rules_test";
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const std::string& id) {
    std::ofstream(folder / name) << "- {id: " << id << ", name: n, pattern: 'acme_[a-z]{4}', "
                                 << "category: c, severity: low, confidence: low, "
                                 << "matches: [acme_abcd], misses: [acme]}\n";
  };
  write("b.yaml", "second");
  write("a.yml", "first");
  write("ignored.txt", "third");
  const auto rules = load_rules(folder.string(), {});
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ((*rules)[0].id, "first");
  EXPECT_EQ((*rules)[1].id, "second");
  const auto one = load_rules((folder / "b.yaml").string(), {});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->size(), 1U);
  std::filesystem::remove_all(folder);
  const auto missing = load_rules(folder.string(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(BuiltinRules, MakeARuleSet) {
  auto rules = builtin_rules();
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_FALSE(rules->empty());
  EXPECT_TRUE(rules->front().proven);
  const auto set = RuleSet::create(std::move(*rules));
  ASSERT_TRUE(set) << set.error().message();
}

}  // namespace
}  // namespace nhi

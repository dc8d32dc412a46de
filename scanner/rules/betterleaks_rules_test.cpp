// Configurations of Betterleaks as a whole: what becomes of its keys, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/foreign_rules_test_kit.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_writer.hpp"

namespace nhi {
namespace {

using rules_test::Folder;
using testing::ElementsAre;
using testing::HasSubstr;

Result<std::vector<Rule>> read(const std::string& text) {
  return parse_rules(text, "acme.toml", {});
}

std::string refusal(const std::string& text) {
  const auto rules = read(text);
  if (rules) return "taken";
  return rules.error().subject + ": " + rules.error().what + " [" + rules.error().hint + "]";
}

constexpr const char* kFirst = R"toml(
betterleaksMinVersion = "v1.6.0"
prefilter = '''matchesAny(get(attributes, "path", ""), [`\.png$`])'''
filter = '''matchesAny(finding["secret"], [`^true$`])'''
[[rules]]
id = "acme-key.1"
regex = '''acme_([a-z0-9]{8})'''
keywords = ["acme_"]
filter = '''
entropy(finding["secret"]) <= 2.5
'''
validate = '''http.get("x")'''
specificity = 10
[[rules]]
id = "plain"
regex = '''plain_([a-z0-9]{8})'''
entropy = 2
[[rules.allowlists]]
regexes = ['''(?i)a''', '''b''']
)toml";

constexpr const char* kSecond = R"toml(
minVersion = 'v2.0.0-rc.1'
[[rules]]
id = 'acme-secret'
regex = '''acme_(k|s)_([a-z0-9]{8})'''
valueGroup = 2
confidence = 'high'
analyze = 'x'
revoke = 'y'
components = [{id = 'acme-id', within = '5L'}, {id = 'acme-url', optional = true}]
[[rules]]
id = 'acme-id'
regex = '''acme_id_([a-z0-9]{8})'''
skipReport = true
filter = '''containsAny(finding["secret"], ["EXAMPLE"])'''
[[rules]]
id = 'acme-url'
regex = '''acme_url_([a-z0-9]{8})'''
)toml";

TEST(BetterleaksRules, ExpressionsStandWithTheRulesThatTheyAreFor) {
  const auto rules = read(kFirst);
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->size(), 2U);
  const Rule& key = rules->front();
  EXPECT_EQ(key.id, "betterleaks.acme-key.1");
  EXPECT_EQ(key.semantics, Semantics::kBetterleaks);
  ASSERT_EQ(key.filters.size(), 3U);
  EXPECT_EQ(key.filters[0]->name, "acme.toml line 3");
  EXPECT_EQ(key.filters[1]->name, "acme.toml line 4");
  EXPECT_THAT(key.filters[2]->text, HasSubstr("2.5"));
  EXPECT_THAT(key.notes, ElementsAre(HasSubstr("'validate'"), HasSubstr("'specificity'")));
  const Rule& plain = rules->back();
  EXPECT_EQ(plain.filters.size(), 2U);
  EXPECT_EQ(plain.entropy, 2);
  ASSERT_EQ(plain.allowlists.size(), 1U);
  EXPECT_THAT(plain.allowlists.front()->regexes, ElementsAre("(?:(?i)a)", "(?:b)"));
}

TEST(BetterleaksRules, TheSecondVersionHasOtherWords) {
  const auto rules = read(kSecond);
  ASSERT_TRUE(rules) << rules.error().message();
  const Rule& secret = rules->front();
  EXPECT_EQ(secret.secret_group, 2U);
  EXPECT_EQ(secret.confidence, Level::kHigh);
  ASSERT_EQ(secret.required.size(), 1U);
  EXPECT_EQ(secret.required.front().rule, "betterleaks.acme-id");
  EXPECT_EQ(secret.required.front().lines, 4U);
  EXPECT_THAT(secret.notes, ElementsAre(HasSubstr("'analyze'"), HasSubstr("'revoke'"),
                                        HasSubstr("'acme-url' is left out")));
}

TEST(BetterleaksRules, WrittenAsOursTheyAreTheSame) {
  for (const char* text : {kFirst, kSecond}) {
    const auto rules = read(text);
    ASSERT_TRUE(rules);
    const std::string yaml = write_rules_yaml(*rules, "test");
    const auto again = parse_rules_yaml(yaml, "acme.yaml");
    ASSERT_TRUE(again) << again.error().message() << yaml;
    EXPECT_EQ(RuleSet::create(*rules)->digest(), RuleSet::create(*again)->digest());
  }
}

TEST(BetterleaksRules, NamesFileLineRuleAndPartOfWhatItCannotHonour) {
  const std::string head = "[[rules]]\nid = 'a'\nregex = 'ab1'\n";
  EXPECT_EQ(refusal(head + "filter = 'true || tokenRatio(finding.secret) > 2'\n"),
            "acme.toml:4: rule 'a': 'filter' asks 'tokenRatio', which is not honoured (line 1 of "
            "the expression) [it counts the tokens of a language model; leave the rule out; a file "
            "of yours with [extend] path = 'acme.toml' and disabledRules = ['a'] leaves out what "
            "is not honoured]");
  EXPECT_THAT(refusal(head + "tokenEfficiency = true\n"), HasSubstr("'tokenEfficiency'"));
  EXPECT_EQ(refusal(head + "tokenEfficiency = false\n"), "taken");
  EXPECT_THAT(refusal(head + "filter = 'containsAny(finding.secret, [\"A\"])'\n"),
              HasSubstr("capital letter"));
  EXPECT_THAT(refusal("minVersion = 'v2.0'\n" + head + "filter = 'finding.line == \"\"'\n"),
              HasSubstr("Betterleaks 2"));
  EXPECT_THAT(refusal("filter = 'context'\n"), HasSubstr("acme.toml:1: 'filter' asks 'context'"));
  EXPECT_THAT(refusal("prefilter = 'finding.secret == \"\"'\n"), HasSubstr("not known yet"));
  EXPECT_THAT(refusal(head + "confidence = 'sure'\n"), HasSubstr("'low', 'medium' or 'high'"));
  EXPECT_THAT(refusal(head + "components = [{id = 'a', within = '5C'}]\n"),
              HasSubstr("rule 'a': 'within' is not honoured"));
  EXPECT_THAT(refusal(head + "components = [{within = '5L'}]\n"), HasSubstr("no 'id'"));
  EXPECT_THAT(refusal(head + "components = [{id = 'b'}]\n"), HasSubstr("rule 'b'"));
}

TEST(BetterleaksRules, WhatNeedsARefusedRuleIsRefusedToo) {
  EXPECT_THAT(refusal("[[rules]]\nid='a'\nregex='ab1'\n[[rules.required]]\nid='b'\n"
                      "[[rules]]\nid='b'\nregex='cd1'\nfilter='x'\n"),
              HasSubstr("disabledRules = ['a', 'b']"));
}

TEST(BetterleaksRules, ALeftOutRuleIsNotRefused) {
  const Folder folder;
  const std::string bad = "[[rules]]\nid = 'bad'\nregex = 'cd1'\nfilter = 'context'\n";
  folder.put("base.toml", kFirst + bad);
  const auto kept = load_rules(folder.put("all.toml", "[extend]\npath = 'base.toml'\n"), {});
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().hint, HasSubstr("disabledRules = ['bad']"));
  const auto rules = load_rules(
      folder.put("less.toml", "[extend]\npath = 'base.toml'\ndisabledRules = ['bad']\n"), {});
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->size(), 2U);
}

TEST(BetterleaksRules, TheFileThatExtendsHasTheLastWordOnExpressions) {
  const Folder folder;
  folder.put("base.toml", kFirst);
  const auto rules =
      load_rules(folder.put("own.toml",
                            "filter = 'false'\n[extend]\npath = 'base.toml'\n[[rules]]\n"
                            "id = 'acme-key.1'\nfilter = 'true'\n"),
                 {});
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->front().filters.size(), 3U);
  EXPECT_THAT(rules->front().filters[0]->text, HasSubstr("png"));
  EXPECT_EQ(rules->front().filters[1]->text, "false");
  EXPECT_EQ(rules->front().filters[2]->text, "true");
}

TEST(BetterleaksRules, OursHaveNoFilters) {
  const auto rules = parse_rules_yaml(
      "- {id: a, name: a, pattern: 'ab1', category: x, severity: high, confidence: high,\n"
      "   matches: ['ab1'], misses: ['b'], filters: [{expression: 'true'}]}\n",
      "own.yaml");
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().what, HasSubstr("'filters' are for rules of Betterleaks"));
}

TEST(BetterleaksRules, AFilterOfOursIsReadWithItsName) {
  const auto head = [](const char* id) {
    return std::string("- id: ") + id +
           "\n  name: a\n  pattern: ab1\n  category: x\n  severity: high\n  confidence: high\n"
           "  semantics: betterleaks\n  filters:\n";
  };
  const auto what = [](const std::string& text) {
    const auto rules = parse_rules_yaml(text, "own.yaml");
    return rules ? "taken" : rules.error().what;
  };
  EXPECT_EQ(
      what(head("a") + "    - {name: n, expression: [tr, ue]}\n" + head("b") + "    - {name: n}\n"),
      "taken");
  EXPECT_THAT(what(head("a") + "    - {name: n}\n"), HasSubstr("no 'expression'"));
  EXPECT_THAT(what(head("a") + "    - {name: n, expression: 'true'}\n" + head("b") +
                   "    - {name: n, expression: 'false'}\n"),
              HasSubstr("given twice"));
  EXPECT_THAT(what(head("a") + "    - {expression: 'x'}\n"), HasSubstr("asks 'x'"));
  EXPECT_THAT(what(head("a") + "    - x\n"), HasSubstr("a filter is a map"));
}

}  // namespace
}  // namespace nhi

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/foreign_rules_test_kit.hpp"
#include "scanner/rules/gitleaks_config.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_writer.hpp"

namespace nhi {
namespace {

using rules_test::Folder;
using testing::ElementsAre;
using testing::HasSubstr;

Result<std::vector<Rule>> read(const std::string& text, const RuleSources& sources = {}) {
  return parse_rules(text, "acme.toml", sources);
}

// One sentence of the refusal of `text`: what, where and the hint.
std::string refusal(const std::string& text) {
  const auto rules = read(text);
  if (rules) return "taken";
  return rules.error().subject + ": " + rules.error().what + " [" + rules.error().hint + "]";
}

constexpr const char* kSample = R"toml(
title = "Acme"
minVersion = "v8.25.0"
[allowlist]
description = "of all"
paths = ['''(?i)\.png$''']
regexes = ['''^true$''']
[[rules]]
id = "Acme_Key v2"
description = """Acme
  key"""
regex = '''(?i)\bacme[-_](?P<key>[0-9a-z]{32})\b'''
secretGroup = 1
entropy = 3.5
keywords = ["ACME_", "acme-"]
tags = ["acme", "key"]
path = '''\.ini$'''
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ['''sample''']
stopwords = ["Dummy"]
commits = [" C0FFEE "]
[[rules.required]]
id = "acme.host"
withinLines = 3
withinColumns = 0
[[rules]]
id = "acme.host"
regex = '''acme\.example'''
skipReport = true
)toml";

TEST(GitleaksRules, ReadsEveryKey) {
  const auto rules = read(kSample);
  ASSERT_TRUE(rules) << rules.error().subject << ": " << rules.error().message();
  ASSERT_EQ(rules->size(), 2U);
  const Rule& rule = rules->front();
  EXPECT_EQ(rule.id, "gitleaks.acme-key-v2");
  EXPECT_EQ(rule.name, "Acme key");
  EXPECT_EQ(rule.semantics, Semantics::kGitleaks);
  EXPECT_EQ(rule.pattern, R"((?i)\bacme[-_]([0-9a-z]{32})\b)");
  EXPECT_EQ(rule.secret_group, 1U);
  EXPECT_EQ(rule.entropy, 3.5);
  EXPECT_THAT(rule.keywords, ElementsAre("acme-", "acme_"));
  EXPECT_THAT(rule.tags, ElementsAre("acme", "key"));
  EXPECT_EQ(rule.path, R"(\.ini$)");
  EXPECT_EQ(rule.line, 8U);
  ASSERT_EQ(rule.allowlists.size(), 2U);
  EXPECT_TRUE(rule.allowlists[0]->all);
  EXPECT_EQ(rule.allowlists[0]->target, AllowTarget::kLine);
  EXPECT_THAT(rule.allowlists[0]->stop_words, ElementsAre("dummy"));
  EXPECT_THAT(rule.allowlists[0]->commits, ElementsAre("c0ffee"));
  EXPECT_FALSE(rule.allowlists[1]->all);
  EXPECT_EQ(rule.allowlists[1], rules->at(1).allowlists[0]);
  ASSERT_EQ(rule.required.size(), 1U);
  EXPECT_EQ(rule.required[0].rule, "gitleaks.acme.host");
  EXPECT_EQ(rule.required[0].lines, 3U);
  EXPECT_EQ(rule.required[0].columns, 0U);
  EXPECT_TRUE(rule.reported);
  EXPECT_FALSE(rules->at(1).reported);
  EXPECT_TRUE(RuleSet::create(*rules));
}

TEST(GitleaksRules, WhatIsRequiredAndReportedIsAPart) {
  const auto parts = [](const std::string& required, const std::string& others) {
    const auto rules = read("[[rules]]\nid='key'\nregex='key1'\n" + required + others);
    EXPECT_TRUE(rules.has_value()) << (rules ? "" : rules.error().message());
    return rules ? rules->front().parts : std::vector<Part>();
  };
  const std::string host = "[[rules]]\nid='host'\nregex='host1'\n";
  const std::string asked = "[[rules.required]]\nid='host'\n";
  const auto anywhere = parts(asked, host);
  ASSERT_EQ(anywhere.size(), 1U);
  EXPECT_EQ(anywhere[0].prefix, "gitleaks.host");
  EXPECT_FALSE(anywhere[0].lines);
  const auto near = parts(asked + "withinLines=0\n", host);
  ASSERT_EQ(near.size(), 1U);
  EXPECT_EQ(near[0].lines, 1U);
  EXPECT_EQ(near[0].bytes, 65536U);
  EXPECT_EQ(parts(asked + "withinLines=5000\n", host)[0].lines, 1000U);
  EXPECT_TRUE(parts(asked, host + "skipReport=true\n").empty());
  EXPECT_TRUE(parts(asked, host + "[[rules]]\nid='host-2'\nregex='host2'\n").empty());
}

// Keys are compared without case, as Gitleaks does.
TEST(GitleaksRules, TakesKeysInAnyCase) {
  const auto rules = read("[[Rules]]\nID = 'a'\nREGEX = 'abc[0-9]'\nsecretgroup = 0\n");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->front().id, "gitleaks.a");
  EXPECT_THAT(refusal("[[rules]]\nid = 'a'\nregex = 'x1'\nRegex = 'y'\n"), HasSubstr("twice"));
}

TEST(GitleaksRules, SearchesAsFarAsThePatternMakesNecessary) {
  const auto rules = read(
      "[[rules]]\nid = 'text'\nregex = 'acme_[a-z]{8}'\n"
      "[[rules]]\nid = 'nothing'\nregex = '[0-9]{8}'\n"
      "[[rules]]\nid = 'endless'\nregex = 'acme_[a-z]+'\n");
  ASSERT_TRUE(rules);
  EXPECT_FALSE(rules->at(0).unfiltered);
  EXPECT_FALSE(rules->at(0).whole_view);
  EXPECT_TRUE(rules->at(1).unfiltered);
  EXPECT_TRUE(rules->at(2).whole_view);
  EXPECT_TRUE(RuleSet::create(*rules));
}

TEST(GitleaksRules, NamesFileLineRuleAndKeyOfWhatItCannotHonour) {
  const std::string head = "[[rules]]\nid = 'a'\n";
  EXPECT_EQ(refusal(head + "regex = '''\\p{L}x'''\n"),
            "acme.toml:3: rule 'a': 'regex' holds a Unicode class [patterns match bytes; name the "
            "ASCII characters that are meant]");
  EXPECT_EQ(refusal(head + "regex = 'ab'\nregexp = 'ab'\n"),
            "acme.toml:4: rule 'a': unknown key 'regexp' [did you mean 'regex'?]");
  EXPECT_THAT(refusal(head + "regex = 'ab'\nsecretGroup = 1\n"), HasSubstr("acme.toml:4"));
  EXPECT_THAT(refusal(head + "regex = 'ab'\nentropy = 'x'\n"), HasSubstr("'entropy'"));
  EXPECT_THAT(refusal(head + "regex = 'ab'\nkeywords = 'ab'\n"), HasSubstr("'keywords'"));
  EXPECT_THAT(refusal(head + "regex = 'ab'\nskipReport = 1\n"), HasSubstr("'skipReport'"));
  EXPECT_THAT(refusal(head), HasSubstr("neither 'regex' nor 'path'"));
  EXPECT_THAT(refusal(head + "path = '('\n"), HasSubstr("'path' is refused by RE2"));
  EXPECT_THAT(refusal("[[rules]]\nregex = 'ab'\n"), HasSubstr("no 'id'"));
  EXPECT_THAT(refusal(head + "regex='ab'\n" + head + "regex='cd'\n"), HasSubstr("used twice"));
  EXPECT_THAT(refusal(head + "regex='ab'\n[[rules]]\nid='A'\nregex='cd'\n"),
              HasSubstr("becomes 'gitleaks.a'"));
  EXPECT_THAT(refusal(head + "regex='ab'\n[[rules.required]]\nid='b'\n"), HasSubstr("rule 'b'"));
}

TEST(GitleaksRules, NamesWhatIsWrongWithAllowlists) {
  const std::string head = "[[rules]]\nid = 'a'\nregex = 'ab1'\n[[rules.allowlists]]\n";
  EXPECT_THAT(refusal(head), HasSubstr("none of"));
  EXPECT_THAT(refusal(head + "condition = 'XOR'\npaths=['a']\n"), HasSubstr("'condition'"));
  EXPECT_THAT(refusal(head + "regexTarget = 'Line'\npaths=['a']\n"), HasSubstr("'regexTarget'"));
  EXPECT_THAT(refusal(head + "regexes = ['a', '(']\n"), HasSubstr("'regexes' is refused"));
  EXPECT_THAT(refusal(head + "stopwords = ['']\n"), HasSubstr("empty word"));
  EXPECT_THAT(refusal("[[allowlists]]\ntargetRules=['b']\npaths=['a']\n"), HasSubstr("rule 'b'"));
  EXPECT_THAT(refusal("[allowlist]\npaths=['a']\n[[allowlists]]\npaths=['a']\n"),
              HasSubstr("other form"));
}

TEST(GitleaksRules, ATargetedAllowlistIsOneOfItsRules) {
  const auto rules = read(
      "[[allowlists]]\ntargetRules=['b']\npaths=['x']\n"
      "[[rules]]\nid='a'\nregex='abc1'\n[[rules]]\nid='b'\nregex='abc2'\n");
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->at(0).allowlists.empty());
  EXPECT_EQ(rules->at(1).allowlists.size(), 1U);
}

TEST(GitleaksRules, ExtendsAFileAndChangesItsRules) {
  const Folder folder;
  folder.put("base.toml",
             "[allowlist]\npaths=['p']\n"
             "[[rules]]\nid='a'\ndescription='old'\nregex='abc1'\nentropy=3\nkeywords=['abc']\n"
             "[[rules]]\nid='b'\nregex='abc2'\n[[rules]]\nid='c'\nregex='abc3'\n");
  const std::string top =
      folder.put("top.toml",
                 "[extend]\npath='base.toml'\ndisabledRules=['b','nowhere']\n[[rules]]\nid='a'\n"
                 "description='new'\nkeywords=['bc1']\n[[rules.allowlists]]\nstopwords=['w']\n");
  const auto rules = load_rules(top, {});
  ASSERT_TRUE(rules) << rules.error().subject << ": " << rules.error().message();
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).name, "new");
  EXPECT_EQ(rules->at(0).pattern, "abc1");
  EXPECT_EQ(rules->at(0).entropy, 3);
  EXPECT_THAT(rules->at(0).keywords, ElementsAre("abc", "bc1"));
  EXPECT_EQ(rules->at(0).allowlists.size(), 2U);
  EXPECT_EQ(rules->at(1).id, "gitleaks.c");
}

TEST(GitleaksRules, TheRulesOfGitleaksItselfMustBeGiven) {
  const Folder folder;
  const std::string base = folder.put("default.toml", "[[rules]]\nid='b'\nregex='abc2'\n");
  const std::string text = "[extend]\nuseDefault = true\n[[rules]]\nid='a'\nregex='abc1'\n";
  EXPECT_THAT(refusal(text), HasSubstr("--gitleaks-default"));
  const auto rules = read(text, {base});
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->size(), 2U);
}

TEST(GitleaksRules, RefusesExtensionsThatGitleaksWouldLose) {
  const Folder folder;
  folder.put("4.toml", "[[rules]]\nid='a'\nregex='abc1'\n");
  folder.put("3.toml", "[extend]\npath='4.toml'\n");
  folder.put("2.toml", "[extend]\npath='3.toml'\n");
  const auto deep = load_rules(folder.put("1.toml", "[extend]\npath='2.toml'\n"), {});
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().what, HasSubstr("more than two files"));
  const auto own = load_rules(
      folder.put("own.toml", "[extend]\npath='4.toml'\n[[rules]]\nid='a'\nskipReport=true\n"), {});
  ASSERT_FALSE(own);
  EXPECT_THAT(own.error().what, HasSubstr("'skipReport' is lost"));
  folder.put("targets.toml", "[[allowlists]]\ntargetRules=['a']\npaths=['x']\n");
  EXPECT_FALSE(load_rules(folder.put("t.toml", "[extend]\npath='targets.toml'\n"), {}));
  EXPECT_THAT(refusal("[extend]\npath='nowhere.toml'\n"), HasSubstr("not there"));
  EXPECT_THAT(refusal("[extend]\nurl='x'\n"), HasSubstr("'url' is not honoured"));
  EXPECT_THAT(refusal("[extend]\npath='x'\nuseDefault=true\n"), HasSubstr("both"));
}

TEST(GitleaksRules, WrittenAsYamlTheyAreTheSameRules) {
  const auto rules = read(kSample);
  ASSERT_TRUE(rules);
  const std::string text = write_rules_yaml(*rules, "of acme.toml");
  const auto again = parse_rules_yaml(text, "acme.yaml");
  ASSERT_TRUE(again) << again.error().subject << ": " << again.error().message() << "\n" << text;
  const auto before = RuleSet::create(*rules);
  const auto after = RuleSet::create(*again);
  ASSERT_TRUE(before);
  ASSERT_TRUE(after) << after.error().message();
  EXPECT_EQ(before->digest(), after->digest());
  EXPECT_EQ(write_rules_yaml(*again, "of acme.toml"), text);
}

}  // namespace
}  // namespace nhi

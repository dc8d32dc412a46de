#include "scanner/rules/rule_writer.hpp"

#include <gtest/gtest.h>

#include "scanner/rules/rule_codec.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

// Every built-in rule uses what the writer must say; between them they use nearly all of it.
TEST(RuleWriter, WhatItWritesReadsAsTheSameRules) {
  auto rules = builtin_rules();
  ASSERT_TRUE(rules);
  const auto again = parse_rules_yaml(write_rules_yaml(*rules, "all"), "all.yaml");
  ASSERT_TRUE(again) << again.error().subject << ": " << again.error().message();
  ASSERT_EQ(again->size(), rules->size());
  for (std::size_t i = 0; i < rules->size(); ++i) {
    Rule& was = rules->at(i);
    Rule is = again->at(i);
    is.file = was.file;
    is.line = was.line;
    EXPECT_EQ(encode_rules({was}), encode_rules({is})) << was.id;
  }
}

TEST(RuleWriter, KeepsTextsThatYamlWouldChange) {
  Rule rule;
  rule.id = "odd";
  rule.name = "it's: \"odd\" # \\ - [x]";
  rule.semantics = Semantics::kGitleaks;
  rule.pattern = "a\n\tb'\"\\x41" + std::string(20'000, 'x');
  rule.keywords = {"~", "null", "true", "- x"};
  rule.category = "token";
  rule.tags = {"\x01\x7F", "\xC3\xA9"};
  const auto again = parse_rules_yaml(write_rules_yaml({rule}, "odd"), "odd.yaml");
  ASSERT_TRUE(again) << again.error().subject << ": " << again.error().message();
  EXPECT_EQ(again->front().name, rule.name);
  EXPECT_EQ(again->front().pattern, rule.pattern);
  EXPECT_EQ(again->front().keywords, rule.keywords);
  EXPECT_EQ(again->front().tags, rule.tags);
}

}  // namespace
}  // namespace nhi

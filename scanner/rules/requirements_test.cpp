#include "scanner/rules/requirements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One sentence of the refusal of `text`: what, where and the hint.
std::string refusal(const std::string& text) {
  const auto rules = parse_rules(text, "acme.yml", {});
  if (rules) {
    const auto set = RuleSet::create(*rules);
    return set ? "taken" : set.error().what + " [" + set.error().hint + "]";
  }
  return rules.error().subject + ": " + rules.error().what + " [" + rules.error().hint + "]";
}

TEST(Requirements, AreReadFromAMap) {
  const auto root = parse_yaml(
      "asked: {min_digits: 1, min_uppercase: 2, min_lowercase: 3, min_special_chars: 4,\n"
      "        special_chars: '$', ignore_if_contains: [' Ab ', ''], checksum: null}\n",
      "a.yml");
  ASSERT_TRUE(root);
  const auto read = read_requirements(root->entries.front(), "a.yml", "acme");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->digits, 1U);
  EXPECT_EQ(read->uppercase, 2U);
  EXPECT_EQ(read->lowercase, 3U);
  EXPECT_EQ(read->special, 4U);
  EXPECT_EQ(read->special_chars, "$");
  EXPECT_THAT(read->none_of, ElementsAre("ab"));
  EXPECT_FALSE(read->checksum);
}

TEST(Requirements, AreRefusedWhereTheyCannotBeHonoured) {
  const auto asked = [](const std::string& text) {
    return refusal(
        "rules:\n  - {name: a, id: acme, pattern: 'a(?P<sum>b)',\n"
        "     pattern_requirements: {" +
        text + "}}\n");
  };
  const auto checked = [&](const std::string& expected) {
    return asked("checksum: {actual: {template: '{{ sum }}'}, expected: '" + expected + "'}");
  };
  EXPECT_THAT(asked("min_digit: 1"), HasSubstr("did you mean 'min_digits'?"));
  EXPECT_THAT(asked("min_digits: x"), HasSubstr("'min_digits' must be a whole number"));
  EXPECT_THAT(asked("special_chars: \"\xC3\xA9\""), HasSubstr("outside of ASCII"));
  EXPECT_THAT(asked("ignore_if_contains: x"), HasSubstr("must be a list"));
  EXPECT_THAT(asked("checksum: {expected: x}"), HasSubstr("has no 'actual'"));
  EXPECT_THAT(asked("checksum: {actual: {template: x}}"), HasSubstr("has no 'expected'"));
  EXPECT_THAT(asked("checksum: {actual: {template: x}, expected: y, skip_if_missing: 1}"),
              HasSubstr("must be true or false"));
  EXPECT_THAT(checked("{{ sum | uuid }}"),
              HasSubstr("acme.yml:3: rule 'acme': 'expected' has the filter 'uuid'"));
  EXPECT_THAT(checked("{{ body }}"), HasSubstr("asks for 'body', which no group is called"));
  EXPECT_EQ(checked("{{ SUM }}"), "taken");
}

}  // namespace
}  // namespace nhi

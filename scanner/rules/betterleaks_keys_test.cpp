#include "scanner/rules/betterleaks_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using testing::HasSubstr;

BetterleaksFilter read(std::string text) {
  auto made = read_betterleaks_filter(std::move(text), "name", false);
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message());
  return made ? *made : BetterleaksFilter();
}

TEST(BetterleaksKeys, AnEmptyExpressionIsNone) {
  EXPECT_EQ(read(" \n").filter, nullptr);
  const auto made = read("true");
  ASSERT_NE(made.filter, nullptr);
  EXPECT_EQ(made.filter->name, "name");
  EXPECT_EQ(made.filter->text, "true");
}

TEST(BetterleaksKeys, APrefilterAsksForThePlaceAlone) {
  const auto made = [](std::string text) {
    return read_betterleaks_filter(std::move(text), {}, true);
  };
  EXPECT_TRUE(made("matchesAny(attributes['path'], [`a`])"));
  EXPECT_THAT(made("finding.secret == 'a'").error().what, HasSubstr("not known yet"));
  EXPECT_THAT(made("let _ = setConfidence('low'); true").error().what, HasSubstr("not known yet"));
}

TEST(BetterleaksKeys, WhatTwoVersionsReadInTwoWaysIsTold) {
  const auto capital = read("containsAny(finding.secret, ['aBc'])");
  EXPECT_THAT(other_version_of(capital, false), HasSubstr("capital"));
  EXPECT_EQ(other_version_of(capital, true), "");
  const auto line = read("matchesAny(finding.line, [`A`])");
  EXPECT_EQ(other_version_of(line, false), "");
  EXPECT_THAT(other_version_of(line, true), HasSubstr("line"));
}

// Seen with Betterleaks 2.0: 5L takes what starts four lines away, not five.
TEST(BetterleaksKeys, LinesCountTheirOwn) {
  EXPECT_EQ(*parse_within("5L"), 4U);
  EXPECT_EQ(*parse_within("1L"), 0U);
  EXPECT_EQ(*parse_within("0L"), 0U);
  for (const char* text : {"", "5", "5C", "7L,200C", "+5L", "-5L", "L", "5L ", "99999999999L"}) {
    EXPECT_FALSE(parse_within(text)) << text;
  }
}

}  // namespace
}  // namespace nhi

#include "scanner/rules/foreign_pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

namespace nhi {
namespace {

using testing::HasSubstr;

std::string made(std::string_view pattern) {
  const auto result = from_go_pattern(pattern);
  return result ? *result : "refused: " + result.error().what;
}

bool finds(std::string_view pattern, std::string_view text) {
  const re2::RE2 regex(made(pattern), re2::RE2::Latin1);
  EXPECT_TRUE(regex.ok()) << pattern;
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

TEST(ForeignPattern, LeavesAsciiPatternsAsTheyAre) {
  for (const char* pattern : {R"((?i)\b(acme[-_]?key)(?:[ \t]{0,3})['"]([^"\]\s]{8,32})\z)",
                              R"([[:alnum:]\-_]{4}|\x41\t)", R"([]a]\Q+*\E?)"}) {
    const std::string text = made(pattern);
    EXPECT_TRUE(re2::RE2(text, re2::RE2::Latin1).ok()) << text;
    if (std::string_view(pattern).find("\\Q") != std::string_view::npos) continue;
    EXPECT_EQ(text, pattern);
  }
}

TEST(ForeignPattern, DropsNamesOfGroups) {
  EXPECT_EQ(made("(?P<token>a)(?<other>b)(?:c)(d)"), "(a)(b)(?:c)(d)");
}

TEST(ForeignPattern, WritesOtherCharactersInTheBytesOfUtf8) {
  EXPECT_TRUE(finds("^caf\xC3\xA9+$", "caf\xC3\xA9\xC3\xA9"));
  EXPECT_TRUE(finds(R"(^\xe9{2}$)", "\xC3\xA9\xC3\xA9"));
  EXPECT_TRUE(finds(R"(^\x{20AC}$)", "\xE2\x82\xAC"));
  EXPECT_TRUE(finds("^\\Q.\xE2\x82\xAC\\E$", ".\xE2\x82\xAC"));
  EXPECT_FALSE(finds(R"(\xe9)", "\xE9"));
}

TEST(ForeignPattern, RefusesWhatBytesCannotSay) {
  EXPECT_THAT(made(R"(\p{L}+)"), HasSubstr("Unicode class"));
  EXPECT_THAT(made(R"([\pL]+)"), HasSubstr("Unicode class"));
  EXPECT_THAT(made("[a-z\xC3\xA9]"), HasSubstr("outside of ASCII"));
  EXPECT_THAT(made(R"([^\x{e9}])"), HasSubstr("outside of ASCII"));
  EXPECT_THAT(made("(?i)\xC3\xA9"), HasSubstr("ignores the case"));
  EXPECT_THAT(made("(?<=a)b"), HasSubstr("looks behind"));
  EXPECT_THAT(made("\xFF"), HasSubstr("UTF-8"));
}

TEST(ForeignPattern, CountsGroupsAndSaysWhatRe2Refuses) {
  const auto groups = count_groups("(a)(?:b)((c))");
  ASSERT_TRUE(groups);
  EXPECT_EQ(*groups, 3U);
  EXPECT_FALSE(check_foreign_pattern("a(?=b)"));
  EXPECT_FALSE(check_foreign_pattern("(a"));
  EXPECT_TRUE(check_foreign_pattern("a{2,1000}"));
  EXPECT_FALSE(check_foreign_pattern("a{1001}"));
}

}  // namespace
}  // namespace nhi

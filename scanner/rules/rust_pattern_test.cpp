#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "scanner/rules/foreign_pattern.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

std::string made(std::string_view pattern) {
  const auto result = from_rust_pattern(pattern);
  return result ? *result : "refused: " + result.error().what;
}

bool finds(std::string_view pattern, std::string_view text) {
  const re2::RE2 regex(made(pattern), re2::RE2::Latin1);
  EXPECT_TRUE(regex.ok()) << made(pattern);
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

TEST(RustPattern, TakesFreeSpacingAndCommentsOut) {
  EXPECT_EQ(made("(?x)\n  \\b  # a word, 2 of them\n  (\n    ab | \\# c\\ d  # or\n  )\n  {2}\n"),
            "\\b(ab|#c d){2}");
  EXPECT_EQ(made("a # b"), "a");  // Kingfisher's own removal of comments needs no flag
  EXPECT_EQ(made("a (?# not a group) b"), "a  b");
  EXPECT_EQ(made("a # 1"), "a # 1");
  EXPECT_EQ(made("(?xi)( a (?-x: b ) c ) d"), "(?i)(a(?: b )c)d");
}

TEST(RustPattern, FreeSpacingGoesIntoClasses) {
  EXPECT_EQ(made("(?x)[ a - c \\  x ]"), "[ a-cx]");
  EXPECT_EQ(made("[a \\-]"), "[ \\-a]");
}

TEST(RustPattern, AFlagHoldsToTheEndOfItsGroup) {
  EXPECT_EQ(made("((?x) a b ) c"), "(ab) c");
  EXPECT_EQ(made("(?x: a b ) c"), "(?:ab) c");
  EXPECT_EQ(made("(?is-U)a"), "(?is-U)a");
}

TEST(RustPattern, KeepsNamesOfGroups) {
  EXPECT_EQ(made("(?P<body>a)(?<Sum>b)(?:c)"), "(?P<body>a)(?P<Sum>b)(?:c)");
}

TEST(RustPattern, ReadsClassesWithinClasses) {
  EXPECT_EQ(made("[[:digit:]a-f_]"), "[0-9_a-f]");
  EXPECT_EQ(made("[a[bc]]"), "[a-c]");
  EXPECT_EQ(made("[]a-]"), "[\\-\\]a]");
  EXPECT_EQ(made("[^\\n\\x41]"), "[^\\x0aA]");
  EXPECT_TRUE(finds("^[\\W]$", "\xE9"));
  EXPECT_TRUE(finds("^[^\\s]$", "\x0E"));
  EXPECT_FALSE(finds("^\\S$", "\v"));
  EXPECT_TRUE(finds("^[\\s\\S]$", "\n"));
}

TEST(RustPattern, CountsAboveAThousandInSteps) {
  EXPECT_EQ(made("a{2,1500}"), "a{2,1000}a{0,500}");
  EXPECT_EQ(made("(?:ab){2500}"), "(?:ab){1000}(?:ab){1000}(?:ab){500}");
  EXPECT_EQ(made("a{1200,}"), "a{1000}a{200,}");
  EXPECT_EQ(made("a{1000,2000}?"), "a{1000}?a{0,1000}?");
  EXPECT_EQ(made("a{ 3 , 4 }"), "refused: has a brace that counts nothing");
  EXPECT_EQ(made("(?x)a { 3 , 4 } ?"), "a{3,4}?");
  EXPECT_THAT(made("(a){1001}"), HasSubstr("counts a group that captures"));
  EXPECT_THAT(made("a{9999999999}"), HasSubstr("counts over 100,000"));
}

TEST(RustPattern, ACountOfCopiesOfCopiesEnds) {
  std::string pattern = "a";
  for (int i = 0; i < 12; ++i) pattern = "(?:" + pattern + "){100000}";
  EXPECT_THAT(made(pattern), HasSubstr("64 KiB"));
}

// Vectorscan finds where matches end, and lets `$` stand before a last line feed.
TEST(RustPattern, TheEndIsAlsoBeforeALastLineFeed) {
  EXPECT_TRUE(finds("a$", "a\n"));
  EXPECT_FALSE(finds("a$", "a\nb"));
  EXPECT_TRUE(finds("(?m)a$", "a\nb"));
  EXPECT_FALSE(finds("a\\z", "a\n"));
}

TEST(RustPattern, WritesOtherCharactersInTheBytesOfUtf8) {
  EXPECT_TRUE(finds("^caf\xC3\xA9+$", "caf\xC3\xA9\xC3\xA9"));
  EXPECT_TRUE(finds("^\\x{20AC}$", "\xE2\x82\xAC"));
  EXPECT_TRUE(finds("^\\xe9$", "\xE9"));  // two digits are a byte
  EXPECT_EQ(made("(?i)a(?-i:\xC3\xA9)"), "(?i)a(?-i:(?:\\xc3\\xa9))");
  EXPECT_THAT(made("(?i)\xC3\xA9"), HasSubstr("ignores the case"));
  EXPECT_THAT(made("[a-z\xC3\xA9]"), HasSubstr("outside of ASCII"));
}

TEST(RustPattern, RefusesWhatItCannotSay) {
  EXPECT_THAT(made("(?=a)"), HasSubstr("looks around"));
  EXPECT_THAT(made("(?<!a)b"), HasSubstr("looks behind"));
  EXPECT_THAT(made("(a)\\1"), HasSubstr("refers back"));
  EXPECT_THAT(made("\\pL"), HasSubstr("Unicode class"));
  EXPECT_THAT(made("(?u)a"), HasSubstr("flag that is not honoured"));
  EXPECT_THAT(made("\\<a"), HasSubstr("'\\<'"));
  EXPECT_THAT(made("[a-z&&[^b]]"), HasSubstr("calculates with classes"));
  EXPECT_THAT(made("a**"), HasSubstr("repeats a repeat"));
  EXPECT_THAT(made("(a"), HasSubstr("does not end"));
  EXPECT_THAT(made("a)"), HasSubstr("not open"));
  EXPECT_THAT(made("[a"), HasSubstr("does not end"));
  EXPECT_THAT(made("a\\"), HasSubstr("backslash"));
  EXPECT_THAT(made(std::string(300, '(')), HasSubstr("nested too deeply"));
  EXPECT_THAT(made("(?x)a  # key\nbc\n[d]"), HasSubstr("next line for a comment"));
}

}  // namespace
}  // namespace nhi

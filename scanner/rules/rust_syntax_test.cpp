#include "scanner/rules/rust_syntax.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using testing::HasSubstr;

// The class at the start of `text` for RE2, then what is left behind it.
std::string made(std::string_view text, bool free_spacing = false, bool any_case = false) {
  RustPlace place{text, 0, free_spacing, any_case};
  const auto result = take_rust_class(place);
  if (!result) return "refused: " + result.error().what;
  return class_text(*result) + " " + std::string(text.substr(place.at));
}

TEST(RustSyntax, ReadsOneClass) {
  EXPECT_EQ(made("[a-c_]x"), "[_a-c] x");
  EXPECT_EQ(made("[^a]"), "[^a] ");
  EXPECT_EQ(made("[--a]"), "[\\-a] ");
  EXPECT_EQ(made("[a-]"), "[\\-a] ");
  EXPECT_EQ(made("[^]]"), "[^\\]] ");
  EXPECT_EQ(made("[\\x41-\\x43\\t]"), "[\\x09A-C] ");
  EXPECT_EQ(made("[\\D\\d]"), "[\\x00-\\xff] ");
  EXPECT_EQ(made("[[:upper:][^[:^upper:]]]"), "[A-Z] ");
}

TEST(RustSyntax, FreeSpaceCountsInClasses) {
  EXPECT_EQ(made("[ a - c # x\n \\# ]", true), "[#a-c] ");
  EXPECT_EQ(made("[ a]"), "[ a] ");
}

TEST(RustSyntax, RefusesWhatIsNoClass) {
  EXPECT_THAT(made("[a"), HasSubstr("does not end"));
  EXPECT_THAT(made("[c-a]"), HasSubstr("runs down"));
  EXPECT_THAT(made("[a&&b]"), HasSubstr("calculates"));
  EXPECT_THAT(made("[\\xff]"), HasSubstr("[\\xff]"));
  EXPECT_THAT(made("[\\x{ff}]"), HasSubstr("outside of ASCII"));
  EXPECT_THAT(made("[\\pL]"), HasSubstr("Unicode class"));
  EXPECT_THAT(made("[a[^b]]", false, true), HasSubstr("negates a class within a class"));
  EXPECT_THAT(made(std::string(300, '[')), HasSubstr("nested too deeply"));
}

TEST(RustSyntax, ReadsNumbers) {
  const auto number = [](std::string_view text) {
    RustPlace place{text, 0, false, false};
    bool byte = false;
    const auto value = take_rust_number(place, byte);
    return value ? static_cast<long>(*value) * (byte ? -1 : 1) : 0;
  };
  EXPECT_EQ(number("\\x41"), -0x41);
  EXPECT_EQ(number("\\x{20ac}"), 0x20AC);
  EXPECT_EQ(number("\\u20AC"), 0x20AC);
  EXPECT_EQ(number("\\u{20AC}"), 0x20AC);
  EXPECT_EQ(number("\\U0001F600"), 0x1F600);
  EXPECT_EQ(number("\\u20"), 0);
}

}  // namespace
}  // namespace nhi

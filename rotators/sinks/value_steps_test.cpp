#include "rotators/sinks/value_steps.hpp"

#include <gtest/gtest.h>

namespace nhi::sinks {
namespace {

struct StepCase {
  std::string_view name, step, text, inner, becomes, result;  // an empty result: refused
};
constexpr StepCase kStepCases[] = {
    {"Trim", "trim", "\n  old \n", "old", "new", "\n  new \n"},
    {"TrimBlank", "trim", "old\n", "old", "new ", ""},
    {"Basic", "basic", "Basic b2xk", "b2xk", "bmV3", "Basic bmV3"},
    {"Base64Padded", "base64", "b2xkMQ==", "old1", "new12", "bmV3MTI="},
    {"Base64Bare", "base64", "b2xkMQ", "old1", "new12", "bmV3MTI"},
    {"Base64Whole", "base64", "b2xk", "old", "n", "bg=="},
    {"Base64Url", "base64", "_-8=", "\xFF\xEF", "\xFB\xFF", "-_8="},
    {"Percent", "percent", "o%6Cd", "old", "a b/\xC3\xA9", "a%20b%2F%C3%A9"},
};
class ValueSteps : public testing::TestWithParam<StepCase> {};
TEST_P(ValueSteps, AreTakenOffAndPutOnAgain) {
  const StepCase& row = GetParam();
  const auto inner = unwrapped(row.step, row.text);
  ASSERT_TRUE(inner.has_value());
  EXPECT_EQ(inner->reveal(), row.inner);
  const auto whole = wrapped_like(row.step, row.text, row.becomes);
  ASSERT_EQ(whole.has_value(), !row.result.empty());
  if (whole) {
    EXPECT_EQ(whole->reveal(), row.result);
  }
}
INSTANTIATE_TEST_SUITE_P(Table, ValueSteps, testing::ValuesIn(kStepCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ValueStepsOf, UnsoundTextsAreNotTakenOff) {
  EXPECT_FALSE(unwrapped("base64", "b2xkMR==").has_value());  // stray bits
  EXPECT_FALSE(unwrapped("base64", "+_8=").has_value());      // two alphabets
  EXPECT_FALSE(unwrapped("base64", "b2 xk").has_value());
  EXPECT_FALSE(unwrapped("basic", "Bearer x").has_value());
  EXPECT_EQ(unwrapped("rot13", "x").error().code, ErrorCode::kBadUse);
}

TEST(ValueStepsOf, LikelyOnesAreFew) {
  using Lists = std::vector<std::vector<std::string>>;
  EXPECT_EQ(likely_steps("short"), (Lists{{}}));
  EXPECT_EQ(likely_steps(" a%20b "), (Lists{{}, {"trim"}, {"trim", "percent"}}));
  EXPECT_EQ(likely_steps("Basic c3ZjOm9sZA=="), (Lists{{}, {"basic", "base64"}}));
}

}  // namespace
}  // namespace nhi::sinks

#include "rotators/engine/new_value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace nhi {
namespace {

TEST(NewValue, PasswordsAreLongDifferentAndOfHarmlessBytes) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto made = new_password();
    ASSERT_TRUE(made);
    const std::string text(made->reveal());
    EXPECT_EQ(text.size(), 32U);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                            [](unsigned char c) { return std::isalnum(c) != 0 && c < 128; }));
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 200U);
}

TEST(NewValue, SymbolsStandInsideOnly) {
  for (int i = 0; i < 50; ++i) {
    const auto made = new_password(true);
    ASSERT_TRUE(made);
    const std::string text(made->reveal());
    EXPECT_EQ(std::count_if(text.begin(), text.end(),
                            [](unsigned char c) { return std::isalnum(c) == 0; }),
              4);
    EXPECT_NE(std::isalnum(static_cast<unsigned char>(text.front())), 0);
    EXPECT_NE(std::isalnum(static_cast<unsigned char>(text.back())), 0);
  }
}

TEST(NewValue, EveryLetterIsAboutAsLikely) {
  std::array<int, 256> counts{};
  for (int i = 0; i < 2000; ++i) {
    const auto made = new_password();
    ASSERT_TRUE(made);
    for (const char c : made->reveal()) ++counts.at(static_cast<unsigned char>(c));
  }
  // 64,000 letters of 62: about 1,032 each, give or take 32; eight times that is no chance.
  for (const char c : std::string("AZaz09MNmn5")) {
    EXPECT_NEAR(counts.at(static_cast<unsigned char>(c)), 1032, 260) << c;
  }
}

TEST(NewValue, KeysArePkcs8InPem) {
  const auto made = new_private_key();
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(NewValue, AControlIsNotTheValue) {
  const SecretText like("0123456789");
  const auto control = control_value(like);
  ASSERT_TRUE(control);
  EXPECT_EQ(control->size(), like.size());
  EXPECT_NE(control->reveal(), like.reveal());
}

}  // namespace
}  // namespace nhi

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

// An Ed25519 key whose seed is 32 zeros.
constexpr std::string_view kZeroKey =
    "-----BEGIN PRIVATE "
    "KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "-----END PRIVATE KEY-----";

TEST(NewValue, AKeyIsOfTheKindOfTheOldOne) {
  const SecretText old(kZeroKey);
  const auto made = new_private_key(old);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_TRUE(made->reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
  EXPECT_TRUE(made->reveal().ends_with("-----END PRIVATE KEY-----"));
  EXPECT_EQ(made->size(), old.size());
  EXPECT_NE(made->reveal(), old.reveal());
  EXPECT_EQ(new_private_key(SecretText("hunter2")).error().code, ErrorCode::kMalformed);
}

TEST(NewValue, RotatorsGetAKeyAsPkcs8) {
  const SecretText key(kZeroKey);
  const auto told = pkcs8_of(key);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->reveal(), std::string(kZeroKey) + "\n");
}

TEST(NewValue, AControlForAKeyIsAKey) {
  const SecretText key(kZeroKey);
  const auto control = control_value(key);
  ASSERT_TRUE(control);
  EXPECT_TRUE(pkcs8_of(*control));
  EXPECT_NE(control->reveal(), key.reveal());
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

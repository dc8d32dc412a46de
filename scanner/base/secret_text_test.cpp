#include "scanner/base/secret_text.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace nhi {
namespace {

// What must not compile at all is in tests/compile.
static_assert(!std::is_copy_constructible_v<SecretText>);
static_assert(!std::is_copy_assignable_v<SecretText>);
static_assert(!std::is_convertible_v<SecretText, std::string_view>);
static_assert(!std::is_convertible_v<SecretText, std::string>);
static_assert(!std::is_convertible_v<std::string_view, SecretText>);
static_assert(std::is_nothrow_move_constructible_v<SecretText>);

TEST(SecretText, HoldsACopyOfItsOwn) {
  std::string value = "hunter2";
  const SecretText secret(value);
  value[0] = 'X';
  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_EQ(secret.size(), 7U);
  EXPECT_NE(static_cast<const void*>(secret.reveal().data()), value.data());
}

TEST(SecretText, MovingLeavesNothingBehind) {
  SecretText first("hunter2");
  SecretText second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_EQ(second.reveal(), "hunter2");
  SecretText third("other");
  third = std::move(second);
  EXPECT_EQ(third.reveal(), "hunter2");
  SecretText& same = third;
  third = std::move(same);
  EXPECT_EQ(third.reveal(), "hunter2");
}

TEST(SecretText, KeepsZeroBytesAndClonesAloud) {
  const SecretText secret(std::string_view("a\0b", 3));
  const SecretText copy = secret.clone();
  EXPECT_EQ(copy.reveal(), std::string_view("a\0b", 3));
  EXPECT_NE(copy.reveal().data(), secret.reveal().data());
  EXPECT_TRUE(SecretText().clone().empty());
}

TEST(Wipe, ClearsTheWholeCapacity) {
  std::string text(100, 's');
  const char* const bytes = text.data();
  text.resize(3);  // the tail is still in memory
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  for (std::size_t i = 1; i < 100; ++i) ASSERT_NE(bytes[i], 's');
}

}  // namespace
}  // namespace nhi

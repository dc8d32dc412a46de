#include "scanner/base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <set>
#include <string>

namespace nhi {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::kMalformed, "odd number", std::to_string(number));
  return number / 2;
}

Result<int> quarter(int number) {
  NHI_TRY(const int once, half(number));
  NHI_TRY(const int twice, half(once));
  return twice;
}

Result<void> check(int number) {
  NHI_CHECK_OK(half(number));
  return {};
}

TEST(Result, TryHandsTheValueOnOrReturnsTheError) {
  EXPECT_EQ(*quarter(8), 2);
  ASSERT_FALSE(quarter(6).has_value());
  EXPECT_EQ(quarter(6).error().message(), "odd number: '3'");
  EXPECT_TRUE(check(2).has_value());
  EXPECT_EQ(check(3).error().code, ErrorCode::kMalformed);
}

TEST(Result, CarriesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(4); };
  const auto use = [&]() -> Result<int> {
    NHI_TRY(const std::unique_ptr<int> held, make());
    return *held;
  };
  EXPECT_EQ(*use(), 4);
}

TEST(Error, EveryCodeHasAStableWordOfItsOwn) {
  std::set<std::string_view> words;
  for (int i = 0; i < static_cast<int>(ErrorCode::kCount); ++i) {
    words.insert(to_string(static_cast<ErrorCode>(i)));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(ErrorCode::kCount));
  EXPECT_EQ(to_string(ErrorCode::kEngineMemory), "engine-memory");
  EXPECT_EQ(to_string(ErrorCode::kInternal), "internal");
}

TEST(Error, OsErrorsKeepTheirKind) {
  EXPECT_EQ(os_error(EACCES, "cannot open", "f").code, ErrorCode::kPermission);
  EXPECT_EQ(os_error(ENOENT, "cannot open", "f").code, ErrorCode::kNotFound);
  EXPECT_EQ(os_error(EIO, "cannot read", "f").code, ErrorCode::kIo);
  EXPECT_EQ(os_error(ENOENT, "cannot open", "f").message(),
            "cannot open (No such file or directory): 'f'");
}

TEST(AssertDeathTest, StopsWithFileAndLine) {
  EXPECT_DEATH(NHI_ASSERT(1 == 2), "'1 == 2' does not hold at .*result_test.cpp");
}

}  // namespace
}  // namespace nhi

#include "plugins/host/secret_desk.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

class SecretDeskTest : public testing::Test {
 protected:
  SecretFrame ask(SecretFrameType type, const std::string& handle, std::string_view value = {}) {
    auto answer = desk_.answer({type, handle, SecretText(value)});
    EXPECT_TRUE(answer && *answer);
    return answer && *answer ? std::move(**answer) : SecretFrame();
  }
  std::string reason(const SecretFrame& frame) {
    EXPECT_EQ(frame.type, SecretFrameType::kDenied);
    return std::string(frame.value.reveal());
  }

  std::vector<std::string> records_;
  bool disk_is_full_ = false;
  SecretDesk desk_{{[this](const std::string& purpose) { return record("given " + purpose); },
                    [this](const std::string& purpose, const SecretText& value) {
                      return record("kept " + purpose + " " + std::string(value.reveal()));
                    }}};

 private:
  Result<void> record(std::string text) {
    if (disk_is_full_) return fail(ErrorCode::kIo, "no space left");
    records_.push_back(std::move(text));
    return {};
  }
};

TEST_F(SecretDeskTest, AValueIsRecordedAndGiven) {
  const std::string handle = desk_.offer("auth", SecretText("hunter2hunter2"));
  const SecretFrame frame = ask(SecretFrameType::kGet, handle);
  EXPECT_EQ(frame.type, SecretFrameType::kValue);
  EXPECT_EQ(frame.handle, handle);
  EXPECT_EQ(frame.value.reveal(), "hunter2hunter2");
  EXPECT_EQ(records_, std::vector<std::string>{"given auth"});
}

TEST_F(SecretDeskTest, HandlesAreRandom) {
  EXPECT_NE(desk_.offer("a", SecretText("1")), desk_.offer("a", SecretText("1")));
  EXPECT_LE(desk_.slot("a").size(), kHandleBytesMax);
}

TEST_F(SecretDeskTest, NothingIsGivenOrTakenWithoutARecord) {
  const std::string read = desk_.offer("auth", SecretText("x"));
  const std::string slot = desk_.slot("new");
  disk_is_full_ = true;
  EXPECT_NE(reason(ask(SecretFrameType::kGet, read)).find("no space left"), std::string::npos);
  EXPECT_NE(reason(ask(SecretFrameType::kPut, slot, "v")).find("no space left"), std::string::npos);
  EXPECT_EQ(desk_.filled(slot), "");
  disk_is_full_ = false;
  EXPECT_EQ(ask(SecretFrameType::kPut, slot, "v").type, SecretFrameType::kPutOk);
  EXPECT_EQ(desk_.filled(slot), "new");
}

TEST_F(SecretDeskTest, WhatIsNotThereIsDenied) {
  const std::string read = desk_.offer("auth", SecretText("x"));
  const std::string slot = desk_.slot("new");
  reason(ask(SecretFrameType::kGet, "h0"));
  reason(ask(SecretFrameType::kPut, "h0"));
  reason(ask(SecretFrameType::kGet, slot));
  reason(ask(SecretFrameType::kPut, read, "v"));
  EXPECT_TRUE(records_.empty());
  for (std::size_t i = 0; i < kGetsOfAHandleMax; ++i) {
    EXPECT_EQ(ask(SecretFrameType::kGet, read).type, SecretFrameType::kValue);
  }
  reason(ask(SecretFrameType::kGet, read));
}

TEST_F(SecretDeskTest, ForgottenIsForgotten) {
  const std::string read = desk_.offer("auth", SecretText("x"));
  auto answer = desk_.answer({SecretFrameType::kForget, read, {}});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
  reason(ask(SecretFrameType::kGet, read));
}

TEST_F(SecretDeskTest, OurOwnFramesAreAFault) {
  for (const SecretFrameType type :
       {SecretFrameType::kValue, SecretFrameType::kPutOk, SecretFrameType::kDenied}) {
    EXPECT_FALSE(desk_.answer({type, "h0", {}}));
  }
}

TEST_F(SecretDeskTest, ValuesGivenAndLeftAreLookedFor) {
  static_cast<void>(desk_.offer("auth", SecretText("hunter2hunter2")));
  ask(SecretFrameType::kPut, desk_.slot("made"), "made-by-the-server");
  EXPECT_TRUE(desk_.leaks().find("x hunter2hunter2 x"));
  EXPECT_EQ(desk_.leaks().find("x made-by-the-server x")->name, "made");
}

}  // namespace
}  // namespace nhi

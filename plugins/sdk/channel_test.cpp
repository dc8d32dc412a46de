#include "plugins/sdk/channel.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <string>
#include <thread>

#include "plugins/sdk/test_support.hpp"

namespace nhi {
namespace {

TEST(ControlChannel, ReadsMessagesAndTheEnd) {
  SocketPair pair;
  ControlChannel channel(pair.rotator.get());
  write_bytes(pair.core, control_frame("one") + control_frame("two"));
  EXPECT_EQ(**channel.read(-1, -1), "one");
  EXPECT_EQ(**channel.read(-1, -1), "two");
  pair.core.close();
  const auto end = channel.read(-1, -1);
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(ControlChannel, DoesNotWaitLongerThanItIsTold) {
  SocketPair pair;
  ControlChannel channel(pair.rotator.get());
  EXPECT_EQ(channel.read(10, -1).error().code, ErrorCode::kNotAnswering);
  const FileHandle wake(::eventfd(1, EFD_CLOEXEC));
  EXPECT_EQ(channel.read(-1, wake.get()).error().code, ErrorCode::kNotAnswering);
  write_bytes(pair.core, control_frame("x"));
  EXPECT_EQ(**channel.read(-1, wake.get()), "x");
}

TEST(ControlChannel, WhatIsNoMessageIsAnError) {
  SocketPair pair;
  ControlChannel channel(pair.rotator.get());
  write_bytes(pair.core, "nonsense\r\n\r\n");
  EXPECT_EQ(channel.read(-1, -1).error().code, ErrorCode::kMalformed);
}

TEST(ControlChannel, NobodyReadingIsNoSignal) {
  SocketPair pair;
  ControlChannel channel(pair.rotator.get());
  EXPECT_TRUE(channel.write(RpcNotification{"$/log", Json::object()}));
  pair.core.close();
  EXPECT_FALSE(channel.write(RpcNotification{"$/log", Json::object()}));
}

// Answers one question on the core's side.
void answer(SocketPair& pair, SecretFrameType type, const std::string& handle,
            const std::string& value) {
  SecretReader reader;
  static_cast<void>(next_of(reader, pair.core));
  write_bytes(pair.core, SecretFrame{type, handle, SecretText(value)}.encoded().reveal());
}

TEST(SecretChannel, AsksAndGetsBytes) {
  SocketPair pair;
  SecretChannel channel(pair.rotator.get());
  const std::string value("a\0b\xff", 4);
  std::jthread core([&] { answer(pair, SecretFrameType::kValue, "h1", value); });
  const auto got = channel.get("h1");
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->reveal(), value);
}

TEST(SecretChannel, ARefusalIsAnErrorWithItsReason) {
  SocketPair pair;
  SecretChannel channel(pair.rotator.get());
  std::jthread core([&] { answer(pair, SecretFrameType::kDenied, "h1", "no such handle"); });
  const auto got = channel.put("h1", SecretText("x"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kPermission);
  EXPECT_EQ(got.error().what, "no such handle");
}

TEST(SecretChannel, AnAnswerForAnotherHandleIsNotTaken) {
  SocketPair pair;
  SecretChannel channel(pair.rotator.get());
  std::jthread core([&] { answer(pair, SecretFrameType::kValue, "h2", "another's"); });
  EXPECT_EQ(channel.get("h1").error().code, ErrorCode::kMalformed);
}

TEST(SecretChannel, PutIsDoneOnlyWithItsReceipt) {
  SocketPair pair;
  SecretChannel channel(pair.rotator.get());
  std::jthread core([&] {
    answer(pair, SecretFrameType::kPutOk, "h1", "");
    answer(pair, SecretFrameType::kValue, "h1", "?");
    SecretReader reader;
    static_cast<void>(next_of(reader, pair.core));
    pair.core.close();
  });
  EXPECT_TRUE(channel.put("h1", SecretText("x")));
  EXPECT_FALSE(channel.put("h1", SecretText("x")));
  EXPECT_FALSE(channel.put("h1", SecretText("x")));  // the core is gone
}

}  // namespace
}  // namespace nhi

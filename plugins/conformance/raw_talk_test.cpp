#include "plugins/conformance/raw_talk.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

TEST(RawTalk, SendsAnyBytesAndReadsAnswers) {
  auto talk = RawTalk::start(store_pin(), store_options().limits);
  ASSERT_TRUE(talk) << talk.error().message();
  const auto shaken = talk->ask(1, "initialize", versions("1.0", "1.0"));
  ASSERT_TRUE(shaken);
  EXPECT_TRUE(std::holds_alternative<Json>(shaken->outcome));
  EXPECT_TRUE(talk->send(std::string_view("garbage\r\n\r\n")));
  EXPECT_FALSE(talk->answer());  // it ended
  EXPECT_TRUE(talk->process().wait(std::chrono::milliseconds(5000)));
  EXPECT_FALSE(talk->ask(2, "inspect", Json::object()));
}

TEST(RawTalk, ItsEndIsReadAsOne) {
  auto talk = RawTalk::start(store_pin(), store_options().limits);
  ASSERT_TRUE(talk);
  talk->end_input();
  EXPECT_TRUE(talk->process().wait(std::chrono::milliseconds(5000)));
  EXPECT_EQ(talk->process().status(), "status 0");
}

}  // namespace
}  // namespace nhi

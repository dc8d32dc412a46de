#include "plugins/host/session.hpp"

#include <gtest/gtest.h>

#include "plugins/host/test_support.hpp"

namespace nhi {
namespace {

TEST(PluginSession, AGoodOneAnswersAgainAndAgain) {
  Talk talk("good");
  for (int i = 0; i < 3; ++i) {
    const PluginCall call = talk.call();
    ASSERT_TRUE(call.succeeded()) << call.what;
    EXPECT_EQ(text_in(call.result, "verdict"), "accepted");
  }
  EXPECT_EQ(talk.session->description().name, "hostile");
  const pid_t process = talk.session->process();
  talk.session->close();
  EXPECT_TRUE(is_gone(process));
}

TEST(PluginSession, FaultsInTheHandshakeAreErrors) {
  for (const char* name : {"first-garbage", "first-dies", "first-lies", "first-wrong-number"}) {
    const auto session = PluginSession::start(pin_of(name), usual_options());
    ASSERT_FALSE(session) << name;
    EXPECT_EQ(session.error().subject, name);
  }
  SessionOptions impatient = usual_options();
  impatient.initialize_timeout = kShort;
  const auto silent = PluginSession::start(pin_of("first-silent"), impatient);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::kNotAnswering);
}

}  // namespace
}  // namespace nhi

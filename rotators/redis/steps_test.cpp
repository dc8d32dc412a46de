#include "rotators/redis/steps.hpp"

#include "rotators/redis/test_support.hpp"

// What needs no server; the rest is in tests/plugins/redis_test.cpp, at a real one.
namespace nhi {
namespace {

TEST(RedisSteps, RefusesWhatCannotBeAPasswordBeforeAnythingElse) {
  for (const std::string& value : {std::string(), std::string(1025, 'x')}) {
    FakeCall call("create", {});
    call.secrets["new"] = value;
    const auto reply = add_value(call, target_at(1));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kPolicy);
  }
}

TEST(RedisSteps, WhatWasNotSentHadNoEffect) {
  FakeCall call("suspend", params_of({{"port", 1}}));
  const RedisTarget target = target_at(1);
  for (const auto& reply : {add_value(call, target), set_enabled(call, target, false),
                            remove_value(call, target), end_user_sessions(call, target)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kUnreachable);
  }
  EXPECT_FALSE(call.effect);
}

TEST(RedisSteps, AnAdminThatIsRefusedIsNotUnreachable) {
  const FakeServer server("-WRONGPASS no\r\n");
  FakeCall call("revoke", params_of({{"port", server.port()}}));
  const auto reply = remove_value(call, target_at(server.port()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, PluginErrorCode::kAuthFailed);
}

}  // namespace
}  // namespace nhi

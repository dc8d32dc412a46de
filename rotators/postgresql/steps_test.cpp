#include "rotators/postgresql/steps.hpp"

#include "rotators/postgresql/test_support.hpp"

// What needs no server; the rest is in tests/plugins/postgresql_test.cpp, at a real one.
namespace nhi {
namespace {

TEST(PgSteps, RefusesWhatCannotBeAPasswordBeforeAnythingElse) {
  for (const std::string& value : {std::string(), std::string("a\0b", 3), std::string(1025, 'x')}) {
    FakeCall call("create", params_of({{"port", 1}}));
    call.secrets["new"] = value;
    const auto reply = set_password(call, *target_of(call));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kPolicy);
  }
}

TEST(PgSteps, WhatWasNotSentHadNoEffect) {
  FakeCall call("suspend", params_of({{"port", 1}}));
  const PgTarget target = *target_of(call);
  for (const auto& reply : {set_password(call, target), set_login(call, target, false),
                            revoke_role(call, target), end_role_sessions(call, target)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kUnreachable);
  }
  EXPECT_FALSE(call.effect);
}

TEST(PgSteps, AnAdminThatIsRefusedIsNotUnreachable) {
  const FakeServer server(error_response("28P01", "no", "auth_failed"));
  FakeCall call("revoke", params_of({{"port", server.port()}}));
  const auto reply = revoke_role(call, *target_of(call));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, PluginErrorCode::kAuthFailed);
}

}  // namespace
}  // namespace nhi

#include "rotators/openldap/steps.hpp"

#include "rotators/openldap/test_support.hpp"

// What needs no server; the rest is in tests/plugins/openldap_test.cpp, at a real one.
namespace nhi {
namespace {

TEST(OpenldapSteps, RefusesWhatCannotBeAPasswordBeforeAnythingElse) {
  for (const std::string& value : {std::string(), std::string(1025, 'x'), std::string("a\0b", 3)}) {
    FakeCall call("create", {});
    call.secrets["new"] = value;
    const auto reply = add_value(call, target_at(1));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kPolicy);
  }
}

TEST(OpenldapSteps, WhatWasNotSentHadNoEffect) {
  FakeCall call("suspend", params_of({{"port", 1}}));
  const LdapTarget target = target_at(1);
  for (const auto& reply : {add_value(call, target), set_enabled(call, target, false),
                            remove_value(call, target), end_entry_sessions(call, target)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kUnreachable);
  }
  EXPECT_FALSE(call.effect);
}

TEST(OpenldapSteps, AnAdminThatIsRefusedIsNotUnreachable) {
  const FakeServer server(bind_answer(49));
  FakeCall call("revoke", params_of({{"port", server.port()}}));
  const auto reply = remove_value(call, target_at(server.port()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, PluginErrorCode::kAuthFailed);
}

}  // namespace
}  // namespace nhi

#include "rotators/mariadb/steps.hpp"

#include "rotators/mariadb/test_support.hpp"

// What needs no server; the rest is in tests/plugins/mariadb_test.cpp, at a real one.
namespace nhi {
namespace {

TEST(MariadbSteps, RefusesWhatCannotBeAPasswordBeforeAnythingElse) {
  for (const std::string& value : {std::string(), std::string("a\0b", 3), std::string(1025, 'x')}) {
    FakeCall call("create", {});
    call.secrets["new"] = value;
    const auto reply = add_value(call, target_at(1));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kPolicy);
  }
}

TEST(MariadbSteps, WhatWasNotSentHadNoEffect) {
  FakeCall call("suspend", params_of({{"port", 1}}));
  const MariaTarget target = target_at(1);
  for (const auto& reply : {add_value(call, target), set_locked(call, target, true),
                            remove_value(call, target), end_account_sessions(call, target)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kUnreachable);
  }
  EXPECT_FALSE(call.effect);
}

TEST(MariadbSteps, AnIdOfAnotherAccountIsRefused) {
  FakeCall call("suspend", params_of({{"port", 1}}));
  MariaTarget target = target_at(1);
  target.account_host = "10.%";  // the id says '%'
  for (const auto& reply : {set_locked(call, target, true), remove_value(call, target),
                            end_account_sessions(call, target)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kInvalidParams);
  }
}

}  // namespace
}  // namespace nhi

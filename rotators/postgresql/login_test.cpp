#include "rotators/postgresql/login.hpp"

#include "rotators/postgresql/test_support.hpp"

namespace nhi {
namespace {

Answer<ProbeReply> probe(const Json& ref, const Json& config = Json::object(),
                         const std::string& value = "v") {
  FakeCall call("probe", params_of(ref, config));
  call.secrets["value"] = value;
  const auto target = target_of(call);
  EXPECT_TRUE(target);
  return probe_role(call, *target);
}

TEST(PgLogin, WhatIsNoAnswerProvesNothing) {
  const std::vector<std::string> answers = {
      error_response("57P03", "the database system is starting up", "ProcessStartupPacket"),
      error_response("53300", "sorry, too many clients already", "ProcessStartupPacket"),
      error_response("28P01", "password authentication failed"),  // of a pooler
      error_response("28000", "no pg_hba.conf entry for host", "ClientAuthentication"),
      "HTTP/1.1 403 Forbidden\r\n\r\n",
      "",
  };
  for (const std::string& answer : answers) {
    const FakeServer server(answer);
    const auto reply = probe({{"port", server.port()}});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive) << answer;
  }
  const auto closed = probe({{"port", 1}});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->verdict, ProbeVerdict::kInconclusive);
}

TEST(PgLogin, AStandbyThatIsNotThereLeavesItOpen) {
  const FakeServer server(error_response("28P01", "no", "auth_failed"));
  const auto alone = probe({{"port", server.port()}});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->verdict, ProbeVerdict::kRejected);
  EXPECT_EQ(alone->code, "28P01");
  const auto both = probe({{"port", server.port()}}, {{"standbys", {"127.0.0.1:1"}}});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->verdict, ProbeVerdict::kInconclusive);
  EXPECT_EQ(both->node, "127.0.0.1:1");
}

TEST(PgLogin, DoesNotSendWhatCannotBeAPassword) {
  const FakeServer server(error_response("28P01", "no", "auth_failed"));
  for (const std::string& value : {std::string(), std::string("a\0b", 3)}) {
    const auto reply = probe({{"port", server.port()}}, Json::object(), value);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
  }
}

TEST(PgLogin, HoldsAValueOnlyIfItWasAskedForIt) {
  // As `trust` answers for a role that may not log in.
  const FakeServer server(error_response("28000", "not permitted", "InitializeSessionUserId"));
  FakeCall call("create", params_of({{"port", server.port()}}));
  EXPECT_FALSE(holds_value(call, *target_of(call), SecretText("v")));
}

}  // namespace
}  // namespace nhi

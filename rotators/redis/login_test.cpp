#include "rotators/redis/login.hpp"

#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

constexpr const char* kWrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

Answer<ProbeReply> probe(int port, const Json& config = Json::object(),
                         const std::string& value = "v") {
  FakeCall call("probe", params_of({{"port", port}}, config));
  call.secrets["value"] = value;
  const auto target = target_of(call);
  EXPECT_TRUE(target);
  return probe_user(call, *target);
}

TEST(RedisLogin, WhatIsNoAnswerProvesNothing) {
  for (const std::string& answer :
       {std::string("-DENIED Redis is running in protected mode\r\n"), std::string(":1\r\n"),
        std::string("-NOAUTH Authentication required.\r\n"), std::string("+QUEUED\r\n"),
        std::string("HTTP/1.1 403 Forbidden\r\n\r\n"), std::string("-WRONGPASS half"),
        std::string()}) {
    const FakeServer server(answer);
    const auto reply = probe(server.port());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive) << answer;
  }
  EXPECT_EQ(probe(1)->verdict, ProbeVerdict::kInconclusive);
}

TEST(RedisLogin, ANodeThatIsNotThereLeavesItOpen) {
  const FakeServer server(kWrong);
  const auto alone = probe(server.port());
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->verdict, ProbeVerdict::kRejected);
  EXPECT_EQ(alone->code, "WRONGPASS");
  const auto both = probe(server.port(), {{"nodes", {"127.0.0.1:1"}}});
  ASSERT_TRUE(both);
  EXPECT_EQ(both->verdict, ProbeVerdict::kInconclusive);
  EXPECT_EQ(both->node, "127.0.0.1:1");
}

TEST(RedisLogin, DoesNotSendWhatCannotBeAPassword) {
  const FakeServer server(kWrong);
  for (const std::string& value : {std::string(), std::string(20'000, 'v')}) {
    const auto reply = probe(server.port(), Json::object(), value);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
  }
}

}  // namespace
}  // namespace nhi

#include "rotators/mariadb/login.hpp"

#include "rotators/mariadb/test_support.hpp"

// What needs no server; the rest is in tests/plugins/mariadb_test.cpp, at a real one.
namespace nhi {
namespace {

Answer<ProbeReply> probe(const std::string& value, Json config = Json::object()) {
  FakeCall call("probe", params_of({{"port", 1}}, std::move(config)));
  call.secrets["value"] = value;
  const auto target = target_of(call);
  EXPECT_TRUE(target);
  return probe_account(call, *target);
}

TEST(MariadbLogin, ANodeThatIsNotThereLeavesItOpen) {
  const auto reply = probe("v", {{"replicas", {"127.0.0.1:2"}}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
  EXPECT_EQ(reply->evidence.size(), 2U);
}

TEST(MariadbLogin, DoesNotSendWhatCannotBeAPassword) {
  for (const std::string& value :
       {std::string(), std::string("a\0b", 3), std::string(20'000, 'v')}) {
    const auto reply = probe(value);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
    EXPECT_NE(reply->evidence.front().text.find("no value"), std::string::npos);
  }
}

TEST(MariadbLogin, WantsAKind) {
  Json params = params_of({{"port", 1}});
  params["kind"] = "any";
  FakeCall call("probe", params);
  const auto reply = probe_account(call, target_at(1));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, PluginErrorCode::kInvalidParams);
}

}  // namespace
}  // namespace nhi

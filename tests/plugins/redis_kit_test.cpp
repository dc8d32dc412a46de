// The kit against the Redis rotator at a real server.
#include "tests/plugins/kit_run.hpp"
#include "tests/plugins/redis_server.hpp"

namespace nhi::testing {
namespace {

constexpr const char* kAdminPassword = "rotator-canary-9fQv3LmT";

Trial trial_at(RedisServer& server) {
  const auto set = [&server](const std::string& user, const std::string& rule) -> TrialAct {
    return [&server, user, rule]() -> Result<void> {
      EXPECT_EQ(server.super().run("ACL SETUSER " + user + " " + rule), "OK");
      return {};
    };
  };
  Trial trial;
  trial.type = "redis.acl-user";
  trial.ref = {{"host", "127.0.0.1"}, {"port", server.port()}, {"user", "app"}};
  trial.config = {{"admin", "rotator"}};
  trial.auth = SecretText(kAdminPassword);
  trial.host_field = "host";
  trial.port_field = "port";
  trial.reset = [set](const SecretText& value) {
    return set("app", "on resetpass " + hash_rule(std::string(value.reveal())))();
  };
  trial.dump = [&server]() -> Result<std::string> { return server.super().run("ACL LIST"); };
  trial.stop = [&server]() -> Result<void> {
    server.stop();
    return {};
  };
  trial.start = [&server]() -> Result<void> {
    server.start();
    return {};
  };
  trial.forbid = set("rotator", "-acl|setuser");
  trial.allow = set("rotator", "+acl|setuser");
  trial.logs = {server.log_file()};
  return trial;
}

TEST(RedisKit, EveryGroupPasses) {
  if (!is_unpacked(kRedis)) GTEST_SKIP() << kNoServer;
  RedisServer server;
  server.set_user("rotator", std::string(kRotatorRights) + " " + hash_rule(kAdminPassword));
  server.set_user("app", "on allkeys +@read");
  ASSERT_EQ(server.super().run("ACL SAVE"), "OK");
  expect_all_passed("redis", trial_at(server), 170);
}

}  // namespace
}  // namespace nhi::testing

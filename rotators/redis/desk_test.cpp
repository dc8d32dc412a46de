#include "rotators/redis/desk.hpp"

#include "rotators/redis/test_support.hpp"

// What needs no server; the rest is in tests/plugins/redis_test.cpp, at a real one.
namespace nhi {
namespace {

PluginErrorCode error_at(const std::string& answer) {
  const FakeServer server(answer);
  FakeCall call("inspect", {});
  const auto desks = sit_down(call, target_at(server.port()));
  EXPECT_FALSE(desks);
  return desks ? PluginErrorCode::kInternal : desks.error().code;
}

TEST(RedisDesk, NamesWhyTheAdminDoesNotSitThere) {
  EXPECT_EQ(error_at("-WRONGPASS no\r\n"), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(error_at("-ERR unknown command `HELLO`\r\n"), PluginErrorCode::kUnsupported);
  EXPECT_EQ(error_at("-DENIED protected\r\n"), PluginErrorCode::kUnreachable);
  EXPECT_EQ(error_at(kHello), PluginErrorCode::kUnreachable);  // says nothing more
}

TEST(RedisDesk, RightsAreAskedForByName) {
  FakeCall call("inspect", {});
  const FakeServer silent("", /*hang_up=*/false);
  const RedisTarget target = target_at(silent.port());
  auto connection = RedisConnection::open(target, target.nodes.front(), call.left, call);
  ASSERT_TRUE(connection);
  std::vector<Desk> desks;
  desks.push_back({target.nodes.front(), *std::move(connection), "redis", {}, {"+acl|save"}});
  EXPECT_TRUE(desks.front().lacks(kSaveRight));
  EXPECT_TRUE(require_rights(desks, target, {kSetRight}));
  const auto required = require_rights(desks, target, {kSetRight, kSaveRight});
  ASSERT_FALSE(required);
  EXPECT_EQ(required.error().data.dump(), R"({"needs":["+acl|save"]})");
  // Without this one nobody knows of the others.
  desks.front().missing = {"+acl|dryrun"};
  EXPECT_FALSE(require_rights(desks, target, {kSetRight}));
}

}  // namespace
}  // namespace nhi

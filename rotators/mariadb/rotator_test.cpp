#include "rotators/mariadb/rotator.hpp"

#include "rotators/mariadb/test_support.hpp"

namespace nhi {
namespace {

TEST(MariadbRotator, DescribesItselfAsTheProtocolWants) {
  const auto rotator = make_mariadb_rotator();
  PluginDescription it = rotator->describe();
  it.protocol = kProtocolMax;
  it.methods = rotator->methods();
  const auto read = description_from(to_json(it));
  ASSERT_TRUE(read) << read.error().message();
  const PluginType* const type = read->type("mariadb.account");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->capability.slots, kManySlots);
  EXPECT_EQ(type->capability.dead_probe, DeadProbe::kLockoutRisk);
  EXPECT_TRUE(type->capability.twins);
}

TEST(MariadbRotator, ActsOnTheIdThatIsAskedForOnly) {
  const auto rotator = make_mariadb_rotator();
  Json params = params_of({{"port", 1}});
  params["id"] = {{"user", "another"}, {"host", "%"}};
  params["expected"] = Json::array({params["id"]});
  FakeCall call("suspend", params);
  for (const auto& reply : {rotator->suspend(call), rotator->resume(call), rotator->revoke(call),
                            rotator->end_sessions(call)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kInvalidParams);
  }
  const auto reconciled = rotator->reconcile(call);
  ASSERT_FALSE(reconciled);
  EXPECT_EQ(reconciled.error().code, PluginErrorCode::kInvalidParams);
}

TEST(MariadbRotator, AWrongTargetIsSaidFirst) {
  const auto rotator = make_mariadb_rotator();
  FakeCall call("create", params_of({{"user", "rotator"}}));
  const auto created = rotator->create(call);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, PluginErrorCode::kInvalidConfig);
  EXPECT_FALSE(rotator->inspect(call));
  EXPECT_FALSE(rotator->list(call));
  EXPECT_FALSE(rotator->probe(call));
}

}  // namespace
}  // namespace nhi

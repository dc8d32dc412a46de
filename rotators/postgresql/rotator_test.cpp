#include "rotators/postgresql/rotator.hpp"

#include "rotators/postgresql/test_support.hpp"

namespace nhi {
namespace {

TEST(PostgresqlRotator, DescribesItselfAsTheProtocolWants) {
  const auto rotator = make_postgresql_rotator();
  PluginDescription it = rotator->describe();
  it.protocol = kProtocolMax;
  it.methods = rotator->methods();
  const auto read = description_from(to_json(it));
  ASSERT_TRUE(read) << read.error().message();
  const PluginType* const type = read->type("postgresql.role");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->capability.slots, 1U);
  EXPECT_EQ(type->capability.dead_probe, DeadProbe::kSafe);
  EXPECT_TRUE(type->capability.twins);
}

TEST(PostgresqlRotator, ActsOnTheIdThatIsAskedForOnly) {
  const auto rotator = make_postgresql_rotator();
  Json params = params_of({{"port", 1}});
  params["id"] = {{"role", "another"}};
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

TEST(PostgresqlRotator, AWrongTargetIsSaidFirst) {
  const auto rotator = make_postgresql_rotator();
  FakeCall call("create", params_of({{"role", std::string(64, 'r')}}));
  const auto created = rotator->create(call);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, PluginErrorCode::kInvalidConfig);
  EXPECT_FALSE(rotator->inspect(call));
  EXPECT_FALSE(rotator->list(call));
  EXPECT_FALSE(rotator->probe(call));
}

}  // namespace
}  // namespace nhi

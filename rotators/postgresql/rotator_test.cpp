#include "rotators/postgresql/rotator.hpp"

#include "plugins/sdk/test_rotator.hpp"
#include "rotators/postgresql/test_support.hpp"

namespace nhi {
namespace {

TEST(PostgresqlRotator, DescribesItselfAsTheProtocolWants) {
  const PluginType type = described_type(*make_postgresql_rotator(), "postgresql.role");
  EXPECT_EQ(type.capability.slots, 1U);
  EXPECT_EQ(type.capability.dead_probe, DeadProbe::kSafe);
  EXPECT_TRUE(type.capability.twins);
}

TEST(PostgresqlRotator, ActsOnTheIdThatIsAskedForOnly) {
  expect_only_its_own_id(*make_postgresql_rotator(), params_of({{"port", 1}}),
                         {{"role", "another"}});
}

TEST(PostgresqlRotator, AWrongTargetIsSaidFirst) {
  expect_target_is_refused(*make_postgresql_rotator(), params_of({{"role", std::string(64, 'r')}}));
}

}  // namespace
}  // namespace nhi

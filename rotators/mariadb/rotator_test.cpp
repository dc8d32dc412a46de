#include "rotators/mariadb/rotator.hpp"

#include "plugins/sdk/test_rotator.hpp"
#include "rotators/mariadb/test_support.hpp"

namespace nhi {
namespace {

TEST(MariadbRotator, DescribesItselfAsTheProtocolWants) {
  const PluginType type = described_type(*make_mariadb_rotator(), "mariadb.account");
  EXPECT_EQ(type.capability.slots, kManySlots);
  EXPECT_EQ(type.capability.dead_probe, DeadProbe::kLockoutRisk);
  EXPECT_TRUE(type.capability.twins);
}

TEST(MariadbRotator, ActsOnTheIdThatIsAskedForOnly) {
  expect_only_its_own_id(*make_mariadb_rotator(), params_of({{"port", 1}}),
                         {{"user", "another"}, {"host", "%"}});
}

TEST(MariadbRotator, AWrongTargetIsSaidFirst) {
  expect_target_is_refused(*make_mariadb_rotator(), params_of({{"user", "rotator"}}));
}

}  // namespace
}  // namespace nhi

#include "rotators/redis/rotator.hpp"

#include "plugins/sdk/test_rotator.hpp"
#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

TEST(RedisRotator, DescribesItselfAsTheProtocolWants) {
  const PluginType type = described_type(*make_redis_rotator(), "redis.acl-user");
  EXPECT_EQ(type.capability.slots, kManySlots);
  EXPECT_EQ(type.capability.dead_probe, DeadProbe::kSafe);
}

TEST(RedisRotator, ActsOnTheIdThatIsAskedForOnly) {
  expect_only_its_own_id(*make_redis_rotator(), params_of({{"port", 1}}), {{"user", "another"}});
}

TEST(RedisRotator, AWrongTargetIsSaidFirst) {
  expect_target_is_refused(*make_redis_rotator(), params_of({{"user", "two words"}}));
}

}  // namespace
}  // namespace nhi

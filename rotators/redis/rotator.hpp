// rotator.hpp - the type `redis.acl-user`: the passwords of a user of Redis.
// What it does and what it cannot: docs/rotators/redis.md.
#pragma once

#include <memory>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

[[nodiscard]] std::unique_ptr<Rotator> make_redis_rotator();

}  // namespace nhi

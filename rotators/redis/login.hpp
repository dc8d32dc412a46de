// login.hpp - tries a value where it is to be used: AUTH on a new connection, at every node.
#pragma once

#include "rotators/redis/target.hpp"

namespace nhi {

/// The `probe` of every node of the target. Errors: kCancelled.
[[nodiscard]] Answer<ProbeReply> probe_user(RotatorCall& call, const RedisTarget& target);

}  // namespace nhi

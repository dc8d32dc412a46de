// steps.hpp - what changes something at the servers: one ACL SETUSER at each node, and then what
// has it kept.
#pragma once

#include "rotators/redis/target.hpp"

namespace nhi {

// Errors of all: those of sit_down(), kForbidden with the rights that are missing. `ambiguous` also
// where a node was changed and another was not, or a node could not write down what it was told: a
// repeat gets there.

/// Adds the value to those that the user has. Errors: kNotFound, kPolicy; kConflict for a user that
/// takes any password, which would not any more.
[[nodiscard]] Answer<StepReply> add_value(RotatorCall& call, const RedisTarget& target);
/// `suspend` and `resume`: of the user with all its values, so that an id of one of several is
/// kConflict.
[[nodiscard]] Answer<StepReply> set_enabled(RotatorCall& call, const RedisTarget& target, bool on);
/// Takes away the value that the id names and no other.
[[nodiscard]] Answer<StepReply> remove_value(RotatorCall& call, const RedisTarget& target);
[[nodiscard]] Answer<StepReply> end_user_sessions(RotatorCall& call, const RedisTarget& target);

}  // namespace nhi

// steps.hpp - what changes something at the server: one ALTER USER at the primary, from where it is
// replicated, and KILL at every node.
#pragma once

#include "rotators/mariadb/target.hpp"

namespace nhi {

// Errors of all: those of sit_down(); kForbidden with the rights that are missing; kConflict at a
// read-only server, and where somebody else changed the account between our look and our change;
// kInvalidParams for an id that is not of the target.

/// Adds the value to those that the account has. Errors: kNotFound, kPolicy.
[[nodiscard]] Answer<StepReply> add_value(RotatorCall& call, const MariaTarget& target);
/// `suspend` and `resume`: of the account with all its values, so that an id of one of several is
/// kConflict.
[[nodiscard]] Answer<StepReply> set_locked(RotatorCall& call, const MariaTarget& target,
                                           bool locked);
/// Takes away the value that `old` is or the id names, and no other.
[[nodiscard]] Answer<StepReply> remove_value(RotatorCall& call, const MariaTarget& target);
[[nodiscard]] Answer<StepReply> end_account_sessions(RotatorCall& call, const MariaTarget& target);

}  // namespace nhi

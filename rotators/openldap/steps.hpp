// steps.hpp - what changes something: a modify of the entry at the server that takes changes, all
// of it or nothing. Values are added and taken away by their exact stored text, so that whatever
// somebody else does meanwhile is a conflict and never overwritten.
#pragma once

#include "rotators/openldap/target.hpp"

namespace nhi {

// Errors of all: those of sit_down(), kForbidden with the right that is missing, kInvalidConfig for
// a replica, kConflict where somebody else was quicker. An account that an administrator locked
// stays so, although ppolicy unlocks it with each change of its password.

/// Adds the value to those that the entry has. Errors: kNotFound, kPolicy; kInvalidConfig for a
/// scheme that the server does not know, which is tried once.
[[nodiscard]] Answer<StepReply> add_value(RotatorCall& call, const LdapTarget& target);
/// `suspend` and `resume`: of the entry with all its values, so that an id of one of several is
/// kConflict. Errors: kUnsupported where no policy is known that heeds a lock.
[[nodiscard]] Answer<StepReply> set_enabled(RotatorCall& call, const LdapTarget& target, bool on);
/// Takes away the value that the id names and no other. Errors: kConflict where one is stored in a
/// scheme that cannot be compared, and might be the one.
[[nodiscard]] Answer<StepReply> remove_value(RotatorCall& call, const LdapTarget& target);
[[nodiscard]] Answer<StepReply> end_entry_sessions(RotatorCall& call, const LdapTarget& target);

}  // namespace nhi

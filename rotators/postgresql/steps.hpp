// steps.hpp - what changes something at the server: each of them one statement, or one transaction,
// that is sent once.
#pragma once

#include "rotators/postgresql/target.hpp"

namespace nhi {

// Errors of all: those of open_admin(), error_of_statement(); kForbidden with the rights that are
// missing, kConflict at a standby, kNotFound for a role that the server does not have.

[[nodiscard]] Answer<StepReply> set_password(RotatorCall& call, const PgTarget& target);
/// `suspend` and `resume`.
[[nodiscard]] Answer<StepReply> set_login(RotatorCall& call, const PgTarget& target, bool may);
/// No login, and no password either: the role stays, with what it owns.
[[nodiscard]] Answer<StepReply> revoke_role(RotatorCall& call, const PgTarget& target);
[[nodiscard]] Answer<StepReply> end_role_sessions(RotatorCall& call, const PgTarget& target);

}  // namespace nhi

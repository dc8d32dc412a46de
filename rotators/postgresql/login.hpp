// login.hpp - tries a value where it is to be used: a new connection as the role itself.
#pragma once

#include "rotators/postgresql/connection.hpp"

namespace nhi {

/// The `probe` of every node of the target. Errors: kCancelled.
[[nodiscard]] Answer<ProbeReply> probe_role(RotatorCall& call, const PgTarget& target);

/// True if the primary is known to hold this very value for the role already, suspended or not. A
/// server that lets the role in without asking for a password proves nothing.
[[nodiscard]] bool holds_value(const RotatorCall& call, const PgTarget& target,
                               const SecretText& value);

}  // namespace nhi

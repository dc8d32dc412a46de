// login.hpp - tries a value where it is to be used: a login on a new connection, at every node.
//
// A server refuses in the same words a wrong value and a login from a host that is not the
// account's, so a refusal proves nothing until the admin account has seen that it was this account
// that was asked.
#pragma once

#include "rotators/mariadb/target.hpp"

namespace nhi {

/// The `probe` of every node of the target. Errors: kCancelled.
[[nodiscard]] Answer<ProbeReply> probe_account(RotatorCall& call, const MariaTarget& target);

}  // namespace nhi

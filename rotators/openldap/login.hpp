// login.hpp - tries a value where it is to be used: a simple bind on a new connection, at every
// node, with a look at the entry beside it. 49 alone proves nothing.
#pragma once

#include "rotators/openldap/desk.hpp"
#include "rotators/openldap/stored_value.hpp"

namespace nhi {

/// Whether one of the entry's values lets `value` in, as far as can be computed.
[[nodiscard]] Fit fit_of_any(const LdapAccount& account, const SecretText& value);

/// What 49 or 48 proves of `value` where the entry was as `account` before. `text` says why.
[[nodiscard]] NodeVerdict verdict_of_refusal(const LdapFailure& failure, const LdapAccount& account,
                                             const LdapPolicy& policy, const SecretText& value,
                                             LdapTime now);

/// The `probe` of every node of the target. A value that is not stored is not tried where it would
/// lock the account: it is judged by what is stored. Errors: kCancelled.
[[nodiscard]] Answer<ProbeReply> probe_entry(RotatorCall& call, const LdapTarget& target);

}  // namespace nhi

// desk.hpp - the admin account logged in at a server, with what the server tells of the entry, of
// its policy and of the admin's rights.
#pragma once

#include <string>
#include <vector>

#include "rotators/openldap/account.hpp"

namespace nhi {

struct Desk {
  Endpoint node;
  LdapConnection admin;
  LdapAccount account;
  LdapPolicy policy;
};

inline constexpr const char* kPasswordRight = "write to userPassword";
inline constexpr const char* kLockRight = "write to pwdAccountLockedTime";
inline constexpr const char* kResetRight = "write to pwdReset";
inline constexpr const char* kReadRight = "read of userPassword";
inline constexpr const char* kSessionsRight = "read of cn=Connections,cn=Monitor";

/// One login has this long; others are to be asked as well.
inline constexpr std::chrono::milliseconds kLoginMax{10'000};

/// Errors: those of error_of_login(); kUnsupported for another kind of server; kForbidden where the
/// entry's values cannot be seen.
[[nodiscard]] Answer<Desk> sit_down(const RotatorCall& call, const LdapTarget& target,
                                    const Endpoint& node, const SecretText& auth);
/// At the server that takes changes.
[[nodiscard]] Answer<Desk> sit_down(RotatorCall& call, const LdapTarget& target);

/// Reads the entry once more.
[[nodiscard]] Answer<LdapAccount> read_account(Desk& desk, const LdapTarget& target);

/// Which of the rights the admin lacks, found by taking away values that are not there: that fails
/// either way, and with another code where it is not allowed.
[[nodiscard]] Answer<std::vector<std::string>> missing_rights(Desk& desk, const LdapTarget& target);

/// "OpenLDAP 2.5.13", as far as the monitor tells; else "OpenLDAP".
[[nodiscard]] std::string server_words(Desk& desk);

}  // namespace nhi

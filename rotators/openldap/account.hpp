// account.hpp - what a server tells of an entry, and how its values are told apart.
//
// An id has to name one value of userPassword and to be no help to who reads it: the stored form is
// a password's proof to whoever guesses, or the password itself. It is hashed with the entry's name
// as salt and ten thousand times, and six hexadecimal digits of that are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/openldap/policy.hpp"

namespace nhi {

inline constexpr const char* kPassword = "userPassword";
inline constexpr const char* kLockedTime = "pwdAccountLockedTime";
inline constexpr const char* kReset = "pwdReset";

struct LdapAccount {
  bool exists = false;
  bool surely_absent = false;  // the entry above it may be seen, and this one is not there
  std::vector<SecretText> values;
  LockState lock;
  bool must_reset = false;
  std::string policy_dn;  // of the entry itself
  std::string last_used;  // pwdLastSuccess, if the server writes it
  std::optional<LdapTime> changed;

  /// Whether this very text is stored.
  [[nodiscard]] bool stores(const SecretText& stored) const;
};
[[nodiscard]] std::vector<std::string> account_attributes();
[[nodiscard]] LdapAccount account_from(const LdapEntry& entry);

/// {"dn":"cn=app,dc=example"}: the entry as a whole.
[[nodiscard]] CredentialId id_of_entry(const std::string& dn);
/// {"dn":"cn=app,dc=example","password":"3fa4c1"}: one of its values.
[[nodiscard]] CredentialId id_of_value(const std::string& dn, const SecretText& stored);
/// True for what could be an id of this entry: it is the entry itself if it names no password.
[[nodiscard]] bool is_id_of(const CredentialId& id, const std::string& dn);
[[nodiscard]] bool names_password(const CredentialId& id);

}  // namespace nhi

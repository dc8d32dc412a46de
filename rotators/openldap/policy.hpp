// policy.hpp - what a password policy (slapo-ppolicy) asks of an entry, as far as it decides what a
// rotator may do and what a refused login proves.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/openldap/connection.hpp"

namespace nhi {

using LdapTime = std::chrono::sys_seconds;
/// "20261201122854Z", "20261201122854.012345Z"; nothing for what is no time in UTC.
[[nodiscard]] std::optional<LdapTime> parse_ldap_time(std::string_view text);

// Locked by an administrator, until one unlocks it. Source: slapo-ppolicy(5), pwdAccountLockedTime.
inline constexpr const char* kSuspendedSince = "000001010000Z";

struct LdapPolicy {
  std::string dn;      // empty: not known which one holds
  bool known = false;  // it could be read
  bool locks = false;  // pwdLockout: without it no lock has an effect
  bool must_change = false;
  bool safe_modify = false;
  std::int64_t max_failures = 0;  // 0: any number
  std::int64_t failures_seconds = 0;
  std::int64_t lock_seconds = 0;  // 0: until somebody unlocks it
  std::int64_t in_history = 0;
  std::int64_t max_age_seconds = 0;
  std::int64_t check_quality = 0;
};
[[nodiscard]] std::vector<std::string> policy_attributes();
[[nodiscard]] LdapPolicy policy_from(const LdapEntry& entry);
/// One line for people.
[[nodiscard]] std::string policy_words(const LdapPolicy& policy);

// What the policy keeps in the entry itself.
struct LockState {
  std::string locked_at;  // pwdAccountLockedTime, as it is stored
  std::string waits_until;
  std::string begins;
  std::string ends;
  std::vector<LdapTime> failures;

  /// By an administrator, with `suspend`.
  [[nodiscard]] bool is_suspended() const { return locked_at == kSuspendedSince; }
  /// By wrong values, and not over yet as far as is known.
  [[nodiscard]] bool is_locked_out(const LdapPolicy& policy, LdapTime now) const;
  /// Its time has not come, or is over.
  [[nodiscard]] bool is_out_of_time(LdapTime now) const;
  /// One more wrong value would lock the account.
  [[nodiscard]] bool is_at_the_brink(const LdapPolicy& policy, LdapTime now) const;
};

}  // namespace nhi

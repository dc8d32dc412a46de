// refusal.hpp - why something at an LDAP server failed, and what it is called in the protocol.
//
// What a refused login proves is not decided here: OpenLDAP says 49 of a wrong value, of an account
// that is locked, of one that has expired and of an entry that is not there (login.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/evidence.hpp"
#include "plugins/sdk/waiting.hpp"

namespace nhi {

// What the password policy gives as the reason (draft-behera-ldap-password-policy, section 6.2).
enum class PolicyReason : std::int8_t {
  kNone = -1,
  kExpired = 0,
  kLocked = 1,
  kMustChange = 2,
  kNotAllowed = 3,
  kMustSupplyOld = 4,
  kTooPoor = 5,
  kTooShort = 6,
  kTooYoung = 7,
  kInHistory = 8,
};

struct LdapFailure {
  Trouble how = Trouble::kLost;
  int code = -1;          // the server's result code; -1 if it said nothing
  std::string text{};     // fit to be shown
  std::string matched{};  // of 32: the last entry above that is there and may be seen
  PolicyReason reason = PolicyReason::kNone;

  [[nodiscard]] bool is(int result) const { return how == Trouble::kRefused && code == result; }
};
[[nodiscard]] inline Unexpected<LdapFailure> fail(LdapFailure failure) {
  return Unexpected<LdapFailure>(std::move(failure));
}

/// A server's answer that is no success.
[[nodiscard]] LdapFailure read_refusal(int code, std::string_view diagnostic,
                                       std::string_view matched);

/// "49"; empty if the server said nothing.
[[nodiscard]] std::string code_text(const LdapFailure& failure);

/// What a failed login of the admin account is called.
[[nodiscard]] PluginError error_of_login(const LdapFailure& failure);

/// What a request is called that only reads, and of which `needs` is the right.
[[nodiscard]] PluginError error_of_reading(const LdapFailure& failure, const std::string& needs);

/// A refused change that surely had no effect and has a name of its own; nothing if it has none, or
/// may have had an effect. `needs`: the rights that it wanted.
[[nodiscard]] std::optional<PluginError> error_of_change(const LdapFailure& failure,
                                                         const std::vector<std::string>& needs);
/// The server answered, and did not do it.
[[nodiscard]] bool is_surely_undone(const LdapFailure& failure);

}  // namespace nhi

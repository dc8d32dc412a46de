// refusal.hpp - why something at MariaDB failed, and what that proves of a value.
//
// A failed login is error 1045, "Access denied for user 'app'@'10.0.0.7' (using password: YES)":
// of a wrong value, of a user that is not there, and of one that may not log in from that host. The
// host is ours as the server sees it, and says which account was asked (origin.hpp). 1698 is the
// same where the last method of the account takes no password. 4151, "this account is locked",
// comes behind the check of the password.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/evidence.hpp"
#include "plugins/sdk/waiting.hpp"

namespace nhi {

struct MariaFailure {
  Trouble how = Trouble::kLost;
  unsigned code = 0;       // of the server, or of libmariadb where `how` is kLost; 0: none
  std::string text{};      // fit to be shown
  std::string our_host{};  // as the server sees us; of 1045 and 1698
  [[nodiscard]] std::string code_text() const { return code == 0 ? "" : std::to_string(code); }
};
[[nodiscard]] inline Unexpected<MariaFailure> fail(MariaFailure failure) {
  return Unexpected<MariaFailure>(std::move(failure));
}

// Source: libmysql/errmsg.h and sql/share/errmsg-utf8.txt of MariaDB 10.11.
inline constexpr unsigned kAccessDenied = 1045;
inline constexpr unsigned kAccessDeniedNoPassword = 1698;
inline constexpr unsigned kAccountLocked = 4151;
inline constexpr unsigned kMustChange = 1820;
inline constexpr unsigned kNoSuchThread = 1094;
inline constexpr unsigned kSignal = 1644;

/// What libmariadb says of a failure: a number and a message.
[[nodiscard]] MariaFailure read_refusal(unsigned code, std::string_view message);

/// What a failed login proves of the value it was tried with, where it was the target's account
/// that was asked.
[[nodiscard]] ProbeVerdict verdict_of(const MariaFailure& failure);

/// What a failed login of the admin account is called.
[[nodiscard]] PluginError error_of_login(const MariaFailure& failure);

/// True if a statement that was sent may have had an effect all the same: only the account itself
/// shows it.
[[nodiscard]] bool may_have_happened(const MariaFailure& failure);

/// What a refused statement is called; `needs` is named where a right is missing.
[[nodiscard]] PluginError error_of_statement(const MariaFailure& failure,
                                             const std::vector<std::string>& needs);

}  // namespace nhi

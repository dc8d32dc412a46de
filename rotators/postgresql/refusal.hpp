// refusal.hpp - why something at PostgreSQL failed, and what that proves of a value.
//
// libpq tells the SQLSTATE of a failed login in its message only, so the message is read, in its
// verbose form: "… failed: FATAL:  28P01: password authentication failed for user "app"" and at the
// end "LOCATION:  auth_failed, auth.c:335". The name of the function there is in no language and
// tells apart what has one SQLSTATE: 28000 is a role that may not log in (InitializeSessionUserId,
// behind the check of the password) and a host that pg_hba.conf does not know
// (ClientAuthentication).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/evidence.hpp"
#include "plugins/sdk/waiting.hpp"

namespace nhi {

struct PgFailure {
  Trouble how = Trouble::kLost;
  std::string code{};          // SQLSTATE; empty if the server told none
  std::string routine{};       // of PostgreSQL's source; empty if another program answered
  std::string text{};          // fit to be shown: ASCII, one line, short
  bool used_password = false;  // the server asked for the password
};

/// libpq's message of a failed login, read.
[[nodiscard]] PgFailure read_refusal(std::string_view message);

/// What a failed login proves of the value it was tried with.
[[nodiscard]] ProbeVerdict verdict_of(const PgFailure& failure);

/// True if the server looked at the password and found it right, whatever came then.
[[nodiscard]] bool knew_the_password(const PgFailure& failure);

/// What a failed login of the admin account is called.
[[nodiscard]] PluginError error_of_login(const PgFailure& failure);

/// True if a statement that was sent may have had an effect all the same.
[[nodiscard]] bool may_have_happened(const PgFailure& failure);

/// What a refused statement is called; `needs` is named where a right is missing.
[[nodiscard]] PluginError error_of_statement(const PgFailure& failure,
                                             const std::vector<std::string>& needs);

}  // namespace nhi

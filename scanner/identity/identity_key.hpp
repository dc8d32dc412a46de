// identity_key.hpp - one name for one account at one system, however each file writes it.
#pragma once

#include <string>
#include <string_view>

#include "scanner/rules/rule.hpp"

namespace nhi {

/// `provider:canonical-host[:port][/instance]/account`, for example "mssql:pas01:1433/svc_mirth".
///
/// Rules: the host is lower case, without a trailing dot; a provider's default port is written out;
/// what is unknown is `?`; a SQL Server instance name replaces the port when no port is given
/// (`mssql:pas01/INST01/svc`), lower case; the account keeps its case, except that `DOMAIN\user`
/// and `user@domain` of Windows and mail providers are written `user@domain` in lower case.
/// Empty if `account` is empty or a placeholder.
/// Shapes: `provider` may be empty: it is then taken from the target's scheme; `target` is a URL,
///         a JDBC URL, a connection string, `host`, `host:port` or `scheme host`.
[[nodiscard]] std::string identity_key(std::string_view provider, std::string_view target,
                                       std::string_view account);

/// Machine or human, from the shape of an account name; `fallback` where the name says nothing.
/// `first.last`, `first.last@nhs.net` and twelve-digit smartcard user ids are people.
[[nodiscard]] Principal principal_of_account(std::string_view account, Principal fallback);

}  // namespace nhi

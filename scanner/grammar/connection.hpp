// connection.hpp - the parts of a URL, JDBC URL or key=value connection string.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Spans are in the parsed text; empty if absent.
struct ConnectionParts {
  std::string scheme;    // lower case: "jdbc:sqlserver", "https", "amqp"; empty for key=value
  std::string host;      // lower case unless a placeholder, no brackets; the first of a list
  std::string port;      // as written, or empty
  std::string database;  // path, database name or service
  std::string instance;  // SQL Server
  Span account;
  Span secret;
  bool percent_encoded = false;  // account and secret are percent-encoded
};

/// Nothing if `text` is none of these. The last `@` before the first `/` ends the user-info;
/// SQL Server splits at `;`, others at `&`; ADO, ODBC and OLE DB values may be quoted.
/// Shapes: linear in `text`; white space around it is ignored.
[[nodiscard]] std::optional<ConnectionParts> parse_connection(Bytes text);

/// "jdbc:mysql://db01:3306/pas" from the parts: no user-info, no parameters, lower-case host.
[[nodiscard]] std::string connection_target(const ConnectionParts& parts);

}  // namespace nhi

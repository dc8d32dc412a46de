// target.hpp - which role at which server, and the way there, out of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

/// PostgreSQL cuts longer names without a word, and would act on another role.
/// Source: NAMEDATALEN of its pg_config_manual.h, less the NUL.
inline constexpr std::size_t kPgNameBytesMax = 63;

struct PgNode {
  std::string host;  // a name, an address, or the folder of a socket, which begins with '/'
  std::uint16_t port = 5432;
  [[nodiscard]] std::string label() const;  // "db1:5432"
  [[nodiscard]] bool is_socket() const { return host.starts_with('/'); }
  friend bool operator==(const PgNode&, const PgNode&) = default;
};

struct PgTarget {
  PgNode primary;
  std::vector<PgNode> standbys;  // must agree with it
  std::string role;
  std::string database;        // the role's
  std::string admin;           // the account that `auth` belongs to
  std::string admin_database;  // where it logs in
  std::string tls;             // empty: tls_of() decides
  std::string ca;
  std::uint32_t iterations = 0;  // 0: libpq's own
};

/// Errors: kInvalidConfig with the field.
[[nodiscard]] Answer<PgTarget> target_of(const RotatorCall& call);

/// The word for libpq's `sslmode`. A socket has no TLS. What does not leave the machine goes
/// without unless told otherwise; everything else proves who it is.
[[nodiscard]] std::string tls_of(const PgTarget& target, const PgNode& node);

/// "db2:5433", "[::1]:5433", "db2" (the port of the primary).
/// Errors: kInvalidConfig, field standbys.
[[nodiscard]] Answer<PgNode> parse_node(const std::string& text, std::uint16_t otherwise);

[[nodiscard]] std::vector<PluginField> ref_fields();
[[nodiscard]] std::vector<PluginField> config_fields();

}  // namespace nhi

// target.hpp - which role at which server, and the way there, out of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "plugins/sdk/endpoint.hpp"

namespace nhi {

/// PostgreSQL cuts longer names without a word, and would act on another role.
/// Source: NAMEDATALEN of its pg_config_manual.h, less the NUL.
inline constexpr std::size_t kPgNameBytesMax = 63;

struct PgTarget {
  Endpoint primary;
  std::vector<Endpoint> standbys;  // must agree with it
  std::string role;
  std::string database;        // the role's
  std::string admin;           // the account that `auth` belongs to
  std::string admin_database;  // where it logs in
  TlsChoice tls;
  std::uint32_t iterations = 0;  // 0: libpq's own
};

/// Errors: kInvalidConfig with the field.
[[nodiscard]] Answer<PgTarget> target_of(const RotatorCall& call);

[[nodiscard]] std::vector<PluginField> ref_fields();
[[nodiscard]] std::vector<PluginField> config_fields();

}  // namespace nhi

#include "rotators/postgresql/role.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nhi {
namespace {

constexpr int kScramVersion = 100'000;        // the first that knows SCRAM
constexpr int kAdminOptionVersion = 160'000;  // CREATEROLE alone is not enough any more
constexpr std::chrono::milliseconds kLoginMax{10'000};

// Names are looked up in pg_catalog alone: whoever may create functions in a schema of the path
// would otherwise have them called by the admin account.
constexpr const char* kSetUp =
    "SELECT pg_catalog.set_config('search_path', '', false),"
    " pg_catalog.set_config('default_transaction_read_only', 'off', false)";

// A statement that waits is given up once whoever sent it has gone, which is our way to take it
// back. Servers before 14, and those on other systems than Linux, cannot.
constexpr const char* kNotice =
    "SELECT set_config(name, '500', false) FROM pg_settings"
    " WHERE name = 'client_connection_check_interval'";

constexpr const char* kBound = "SELECT set_config('statement_timeout', $1, false)";

constexpr const char* kAdminQuery =
    "SELECT rolsuper, rolcreaterole, pg_is_in_recovery(),"
    " has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT'),"
    " current_setting('server_version') FROM pg_roles WHERE rolname = current_user";

constexpr const char* kRoleQuery =
    "SELECT rolcanlogin, coalesce(rolvaliduntil <= now(), false), rolsuper, rolreplication,"
    " pg_has_role(oid, 'MEMBER WITH ADMIN OPTION'),"
    " pg_has_role(oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')"
    " FROM pg_roles WHERE rolname = $1";

constexpr const char* kPasswordQuery =
    "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = $1";

constexpr const char* kSessionsQuery =
    "SELECT CASE WHEN backend_start IS NULL THEN 'unknown'"  // without pg_read_all_stats
    " ELSE coalesce(host(client_addr), 'local') END, application_name,"
    " to_char(max(backend_start) OVER () AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    " FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()"
    " ORDER BY backend_start LIMIT 256";

constexpr const char* kCountQuery =
    "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()";

Unexpected<PluginError> failed(const PgFailure& failure) {
  return Unexpected<PluginError>(error_of_statement(failure, {}));
}

}  // namespace

std::vector<std::string> missing_to_alter(const Standing& standing, const std::string& role) {
  const AdminFacts& admin = standing.admin;
  if (admin.superuser) return {};
  std::vector<std::string> missing;
  if (standing.role.superuser) {
    missing.push_back(fmt::format("SUPERUSER: {} is one", role));
  } else if (standing.role.replication && admin.version < kAdminOptionVersion) {
    missing.push_back(fmt::format("SUPERUSER: {} has REPLICATION", role));
  }
  if (!admin.createrole) missing.emplace_back("CREATEROLE");
  if (admin.version >= kAdminOptionVersion && !admin.admin_option) {
    missing.push_back("ADMIN OPTION on " + role);
  }
  return missing;
}

std::vector<std::string> missing_to_end(const Standing& standing, const std::string& role) {
  if (standing.admin.superuser) return {};
  if (standing.role.superuser) return {fmt::format("SUPERUSER: {} is one", role)};
  if (!standing.admin.may_signal) return {"pg_signal_backend"};
  return {};
}

Answer<PgConnection> open_admin(const PgTarget& target, const Endpoint& node,
                                const SecretText& password, const RotatorCall& call) {
  auto opened = PgConnection::open(admin_login(target, node), password, kLoginMax, call);
  if (!opened) return Unexpected<PluginError>(error_of_login(opened.error()));
  if (opened->version() < kScramVersion) {
    return refuse(PluginErrorCode::kUnsupported, "PostgreSQL before 10 has no SCRAM");
  }
  if (const auto set = opened->run(kSetUp); !set) return failed(set.error());
  static_cast<void>(opened->run(kNotice));
  if (const auto bound = bound_statements(*opened, call); !bound) return failed(bound.error());
  return *std::move(opened);
}

Expected<void, PgFailure> bound_statements(PgConnection& connection, const RotatorCall& call) {
  const auto limit = std::max<std::int64_t>(call.time_left().count() * 3 / 4, 1);
  const auto set = connection.run(kBound, {std::to_string(limit)});
  if (!set) return Unexpected<PgFailure>(set.error());
  return {};
}

Answer<Standing> read_standing(PgConnection& connection, const std::string& role) {
  Standing standing;
  const auto admin = connection.run(kAdminQuery);
  if (!admin) return failed(admin.error());
  standing.admin.version = connection.version();
  standing.admin.superuser = admin->flag(0, 0);
  standing.admin.createrole = admin->flag(0, 1);
  standing.admin.standby = admin->flag(0, 2);
  standing.admin.version_text = plain_line(admin->at(0, 4));
  const auto found = connection.run(kRoleQuery, {role});
  if (!found) return failed(found.error());
  if (found->rows.empty()) return standing;
  standing.role.exists = true;
  standing.role.can_login = found->flag(0, 0);
  standing.role.expired = found->flag(0, 1);
  standing.role.superuser = found->flag(0, 2);
  standing.role.replication = found->flag(0, 3);
  standing.admin.admin_option = found->flag(0, 4);
  standing.admin.may_signal = found->flag(0, 5);
  if (admin->flag(0, 3)) {
    const auto password = connection.run(kPasswordQuery, {role});
    if (!password) return failed(password.error());
    if (!password->rows.empty()) standing.role.has_password = password->flag(0, 0);
  }
  return standing;
}

Answer<Sessions> read_sessions(PgConnection& connection, const std::string& role) {
  const auto found = connection.run(kSessionsQuery, {role});
  if (!found) return failed(found.error());
  Sessions sessions;
  for (std::size_t row = 0; row < found->rows.size(); ++row) {
    std::string client = plain_line(found->at(row, 0));
    if (!found->at(row, 1).empty()) client += " app=" + plain_line(found->at(row, 1));
    sessions.clients.push_back(std::move(client));
    sessions.last_login = plain_line(found->at(row, 2));
  }
  return sessions;
}

Answer<int> count_sessions(PgConnection& connection, const std::string& role) {
  const auto found = connection.run(kCountQuery, {role});
  if (!found) return failed(found.error());
  const std::string_view text = found->at(0, 0);
  int count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace nhi

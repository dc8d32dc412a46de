#include "rotators/mariadb/desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kLoginMax{10'000};
constexpr unsigned long kFirstVersion = 100'400;  // the first that has several methods
constexpr std::size_t kRowsMax = 1'000;
constexpr std::size_t kSessionsMax = 20'000;

// Texts are quoted for this mode, and names compared as bytes.
constexpr const char* kSetUp = "SET SESSION sql_mode = '', autocommit = 1";
constexpr const char* kAboutUs =
    "SELECT USER(), @@global.read_only, @@global.strict_password_validation AND EXISTS (SELECT 1 "
    "FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'PASSWORD VALIDATION' AND PLUGIN_STATUS = "
    "'ACTIVE')";

PluginError error_before(const MariaFailure& failure, const char* right) {
  return error_of_statement(failure, {right});
}

// The accounts of the user, and the anonymous ones, which may stand in their way.
Answer<void> read_accounts(MariaDesk& desk, const MariaTarget& target) {
  const auto rows = desk.admin.run(
      fmt::format("SELECT User, Host, Priv, SHA2(Priv, 256) FROM mysql.global_priv WHERE User IN "
                  "({}, '') LIMIT {}",
                  desk.admin.quoted(target.user), kRowsMax + 1));
  if (!rows) return fail(error_before(rows.error(), kReadRight));
  if (rows->rows.size() > kRowsMax) {
    return refuse(PluginErrorCode::kUnsupported, "the user has over 1000 accounts");
  }
  for (std::size_t row = 0; row < rows->rows.size(); ++row) {
    AccountName name{std::string(rows->at(row, 0)), std::string(rows->at(row, 1))};
    // The server compares without regard to spaces at the end.
    if (!name.user.empty() && name.user != target.user) continue;
    NHI_TRY(auto account, account_from(name, rows->at(row, 2)));
    if (!account) continue;
    account->digest = rows->at(row, 3);
    if (!name.user.empty()) desk.accounts.push_back(*std::move(account));
    desk.names.push_back(std::move(name));
  }
  return {};
}

}  // namespace

std::vector<std::string> MariaDesk::missing(const std::vector<std::string>& wanted) const {
  std::vector<std::string> lacking;
  const auto has = [&](const std::string& right) { return rights.count(right) != 0; };
  for (const std::string& right : wanted) {
    const bool by_super = right == kKillRight && has("SUPER");
    if (!has(right) && !has("ALL PRIVILEGES") && !by_super) lacking.push_back(right);
  }
  return lacking;
}

const MariaAccount* MariaDesk::account(const AccountName& name) const {
  const auto found =
      std::find_if(accounts.begin(), accounts.end(),
                   [&](const MariaAccount& account) { return account.name == name; });
  return found == accounts.end() ? nullptr : &*found;
}

std::set<std::string> rights_in(const MariaRows& grants) {
  constexpr std::string_view kGrant = "GRANT ";
  constexpr std::string_view kOn = " ON ";
  std::set<std::string> rights;
  for (std::size_t row = 0; row < grants.rows.size(); ++row) {
    std::string_view line = grants.at(row, 0);
    const std::size_t on = line.find(kOn);
    if (!line.starts_with(kGrant) || on == std::string_view::npos) continue;
    if (!line.substr(on + kOn.size()).starts_with("*.* TO ")) continue;
    line = line.substr(kGrant.size(), on - kGrant.size());
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(", ", at), line.size());
      rights.emplace(line.substr(at, end - at));
      at = end + 2;
    }
  }
  return rights;
}

Answer<MariaDesk> sit_down(const RotatorCall& call, const MariaTarget& target, const Endpoint& node,
                           const SecretText& auth) {
  auto opened = MariaConnection::open(target, node, target.admin, auth, kLoginMax, call);
  if (!opened) return fail(error_of_login(opened.error()));
  MariaDesk desk{node, *std::move(opened), {}, false, true, {}, {}, {}, {}};
  desk.server = "MariaDB " + desk.admin.version_text();
  if (!desk.admin.is_mariadb() || desk.admin.version() < kFirstVersion) {
    return refuse(PluginErrorCode::kUnsupported,
                  "no MariaDB of 10.4 or later: " + desk.admin.version_text());
  }
  if (const auto set = desk.admin.run(kSetUp); !set) return fail(error_before(set.error(), ""));
  if (const auto bound = bound_statements(desk.admin, call); !bound) {
    return fail(error_before(bound.error(), ""));
  }
  const auto us = desk.admin.run(kAboutUs);
  if (!us) return fail(error_before(us.error(), ""));
  desk.our_host = us->at(0, 0).substr(us->at(0, 0).rfind('@') + 1);
  // In later versions a word: OFF, ON, NO_LOCK, NO_LOCK_NO_ADMIN.
  desk.read_only = us->at(0, 1) != "0" && us->at(0, 1) != "OFF";
  desk.takes_hashes = us->at(0, 2) != "1";
  const auto grants = desk.admin.run("SHOW GRANTS");
  if (!grants) return fail(error_before(grants.error(), ""));
  desk.rights = rights_in(*grants);
  NHI_CHECK_OK(read_accounts(desk, target));
  return desk;
}

Answer<const MariaAccount*> account_at(const MariaDesk& desk, const MariaTarget& target,
                                       const AccountName* id) {
  if (!target.account_host.empty()) return desk.account({target.user, target.account_host});
  if (id != nullptr) return desk.account(*id);
  if (desk.accounts.empty()) return nullptr;
  if (desk.accounts.size() == 1) return &desk.accounts.front();
  std::string hosts;
  for (const MariaAccount& account : desk.accounts) {
    hosts += (hosts.empty() ? "'" : ", '") + plain_line(account.name.host) + "'";
    if (hosts.size() > 200) break;
  }
  return wrong_field("account_host", "the user has several accounts, name one of " + hosts);
}

Expected<void, MariaFailure> bound_statements(MariaConnection& connection,
                                              const RotatorCall& call) {
  const auto limit = std::max<std::int64_t>(call.time_left().count() * 3 / 4, 1);
  const auto set = connection.run(
      fmt::format("SET SESSION lock_wait_timeout = {}, max_statement_time = {}.{:03}",
                  std::max<std::int64_t>(limit / 1'000, 1), limit / 1'000, limit % 1'000));
  if (!set) return fail(set.error());
  return {};
}

Expected<MariaSessions, MariaFailure> read_sessions(MariaDesk& desk, const AccountName& account) {
  const auto rows = desk.admin.run(
      fmt::format("SELECT ID, HOST, TIME FROM information_schema.PROCESSLIST WHERE BINARY USER = "
                  "{} LIMIT {}",
                  desk.admin.quoted(account.user), kSessionsMax));
  if (!rows) return fail(rows.error());
  MariaSessions sessions;
  for (std::size_t row = 0; row < rows->rows.size(); ++row) {
    const std::string_view host = rows->at(row, 1);
    MariaSession session{std::string(rows->at(row, 0)),
                         std::string(host.substr(0, host.rfind(':'))), 0};
    const std::string_view idle = rows->at(row, 2);
    std::from_chars(idle.data(), idle.data() + idle.size(), session.idle_seconds);
    const Origin origin = account_of_login(desk.names, account, session.client).origin;
    if (origin == Origin::kUnclear) ++sessions.unclear;
    if (origin == Origin::kTarget) sessions.own.push_back(std::move(session));
  }
  return sessions;
}

}  // namespace nhi

// desk.hpp - the admin account logged in at a node, with what the node keeps of the target's user
// and what the admin account may.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "rotators/mariadb/account.hpp"
#include "rotators/mariadb/connection.hpp"

namespace nhi {

struct MariaDesk {
  Endpoint node;
  MariaConnection admin;
  std::string server;                  // "MariaDB 10.11.19-MariaDB"
  bool read_only = false;              // a replica, as a rule
  bool takes_hashes = true;            // false: a plugin wants to see each password
  std::string our_host;                // as the server sees it
  std::set<std::string> rights;        // on *.*, as GRANT writes them
  std::vector<AccountName> names;      // of the user and anonymous ones: who a login may be for
  std::vector<MariaAccount> accounts;  // of the user

  /// Those of `wanted` that the admin account does not have.
  [[nodiscard]] std::vector<std::string> missing(const std::vector<std::string>& wanted) const;
  [[nodiscard]] const MariaAccount* account(const AccountName& name) const;
};

inline constexpr const char* kReadRight = "SELECT ON mysql.global_priv";
inline constexpr const char* kAlterRight = "CREATE USER";
inline constexpr const char* kListRight = "PROCESS";
inline constexpr const char* kKillRight = "CONNECTION ADMIN";  // SUPER before 10.5.2

/// Rights on *.* in what SHOW GRANTS answers.
[[nodiscard]] std::set<std::string> rights_in(const MariaRows& grants);

/// Errors: those of error_of_login(); kUnsupported for MySQL and before 10.4; kForbidden where
/// accounts cannot be read.
[[nodiscard]] Answer<MariaDesk> sit_down(const RotatorCall& call, const MariaTarget& target,
                                         const Endpoint& node, const SecretText& auth);

/// The one that the target, or `id` where it names none, is about; nothing if it is not there.
/// Errors: kInvalidConfig where the user has several and none is named.
[[nodiscard]] Answer<const MariaAccount*> account_at(const MariaDesk& desk,
                                                     const MariaTarget& target,
                                                     const AccountName* id);

/// Has the server give up each following statement while there is still time to hear of it. One
/// that waits for a lock would otherwise go on after the request has ended, and take effect unseen.
[[nodiscard]] Expected<void, MariaFailure> bound_statements(MariaConnection& connection,
                                                            const RotatorCall& call);

struct MariaSession {
  std::string id;
  std::string client;  // a host
  std::int64_t idle_seconds = 0;
};
struct MariaSessions {
  std::vector<MariaSession> own;
  std::size_t unclear = 0;  // of the user, and perhaps of another account of it
};
/// Sessions show their user and host, not their account: those whose host is for `account` alone.
[[nodiscard]] Expected<MariaSessions, MariaFailure> read_sessions(MariaDesk& desk,
                                                                  const AccountName& account);

}  // namespace nhi

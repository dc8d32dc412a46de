// role.hpp - what the server tells of a role, and which rights the admin account has over it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotators/postgresql/connection.hpp"

namespace nhi {

struct RoleFacts {
  bool exists = false;
  bool can_login = false;
  bool expired = false;  // VALID UNTIL has passed: the server refuses every password
  bool superuser = false;
  bool replication = false;
  std::optional<bool> has_password;  // told to those who may read pg_authid
};

struct AdminFacts {
  int version = 0;  // 150020
  std::string version_text;
  bool standby = false;
  bool superuser = false;
  bool createrole = false;
  bool admin_option = false;  // on the role
  bool may_signal = false;    // its sessions
};

struct Standing {
  RoleFacts role;
  AdminFacts admin;
};

struct Sessions {
  std::vector<std::string> clients;  // "10.0.0.7 app=etl"
  std::string last_login;            // of those that are there
};

/// Which statement asks for what right; in words of GRANT, for people.
[[nodiscard]] std::vector<std::string> missing_to_alter(const Standing& standing,
                                                        const std::string& role);
[[nodiscard]] std::vector<std::string> missing_to_end(const Standing& standing,
                                                      const std::string& role);

/// Logs in as the admin account. Errors: those of error_of_login(); kUnsupported before 10.
[[nodiscard]] Answer<PgConnection> open_admin(const PgTarget& target, const Endpoint& node,
                                              const SecretText& password, const RotatorCall& call);
/// Has the server give up each following statement while there is still time to hear of it. One
/// that waits for a lock would otherwise go on after the request has ended, and take effect unseen.
[[nodiscard]] Expected<void, PgFailure> bound_statements(PgConnection& connection,
                                                         const RotatorCall& call);
[[nodiscard]] Answer<Standing> read_standing(PgConnection& connection, const std::string& role);
[[nodiscard]] Answer<Sessions> read_sessions(PgConnection& connection, const std::string& role);
/// How many sessions the role has, ours not counted.
[[nodiscard]] Answer<int> count_sessions(PgConnection& connection, const std::string& role);

}  // namespace nhi

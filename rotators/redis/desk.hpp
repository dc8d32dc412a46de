// desk.hpp - the admin user logged in at a node, with what the node tells of the user and of the
// admin's rights, and the way to have the node keep what was changed.
#pragma once

#include <string>
#include <vector>

#include "rotators/redis/account.hpp"

namespace nhi {

struct Desk {
  Endpoint node;
  RedisConnection admin;
  std::string server;  // "redis 7.0.15"
  RedisAccount account;
  std::vector<std::string> missing;  // rights, as ACL SETUSER writes them: "+acl|setuser"

  [[nodiscard]] bool lacks(std::string_view right) const;
};

inline constexpr const char* kSetRight = "+acl|setuser";
inline constexpr const char* kSaveRight = "+acl|save";
inline constexpr const char* kRewriteRight = "+config|rewrite";
inline constexpr const char* kListRight = "+client|list";
inline constexpr const char* kKillRight = "+client|kill";

/// At every node; what is changed anywhere is changed after all have answered. Errors: those of
/// error_of_login(); kForbidden where the user cannot be read.
[[nodiscard]] Answer<std::vector<Desk>> sit_down(RotatorCall& call, const RedisTarget& target);

/// Errors: kForbidden with those of `rights` that are missing at a node.
[[nodiscard]] Answer<void> require_rights(const std::vector<Desk>& desks, const RedisTarget& target,
                                          const std::vector<std::string>& rights);

/// The clients that are logged in as the user.
[[nodiscard]] Expected<std::vector<RedisClient>, RedisFailure> read_clients(
    Desk& desk, const std::string& user);

/// Users live in memory: has the node write them where it reads them from when it starts, and says
/// so in `reply`. Where it has no such file a restart brings the former ones back, which is said
/// and no failure. False if a file could not be written.
[[nodiscard]] bool keep_users(RotatorCall& call, Desk& desk, StepReply& reply);

}  // namespace nhi

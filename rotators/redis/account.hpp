// account.hpp - what a server tells of a user, and how its passwords are told apart.
//
// Redis keeps of each password the SHA-256, without a salt, and a user has any number of them. An
// id has to name one of them and to be no help to who reads it: the hash itself, or a piece of it,
// could be looked up in a table. So it is hashed again, with the user's name as salt and ten
// thousand times, and six hexadecimal digits of that are kept: of sixteen million wrong guesses
// one agrees. Two values of a user that share an id are told apart by the value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/redis/connection.hpp"

namespace nhi {

struct RedisAccount {
  bool exists = false;
  bool enabled = false;
  bool takes_any = false;           // nopass: every password lets it in
  std::vector<std::string> hashes;  // lower case, 64 digits each

  [[nodiscard]] bool holds(std::string_view hash) const;
  /// Other values than this one.
  [[nodiscard]] bool holds_others(std::string_view hash) const;
};
/// Of ACL GETUSER. A user that is not there is no failure; what cannot be read is.
[[nodiscard]] Expected<RedisAccount, RedisFailure> account_from(const RedisAnswer& answer);

/// What Redis stores for this value.
[[nodiscard]] std::string hash_of_value(const SecretText& value);

/// {"user":"app"}: the user as a whole.
[[nodiscard]] CredentialId id_of_user(const std::string& user);
/// {"user":"app","password":"3fa4c1"}: one of its passwords.
[[nodiscard]] CredentialId id_of_hash(const std::string& user, std::string_view hash);

/// True for what could be an id of this user: it is the user itself if it names no password.
[[nodiscard]] bool is_id_of(const CredentialId& id, const std::string& user);
[[nodiscard]] bool names_password(const CredentialId& id);

struct RedisClient {
  std::string shown;  // "10.0.0.7 app=worker"
  std::int64_t age_seconds = 0;
};
/// Those of CLIENT LIST that are logged in as `user`.
[[nodiscard]] std::vector<RedisClient> clients_of(std::string_view list, std::string_view user);

}  // namespace nhi

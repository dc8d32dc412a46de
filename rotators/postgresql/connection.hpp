// connection.hpp - one connection to PostgreSQL through libpq, never waited for longer than the
// request has time, and given up as soon as it is cancelled.
//
// libpq is called in its asynchronous form throughout. Nothing is repeated, no file of a user
// (.pgpass, services, keys) and no variable of the environment is asked, and what the server says
// on its own account (notices) goes nowhere.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/rotator.hpp"
#include "rotators/postgresql/refusal.hpp"
#include "rotators/postgresql/target.hpp"

struct pg_conn;

namespace nhi {

struct PgLogin {
  Endpoint node;
  std::string user;
  std::string database;
  std::string tls;  // sslmode
  std::string ca;
};
/// The role itself, and the admin account.
[[nodiscard]] PgLogin role_login(const PgTarget& target, const Endpoint& node);
[[nodiscard]] PgLogin admin_login(const PgTarget& target, const Endpoint& node);

struct PgRows {
  std::vector<std::vector<std::string>> rows;  // NULL is an empty text
  std::string tag;                             // "ALTER ROLE"
  /// The field, or nothing where there is none.
  [[nodiscard]] std::string_view at(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool flag(std::size_t row, std::size_t column) const {
    return at(row, column) == "t";
  }
};

// Thread-compatible; `call` outlives it.
class PgConnection {
 public:
  /// Logs in within `limit` and the time of the request.
  [[nodiscard]] static Expected<PgConnection, PgFailure> open(const PgLogin& login,
                                                              const SecretText& password,
                                                              std::chrono::milliseconds limit,
                                                              const RotatorCall& call);

  /// One statement, in the extended protocol: a second one behind a ';' is refused by the server.
  [[nodiscard]] Expected<PgRows, PgFailure> run(const std::string& statement,
                                                const std::vector<std::string>& parameters = {});

  /// The server asked for the password and was given it: nobody is let in without.
  [[nodiscard]] bool used_password() const;
  [[nodiscard]] int version() const;  // 150020
  /// Quoted as the server reads it; empty if the text is not of the connection's encoding.
  [[nodiscard]] std::string identifier(std::string_view name) const;
  [[nodiscard]] SecretText literal(const SecretText& text) const;
  /// What the server is to store for `password`; empty if libpq refuses.
  [[nodiscard]] SecretText verifier(const SecretText& password, const std::string& role) const;

 private:
  struct Closer {
    void operator()(pg_conn* connection) const noexcept;
  };
  using Handle = std::unique_ptr<pg_conn, Closer>;
  PgConnection(Handle handle, const RotatorCall& call) : handle_(std::move(handle)), call_(&call) {}
  [[nodiscard]] PgFailure failure(Trouble how) const;

  Handle handle_;
  const RotatorCall* call_;
};

}  // namespace nhi

// connection.hpp - one connection to MariaDB through libmariadb, never waited for longer than the
// request has time, and given up as soon as it is cancelled.
//
// libmariadb is called in its non-blocking form throughout. Nothing is repeated (no reconnect), no
// option file and no variable of the environment is read, LOAD DATA LOCAL is refused, and a server
// that asks for the password in clear (mysql_clear_password, dialog) gets nothing.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/mariadb/refusal.hpp"
#include "rotators/mariadb/target.hpp"

struct st_mysql;

namespace nhi {

struct MariaRows {
  std::vector<std::vector<std::string>> rows;  // NULL is an empty text
  /// The field, or nothing where there is none.
  [[nodiscard]] std::string_view at(std::size_t row, std::size_t column) const;
};

// Thread-compatible; `call` outlives it.
class MariaConnection {
 public:
  /// Logs in as `user` within `limit` and the time of the request.
  [[nodiscard]] static Expected<MariaConnection, MariaFailure> open(
      const MariaTarget& target, const Endpoint& node, const std::string& user,
      const SecretText& password, std::chrono::milliseconds limit, const RotatorCall& call);

  /// One statement: a second one behind a ';' is refused by the server. At most 32 MiB come back.
  [[nodiscard]] Expected<MariaRows, MariaFailure> run(std::string_view statement);

  [[nodiscard]] bool is_mariadb() const;
  [[nodiscard]] unsigned long version() const;  // 101119
  [[nodiscard]] std::string version_text() const;
  /// In quotes, for a session whose sql_mode is empty.
  [[nodiscard]] std::string quoted(std::string_view text) const;

 private:
  struct Closer {
    void operator()(st_mysql* connection) const noexcept;
  };
  using Handle = std::unique_ptr<st_mysql, Closer>;
  MariaConnection(Handle handle, const RotatorCall& call)
      : handle_(std::move(handle)), call_(&call) {}
  [[nodiscard]] MariaFailure failure() const;
  [[nodiscard]] Expected<MariaRows, MariaFailure> read_rows(
      std::chrono::steady_clock::time_point until);

  Handle handle_;
  const RotatorCall* call_;
};

}  // namespace nhi

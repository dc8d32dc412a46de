// postgres_server.hpp - a PostgreSQL of the test's own on the loopback, out of what
// tests/servers/unpack.sh brought: its data lie in a folder that goes with it.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <memory>
#include <string>

#include "tests/plugins/server_process.hpp"

namespace nhi::testing {

inline constexpr const char* kPostgresPrograms = "usr/lib/postgresql/15/bin/";
inline constexpr const char* kPostgres = "usr/lib/postgresql/15/bin/postgres";
inline constexpr const char* kSuperuser = "postgres";
inline constexpr const char* kSuperPassword = "super-canary-Zr7wq2Xk";

// A session of a test: fails the test that uses it wrongly.
class Sql {
 public:
  Sql(int port, const std::string& user, const std::string& password,
      const std::string& database = "postgres") {
    const std::string text_port = std::to_string(port);
    const char* const names[] = {"host",    "port",       "user",     "password",         "dbname",
                                 "sslmode", "gssencmode", "passfile", "application_name", nullptr};
    const char* const values[] = {
        "127.0.0.1", text_port.c_str(), user.c_str(),     password.c_str(), database.c_str(),
        "disable",   "disable",         "/dev/null/none", "some app",       nullptr};
    connection_.reset(::PQconnectdbParams(names, values, 0));
    ::PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
  }
  [[nodiscard]] bool open() const { return ::PQstatus(connection_.get()) == CONNECTION_OK; }
  /// The first field of the first row; statements may be several.
  std::string run(const std::string& statement) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        ::PQexec(connection_.get(), statement.c_str()), ::PQclear);
    const ExecStatusType status = ::PQresultStatus(result.get());
    EXPECT_TRUE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        << statement << ": " << ::PQerrorMessage(connection_.get());
    return ::PQntuples(result.get()) > 0 ? ::PQgetvalue(result.get(), 0, 0) : "";
  }
  /// True if the server has ended this session.
  bool ended() {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        ::PQexec(connection_.get(), "SELECT 1"), ::PQclear);
    return ::PQstatus(connection_.get()) == CONNECTION_BAD;
  }
  [[nodiscard]] std::string quoted(const std::string& name) const {
    const std::unique_ptr<char, void (*)(void*)> text(
        ::PQescapeIdentifier(connection_.get(), name.data(), name.size()), ::PQfreemem);
    return text.get();
  }

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, ::PQfinish};
};

class PostgresServer : public ServerProcess {
 public:
  /// A new one, or with `of` a standby of that one.
  explicit PostgresServer(const PostgresServer* of = nullptr) : ServerProcess("pg") {
    write("password", kSuperPassword);
    write("pgpass", std::string("*:*:*:*:") + kSuperPassword);
    make_certificate();
    const std::string programs = kPostgresPrograms;
    if (of == nullptr) {
      must({programs + "initdb", "-D", data(), "-U", kSuperuser, "-A", "scram-sha-256", "--pwfile",
            folder() + "/password", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"});
      write("data/pg_hba.conf",
            "local all all scram-sha-256\n"
            "host all trusted 127.0.0.1/32 trust\n"
            "host all barred 127.0.0.1/32 reject\n"
            "host replication postgres 127.0.0.1/32 scram-sha-256\n"
            "host all all 127.0.0.1/32 scram-sha-256\n");
    } else {
      must({programs + "pg_basebackup", "-D", data(), "-R", "--no-sync", "-c", "fast", "-d",
            "host=127.0.0.1 user=postgres sslmode=disable port=" + std::to_string(of->port()) +
                " passfile=" + folder() + "/pgpass"});
    }
    start();
  }
  ~PostgresServer() { stop(); }

  void start() {
    std::vector<std::string> command = {kPostgres, "-D", data()};
    for (const std::string& setting :
         {std::string("listen_addresses=127.0.0.1"), "port=" + std::to_string(port()),
          "unix_socket_directories=" + folder(), std::string("fsync=off"), std::string("jit=off"),
          std::string("log_statement=all"), std::string("log_min_error_statement=debug1"),
          std::string("log_min_duration_statement=0"), std::string("log_connections=on"),
          std::string("ssl=on"), "ssl_cert_file=" + certificate(), "ssl_key_file=" + key(),
          std::string("log_error_verbosity=verbose"),
          std::string("shared_preload_libraries=pg_stat_statements"),
          std::string("shared_buffers=16MB")}) {
      command.insert(command.end(), {"-c", setting});
    }
    ServerProcess::start(std::move(command),
                         [this] { return Sql(port(), kSuperuser, kSuperPassword).open(); });
  }
  void stop() { end(SIGINT); }

  /// A session of the superuser whose statements are not logged.
  [[nodiscard]] Sql super(const std::string& database = "postgres") const {
    Sql sql(port(), kSuperuser, kSuperPassword, database);
    sql.run("SET log_statement = 'none'");
    sql.run("SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic'");
    sql.run("SELECT 1 FROM pg_extension; SET pg_stat_statements.track_utility = off");
    return sql;
  }

 private:
  [[nodiscard]] std::string data() const { return folder() + "/data"; }
};

}  // namespace nhi::testing

// postgres_server.hpp - a PostgreSQL of the test's own on the loopback, out of what
// tests/servers/unpack.sh brought: its data lie in a folder that goes with it.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace nhi::testing {

inline constexpr const char* kSuperuser = "postgres";
inline constexpr const char* kSuperPassword = "super-canary-Zr7wq2Xk";

/// Empty: there is no server, and the tests are skipped.
inline std::string unpacked_servers() {
  const char* const folder = std::getenv("NHI_SERVERS");
  if (folder == nullptr) return {};
  const auto program = std::filesystem::path(folder) / "usr/lib/postgresql/15/bin/postgres";
  std::error_code none;
  return std::filesystem::exists(program, none) ? std::string(folder) : std::string();
}

inline int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(listener);
  return ntohs(address.sin_port);
}

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

class PostgresServer {
 public:
  /// A new one, or with `of` a standby of that one.
  explicit PostgresServer(const PostgresServer* of = nullptr) : port_(free_port()) {
    std::string name = "/tmp/nhi-pg-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::chmod(folder_.c_str(), 0711);
    write(folder_ + "/password", kSuperPassword);
    ::chmod((folder_ + "/password").c_str(), 0600);
    write(folder_ + "/pgpass", std::string("*:*:*:*:") + kSuperPassword);
    ::chmod((folder_ + "/pgpass").c_str(), 0600);
    make_certificate();
    give_away();
    const std::string data = folder_ + "/data";
    if (of == nullptr) {
      must({"initdb", "-D", data, "-U", kSuperuser, "-A", "scram-sha-256", "--pwfile",
            folder_ + "/password", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"});
      write(data + "/pg_hba.conf",
            "local all all scram-sha-256\n"
            "host all trusted 127.0.0.1/32 trust\n"
            "host all barred 127.0.0.1/32 reject\n"
            "host replication postgres 127.0.0.1/32 scram-sha-256\n"
            "host all all 127.0.0.1/32 scram-sha-256\n");
    } else {
      must({"pg_basebackup", "-D", data, "-R", "--no-sync", "-c", "fast", "-d",
            "host=127.0.0.1 user=postgres sslmode=disable port=" + std::to_string(of->port()) +
                " passfile=" + folder_ + "/pgpass"});
    }
    start();
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() {
    stop();
    std::error_code none;
    std::filesystem::remove_all(folder_, none);
  }

  void start() {
    const std::string data = folder_ + "/data";
    process_ = spawn({"postgres",
                      "-D",
                      data,
                      "-c",
                      "listen_addresses=127.0.0.1",
                      "-c",
                      "port=" + std::to_string(port_),
                      "-c",
                      "unix_socket_directories=" + folder_,
                      "-c",
                      "fsync=off",
                      "-c",
                      "jit=off",
                      "-c",
                      "log_statement=all",
                      "-c",
                      "log_min_error_statement=debug1",
                      "-c",
                      "log_min_duration_statement=0",
                      "-c",
                      "log_connections=on",
                      "-c",
                      "ssl=on",
                      "-c",
                      "ssl_cert_file=" + certificate(),
                      "-c",
                      "ssl_key_file=" + folder_ + "/server.key",
                      "-c",
                      "log_error_verbosity=verbose",
                      "-c",
                      "shared_preload_libraries=pg_stat_statements",
                      "-c",
                      "shared_buffers=16MB"});
    for (int i = 0; i < 200; ++i) {
      if (Sql(port_, kSuperuser, kSuperPassword).open()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "the server does not start: " << log();
  }
  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGINT);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string label() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::string& folder() const { return folder_; }  // of its socket
  [[nodiscard]] std::string certificate() const { return folder_ + "/server.crt"; }
  [[nodiscard]] std::string log() const {
    std::ifstream in(folder_ + "/log", std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  /// A session of the superuser whose statements are not logged.
  [[nodiscard]] Sql super(const std::string& database = "postgres") const {
    Sql sql(port_, kSuperuser, kSuperPassword, database);
    sql.run("SET log_statement = 'none'");
    sql.run("SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic'");
    sql.run("SELECT 1 FROM pg_extension; SET pg_stat_statements.track_utility = off");
    return sql;
  }

 private:
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  // To the account that tests/servers/postgresql turns into.
  void give_away() const {
    const passwd* const nobody = ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;
    if (nobody == nullptr) return;
    for (const char* const file : {"", "/password", "/pgpass", "/server.key"}) {
      EXPECT_EQ(::chown((folder_ + file).c_str(), nobody->pw_uid, nobody->pw_gid), 0);
    }
  }
  pid_t spawn(std::vector<std::string> command) const {
    command.insert(command.begin(), NHI_SOURCE_DIR "/tests/servers/postgresql");
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  void must(const std::vector<std::string>& command) const {
    must_end_well(spawn(command), command.front());
  }
  void make_certificate() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
      ::dup2(log, STDERR_FILENO);
      ::execlp("openssl", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
               "subjectAltName=IP:127.0.0.1", "-keyout", (folder_ + "/server.key").c_str(), "-out",
               certificate().c_str(), nullptr);
      ::_exit(127);
    }
    must_end_well(child, "openssl");
  }
  void must_end_well(pid_t child, const std::string& name) const {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << name << ": " << log();
  }

  int port_;
  std::string folder_;
  pid_t process_ = 0;
};

}  // namespace nhi::testing

// mariadb_server.hpp - a MariaDB of the test's own on the loopback, out of what
// tests/servers/unpack.sh brought: its data lie in a folder that goes with it.
#pragma once

#include <gtest/gtest.h>
#include <mysql.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/plugins/server_process.hpp"

namespace nhi::testing {

inline constexpr const char* kMariadb = "usr/sbin/mariadbd";
inline constexpr const char* kSuperuser = "super";
inline constexpr const char* kSuperPassword = "super-canary-Zr7wq2Xk";

// A session of a test: fails the test that uses it wrongly.
class Sql {
 public:
  Sql(int port, const std::string& user, const std::string& password)
      : connection_(::mysql_init(nullptr), ::mysql_close) {
    const unsigned tcp = MYSQL_PROTOCOL_TCP;
    ::mysql_optionsv(connection_.get(), MYSQL_OPT_PROTOCOL, &tcp);
    open_ = ::mysql_real_connect(connection_.get(), "127.0.0.1", user.c_str(), password.c_str(),
                                 nullptr, static_cast<unsigned>(port), nullptr, 0) != nullptr;
  }
  [[nodiscard]] bool open() const { return open_; }
  /// The first field of each row, in lines.
  std::string run(const std::string& statement) {
    std::string all;
    EXPECT_TRUE(ask(statement, all)) << statement << ": " << ::mysql_error(connection_.get());
    return all;
  }
  /// True if the server has ended this session.
  bool ended() {
    std::string none;
    return !ask("SELECT 1", none);
  }
  [[nodiscard]] std::string quoted(const std::string& text) const {
    std::string made(text.size() * 2 + 1, '\0');
    made.resize(
        ::mysql_real_escape_string(connection_.get(), made.data(), text.data(), text.size()));
    return "'" + made + "'";
  }

 private:
  bool ask(const std::string& statement, std::string& all) {
    if (::mysql_real_query(connection_.get(), statement.data(), statement.size()) != 0)
      return false;
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(
        ::mysql_store_result(connection_.get()), ::mysql_free_result);
    if (result == nullptr) return true;
    while (MYSQL_ROW row = ::mysql_fetch_row(result.get())) {
      if (!all.empty()) all += '\n';
      if (row[0] != nullptr) all += std::string(row[0], ::mysql_fetch_lengths(result.get())[0]);
    }
    return true;
  }
  std::unique_ptr<MYSQL, void (*)(MYSQL*)> connection_;
  bool open_ = false;
};

class MariadbServer : public ServerProcess {
 public:
  /// A new one, or with `of` a replica of that one.
  explicit MariadbServer(const MariadbServer* of = nullptr)
      : ServerProcess("mariadb"), replica_(of != nullptr) {
    make_certificate();
    must({"usr/bin/mariadb-install-db", "--no-defaults", "--basedir=" + unpacked() + "/usr",
          "--datadir=" + data(), "--auth-root-authentication-method=normal", "--skip-name-resolve",
          "--skip-test-db"});
    // Read when it starts, and not logged as a client's statements are.
    write("first.sql",
          std::string("SET sql_log_bin = 0;\n") + "CREATE OR REPLACE USER super IDENTIFIED BY '" +
              kSuperPassword + "';\n" +
              "GRANT ALL ON *.* TO super WITH GRANT OPTION;\nSET GLOBAL general_log = 1;\n");
    start();
    if (of == nullptr) return;
    auto sql = super();
    sql.run("CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = " +
            std::to_string(of->port()) + ", MASTER_USER = 'super', MASTER_PASSWORD = '" +
            kSuperPassword + "', MASTER_USE_GTID = slave_pos");
    sql.run("START SLAVE");
  }
  ~MariadbServer() { stop(); }

  void start() {
    std::vector<std::string> command = {kMariadb,
                                        "--no-defaults",
                                        "--basedir=" + unpacked() + "/usr",
                                        "--plugin-dir=" + unpacked() + "/usr/lib/mysql/plugin",
                                        "--datadir=" + data(),
                                        "--init-file=" + folder() + "/first.sql",
                                        "--bind-address=127.0.0.1",
                                        "--port=" + std::to_string(port()),
                                        "--socket=" + socket(),
                                        "--pid-file=" + folder() + "/pid",
                                        "--ssl-cert=" + certificate(),
                                        "--ssl-key=" + key(),
                                        "--plugin-load-add=auth_ed25519",
                                        "--skip-name-resolve",
                                        "--general-log-file=" + folder() + "/general",
                                        "--slow-query-log",
                                        "--slow-query-log-file=" + folder() + "/slow",
                                        "--long-query-time=0",
                                        "--log-warnings=9",
                                        "--log-bin=" + data() + "/bin",
                                        "--server-id=" + std::to_string(port()),
                                        "--innodb-buffer-pool-size=8M",
                                        "--innodb-flush-log-at-trx-commit=0"};
    if (replica_) command.emplace_back("--read-only");
    ServerProcess::start(std::move(command),
                         [this] { return Sql(port(), kSuperuser, kSuperPassword).open(); });
  }
  void stop() { end(SIGTERM); }

  [[nodiscard]] std::string socket() const { return folder() + "/socket"; }
  /// A session whose statements are not logged.
  [[nodiscard]] Sql super() const {
    Sql sql(port(), kSuperuser, kSuperPassword);
    sql.run("SET SESSION sql_log_off = 1");
    sql.run("SET SESSION slow_query_log = 0");
    return sql;
  }
  /// What the server keeps of this value, of mysql_native_password unless told otherwise.
  [[nodiscard]] std::string method(const std::string& value) const {
    return "mysql_native_password USING '" + super().run("SELECT PASSWORD('" + value + "')") + "'";
  }
  /// An account as it is to be, whatever it was; `name` is quoted. The value is in no statement
  /// that is logged.
  void set_account(const std::string& name, const std::string& methods) const {
    super().run("CREATE OR REPLACE USER " + name + " IDENTIFIED VIA " + methods);
  }
  /// What the server tells of what it was asked: its log, those of statements, the binary log.
  [[nodiscard]] std::string records() const {
    std::string all = log();
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      const std::string name = entry.path().filename();
      if (name == "general" || name == "slow") all += text_of_file(entry.path());
    }
    for (const auto& entry : std::filesystem::directory_iterator(data())) {
      if (entry.path().filename().string().starts_with("bin.")) all += text_of_file(entry.path());
    }
    return all;
  }

 private:
  [[nodiscard]] std::string data() const { return folder() + "/data"; }
  [[nodiscard]] static std::string unpacked() {
    const char* const folder = std::getenv("NHI_SERVERS");
    return folder == nullptr ? "" : folder;
  }
  bool replica_;
};

}  // namespace nhi::testing

// The kit against the MariaDB rotator at a real server.
#include "tests/plugins/kit_run.hpp"
#include "tests/plugins/mariadb_server.hpp"

namespace nhi::testing {
namespace {

constexpr const char* kAdminPassword = "rotator-canary-9fQv3LmT";

Result<void> run(const MariadbServer& server, const std::string& statement) {
  server.super().run(statement);
  return {};
}

Trial trial_at(MariadbServer& server) {
  Trial trial;
  trial.type = "mariadb.account";
  trial.ref = {{"host", "127.0.0.1"}, {"port", server.port()}, {"user", "app"}};
  trial.config = {{"admin", "rotator"}};
  trial.auth = SecretText(kAdminPassword);
  trial.host_field = "host";
  trial.port_field = "port";
  trial.reset = [&server](const SecretText& value) -> Result<void> {
    server.super().run("SET GLOBAL max_password_errors = DEFAULT");
    server.set_account("app", server.method(std::string(value.reveal())));
    return {};
  };
  trial.dump = [&server]() -> Result<std::string> {
    return server.super().run(
        "SELECT CONCAT(User, '@', Host, ' ', JSON_REMOVE(Priv, '$.password_last_changed')) FROM "
        "mysql.global_priv ORDER BY User, Host");
  };
  trial.stop = [&server]() -> Result<void> {
    server.stop();
    return {};
  };
  trial.start = [&server]() -> Result<void> {
    server.start();
    return {};
  };
  // As max_password_errors does it: the account's own failures set it off, and reset() ends it.
  trial.lock = [&server]() -> Result<void> {
    server.super().run("SET GLOBAL max_password_errors = 1");
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(Sql(server.port(), "app", "no").open());
    return {};
  };
  trial.forbid = [&server] { return run(server, "REVOKE CREATE USER ON *.* FROM rotator"); };
  trial.allow = [&server] { return run(server, "GRANT CREATE USER ON *.* TO rotator"); };
  trial.logs = {server.log_file(), server.folder() + "/general", server.folder() + "/slow"};
  return trial;
}

TEST(MariadbKit, EveryGroupPasses) {
  if (!is_unpacked(kMariadb)) GTEST_SKIP() << kNoServer;
  MariadbServer server;
  server.set_account("rotator", server.method(kAdminPassword));
  server.super().run("GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO rotator");
  server.super().run("GRANT SELECT ON mysql.global_priv TO rotator");
  server.super().run("CREATE USER app");
  expect_all_passed("mariadb", trial_at(server), 300);
}

}  // namespace
}  // namespace nhi::testing

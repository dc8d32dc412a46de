// The kit against the PostgreSQL rotator at a real server: killed and cut off at each reply, with a
// stopped server, lost rights and hostile names.
#include <gtest/gtest.h>

#include <string>

#include "tests/plugins/kit_run.hpp"
#include "tests/plugins/postgres_server.hpp"

namespace nhi::testing {
namespace {

constexpr const char* kAdminPassword = "rotator-canary-9fQv3LmT";

Result<void> run(const PostgresServer& server, const std::string& statement) {
  server.super().run(statement);
  return {};
}

Trial trial_at(PostgresServer& server) {
  Trial trial;
  trial.type = "postgresql.role";
  trial.ref = {{"host", "127.0.0.1"}, {"port", server.port()}, {"role", "app"}};
  trial.config = {{"admin", "rotator"}};
  trial.auth = SecretText(kAdminPassword);
  trial.host_field = "host";
  trial.port_field = "port";
  trial.reset = [&](const SecretText& value) {
    return run(server, "ALTER ROLE app LOGIN PASSWORD '" + std::string(value.reveal()) + "'");
  };
  trial.dump = [&]() -> Result<std::string> {
    return server.super().run(
        "SELECT string_agg(rolname || rolcanlogin || coalesce(md5(rolpassword), '-'), ';' "
        "ORDER BY rolname) FROM pg_authid");
  };
  trial.stop = [&]() -> Result<void> {
    server.stop();
    return {};
  };
  trial.start = [&]() -> Result<void> {
    server.start();
    return {};
  };
  trial.forbid = [&] { return run(server, "ALTER ROLE rotator NOCREATEROLE"); };
  trial.allow = [&] { return run(server, "ALTER ROLE rotator CREATEROLE"); };
  trial.logs = {server.folder() + "/log"};
  return trial;
}

TEST(PostgresqlKit, EveryGroupPasses) {
  if (!is_unpacked(kPostgres)) GTEST_SKIP() << kNoServer;
  PostgresServer server;
  ASSERT_TRUE(run(server, std::string("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD '") +
                              kAdminPassword + "'"));
  ASSERT_TRUE(run(server, "GRANT pg_signal_backend TO rotator; CREATE ROLE app LOGIN"));
  expect_all_passed("postgresql", trial_at(server), 200);
}

}  // namespace
}  // namespace nhi::testing

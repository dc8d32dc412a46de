// The kit against the PostgreSQL rotator at a real server: killed and cut off at each reply, with a
// stopped server, lost rights and hostile names.
#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/kit.hpp"
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
  if (unpacked_servers().empty()) {
    GTEST_SKIP() << "no server: tests/servers/unpack.sh brings one";
  }
  PostgresServer server;
  ASSERT_TRUE(run(server, std::string("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD '") +
                              kAdminPassword + "'"));
  ASSERT_TRUE(run(server, "GRANT pg_signal_backend TO rotator; CREATE ROLE app LOGIN"));
  PluginPin pin;
  pin.name = "postgresql";
  pin.program = {NHI_ROTATOR, *hash_of_file(NHI_ROTATOR)};
  pin.grants = *parse_grants({"net"});
  SessionOptions options;
  options.core = "test";
  const auto report = run_kit(pin, options, trial_at(server), {});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->passed()) << to_text(*report);
  EXPECT_GE(report->count(CheckVerdict::kPassed), 200U) << to_text(*report);
}

}  // namespace
}  // namespace nhi::testing

// Claims about the PostgreSQL rotator: the program itself, started as nhisweep starts it, at a real
// server.
#include "tests/plugins/account_test.hpp"
#include "tests/plugins/cut.hpp"
#include "tests/plugins/postgres_server.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PostgresqlTest : public AccountTest {
 protected:
  PostgresqlTest() : AccountTest("postgresql", "app", {{"admin", "rotator"}}) {}
  static void SetUpTestSuite() {
    if (is_unpacked(kPostgres)) server_ = std::make_unique<PostgresServer>();
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << kNoServer;
    auto sql = server_->super();
    // The smallest grants that docs/rotators/postgresql.md names.
    sql.run("DROP ROLE IF EXISTS rotator; DROP ROLE IF EXISTS app");
    sql.run("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD '" + std::string(kAdminPassword) + "'");
    sql.run("GRANT pg_signal_backend TO rotator");
    sql.run("CREATE ROLE app LOGIN PASSWORD '" + std::string(kOld) + "'");
    entrust("app");
    look_for({kAdminPassword, kOld, kNew, kControl, kSuperPassword});
    start();
  }
  void TearDown() override {
    if (server_ == nullptr) return;
    // No secret is anywhere, whatever the test did.
    expect_no_leak(server_->log(), "the server's log");
    session_.reset();
    server_->super().run("DROP ROLE IF EXISTS app; DROP ROLE IF EXISTS rotator");
  }

  // From 16 on each role has to be given to the rotator.
  static bool roles_are_given() {
    return std::stoi(server_->super().run("SHOW server_version_num")) >= 160'000;
  }
  static void entrust(const std::string& role) {
    auto sql = server_->super();
    if (!roles_are_given()) return;
    sql.run("GRANT " + sql.quoted(role) +
            " TO rotator WITH ADMIN OPTION, INHERIT FALSE, SET FALSE");
  }
  [[nodiscard]] Json params_of(const std::string& role) const override {
    return {
        {"ctx", context()},
        {"target",
         {{"type", "postgresql.role"},
          {"ref",
           {{"host", "127.0.0.1"}, {"port", port_ ? port_ : server_->port()}, {"role", role}}}}},
        {"config", config_},
        {"id", {{"role", role}}}};
  }
  std::string probe_in(const std::string& database, const std::string& kind,
                       const std::string& value) {
    Json asked = params();
    asked["kind"] = kind;
    asked["target"]["ref"]["database"] = database;
    return answer("probe", std::move(asked), {{"value", value}});
  }
  // All that PostgreSQL keeps of roles.
  static std::string roles() {
    return server_->super().run("SELECT string_agg(a::text, ';' ORDER BY oid) FROM pg_authid a");
  }
  void be_superuser() {
    config_["admin"] = kSuperuser;
    admin_password_ = kSuperPassword;
  }

  static std::unique_ptr<PostgresServer> server_;
};
std::unique_ptr<PostgresServer> PostgresqlTest::server_;

TEST_F(PostgresqlTest, WithTheSmallestGrantsTheNewValueLivesAndTheOldIsDead) {
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(last_.result["id"].dump(), R"({"role":"app"})");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(last_.result["node"], server_->label());
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "28P01");
  EXPECT_EQ(probe("control", kControl), "rejected");
  // A repeat changes nothing.
  const std::string before = roles();
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_EQ(roles(), before);
  EXPECT_THAT(before, HasSubstr("SCRAM-SHA-256$4096:"));
}

TEST_F(PostgresqlTest, IterationsAreThoseOfTheConfiguration) {
  Json asked = params();
  asked["config"]["iterations"] = 20'000;
  EXPECT_EQ(answer("create", asked, {{"auth", kAdminPassword}, {"new", kNew}}), "done");
  EXPECT_THAT(roles(), HasSubstr("SCRAM-SHA-256$20000:"));
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(answer("create", asked, {{"auth", kAdminPassword}, {"new", "caf\xC3\xA9 canary"}}),
            "1006");
}

TEST_F(PostgresqlTest, ValuesOfEveryAlphabetWork) {
  for (const std::string value : {"caf\xC3\xA9-canary-\xE2\x82\xAC", "it's \"\\ $$; -- canary",
                                  "\xFF\xFE not text canary", " canary "}) {
    EXPECT_EQ(create(value), "done");
    EXPECT_EQ(probe("new", value), "accepted") << value;
  }
}

TEST_F(PostgresqlTest, TheVerifierIsKeptOutOfTheLogByWhoMay) {
  auto sql = server_->super();
  sql.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  sql.run("SELECT pg_stat_statements_reset()");
  const auto log_of = [&](const std::string& value) {
    const std::size_t before = server_->log().size();
    EXPECT_EQ(create(value), "done");
    return server_->log().substr(before) +
           sql.run("SELECT string_agg(query, ';') FROM pg_stat_statements");
  };
  EXPECT_THAT(log_of(kNew), HasSubstr("SCRAM-SHA-256$"));
  ASSERT_FALSE(last_.log.empty());
  EXPECT_THAT(last_.log.back().text, HasSubstr("may keep the verifier"));
  sql.run("SELECT pg_stat_statements_reset()");
  for (const char* const parameter :
       {"log_statement", "log_min_duration_statement", "log_min_duration_sample",
        "log_transaction_sample_rate", "log_min_error_statement",
        "pg_stat_statements.track_utility"}) {
    sql.run("GRANT SET ON PARAMETER " + std::string(parameter) + " TO rotator");
  }
  EXPECT_THAT(log_of(kOld), Not(HasSubstr("SCRAM-SHA-256$")));
  EXPECT_TRUE(last_.log.empty());
  sql.run("DROP OWNED BY rotator");
  be_superuser();
  EXPECT_THAT(log_of(kNew), Not(HasSubstr("SCRAM-SHA-256$")));
}

TEST_F(PostgresqlTest, SuspendResumeRevoke) {
  EXPECT_EQ(step("suspend"), "done");
  EXPECT_EQ(last_.result["undo"]["method"], "resume");
  EXPECT_EQ(step("suspend"), "already_done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "28000");
  EXPECT_EQ(inspect()["enabled"], false);
  // A new value for a role that is suspended leaves it so, and a repeat is seen as one.
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step("resume"), "done");
  EXPECT_EQ(step("resume"), "already_done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  // rotator may not see whether there is a password, and takes it away again.
  EXPECT_EQ(step("revoke"), "done");
  EXPECT_EQ(step("revoke"), "done");
  be_superuser();
  EXPECT_EQ(step("revoke"), "already_done");
  EXPECT_EQ(inspect()["slots_used"], 0);
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step("resume"), "done");  // only the login comes back
  EXPECT_EQ(probe("new", kNew), "rejected");
}

TEST_F(PostgresqlTest, EndsSessionsAndCountsThem) {
  Sql one(server_->port(), "app", kOld);
  Sql two(server_->port(), "app", kOld);
  ASSERT_TRUE(one.open() && two.open());
  EXPECT_EQ(create(kNew), "done");
  EXPECT_FALSE(one.ended());  // a new password ends nothing
  const Json seen = inspect();
  EXPECT_EQ(seen["clients"].size(), 2U);
  EXPECT_EQ(seen["clients"][0], "unknown app=some app");  // without pg_read_all_stats
  server_->super().run("REVOKE pg_signal_backend FROM rotator");
  EXPECT_EQ(step("end_sessions"), "1002");
  EXPECT_EQ(last_.error->data["needs"][0], "pg_signal_backend");
  server_->super().run("GRANT pg_signal_backend, pg_read_all_stats TO rotator");
  const Json told = inspect();
  EXPECT_EQ(told["clients"][0], "127.0.0.1 app=some app");
  EXPECT_EQ(told["last_used"].get<std::string>().size(), 20U);
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  EXPECT_TRUE(one.ended() && two.ended());
  EXPECT_EQ(step("end_sessions"), "already_done");
}

TEST_F(PostgresqlTest, NamesThatAreHostileAreNames) {
  auto sql = server_->super();
  const std::vector<std::string> names = {"a\"b",
                                          "x'; DROP ROLE app; --",
                                          "two\nlines\nLOCATION:  auth_failed, auth.c:1",
                                          "r\xC3\xB4le \xE2\x82\xAC",
                                          std::string(63, 'z'),
                                          "current_user",
                                          "$1",
                                          "\\",
                                          " "};
  for (const std::string& name : names) {
    sql.run("CREATE ROLE " + sql.quoted(name) + " LOGIN PASSWORD '" + kOld + "'");
    entrust(name);
    EXPECT_EQ(create(kNew, name), "done") << name;
    EXPECT_EQ(probe("new", kNew, name), "accepted") << name;
    EXPECT_EQ(probe("old", kOld, name), "rejected") << name;
    EXPECT_EQ(step("suspend", name), "done") << name;
    EXPECT_EQ(probe("new", kNew, name), "rejected") << name;
    EXPECT_EQ(step("revoke", name), "done") << name;
    sql.run("DROP ROLE " + sql.quoted(name));
  }
  EXPECT_EQ(inspect()["exists"], true);
  EXPECT_EQ(create(kNew, std::string(64, 'z')), "1012");
  EXPECT_EQ(last_.error->data["field"], "role");
  EXPECT_EQ(create(kNew, std::string("a\0b", 3)), "1012");
  EXPECT_EQ(create(kNew, "rotator"), "1012");
}

TEST_F(PostgresqlTest, ErrorsHaveTheirNumbers) {
  EXPECT_EQ(create(kNew, "nobody-of-that-name"), "1003");
  EXPECT_EQ(step("suspend", "nobody-of-that-name"), "1003");
  EXPECT_EQ(step("revoke", "nobody-of-that-name"), "already_done");
  EXPECT_EQ(step("end_sessions", "nobody-of-that-name"), "already_done");
  EXPECT_EQ(inspect("nobody-of-that-name")["exists"], false);
  EXPECT_EQ(create(kNew, kSuperuser), "1002");
  EXPECT_THAT(last_.error->data["needs"][0].get<std::string>(), HasSubstr("SUPERUSER"));
  if (roles_are_given()) {
    server_->super().run("REVOKE app FROM rotator");
    EXPECT_EQ(create(kNew), "1002");
    EXPECT_EQ(last_.error->data["needs"][0], "ADMIN OPTION on app");
    entrust("app");
  }
  server_->super().run("ALTER ROLE rotator NOCREATEROLE");
  EXPECT_EQ(create(kNew), "1002");
  EXPECT_EQ(last_.error->data["needs"][0], "CREATEROLE");
  EXPECT_EQ(inspect()["rights"].dump(), R"({"needs":["CREATEROLE"],"ok":false})");
  admin_password_ = kControl;
  for (const char* const method : {"suspend", "resume", "revoke", "end_sessions", "list"}) {
    EXPECT_EQ(step(method), "1001") << method;
  }
  EXPECT_EQ(create(kNew), "1001");
  port_ = free_port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(probe("old", kOld, "app"), "inconclusive");
}

TEST_F(PostgresqlTest, OnlyThePasswordItselfProvesAnything) {
  auto sql = server_->super();
  sql.run("CREATE ROLE barred LOGIN PASSWORD '" + std::string(kOld) +
          "'; CREATE ROLE trusted LOGIN");
  entrust("trusted");
  EXPECT_EQ(probe("old", kOld, "barred"), "inconclusive");
  EXPECT_EQ(code(), "28000");
  EXPECT_EQ(probe("control", kControl, "trusted"), "accepted");
  EXPECT_THAT(last_.result["evidence"][0]["text"].get<std::string>(),
              HasSubstr("without being asked"));
  // What lets everybody in proves no repeat.
  EXPECT_EQ(create(kNew, "trusted"), "done");
  EXPECT_EQ(create(kNew, "trusted"), "done");
  // Behind the check of the password, so the value was right.
  EXPECT_EQ(probe_in("nowhere", "old", kOld), "accepted");
  EXPECT_EQ(code(), "3D000");
  EXPECT_EQ(probe_in("nowhere", "control", kControl), "rejected");
  EXPECT_EQ(code(), "28P01");
  sql.run("CREATE DATABASE closed");
  sql.run("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
  EXPECT_EQ(probe_in("closed", "old", kOld), "accepted");
  EXPECT_EQ(code(), "42501");
  EXPECT_EQ(probe_in("closed", "control", kControl), "rejected");
  sql.run("DROP DATABASE closed");
  sql.run("ALTER ROLE app CONNECTION LIMIT 0");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(code(), "53300");
  // The server gives no hint that it is not the value: inspect does.
  sql.run("ALTER ROLE app CONNECTION LIMIT -1 VALID UNTIL '2020-01-01'");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(inspect()["enabled"], false);
  EXPECT_EQ(step("list"), "");
  EXPECT_EQ(last_.result["items"][0]["status"], "expired");
  sql.run("DROP ROLE barred; DROP ROLE trusted");
}

TEST_F(PostgresqlTest, ADryRunChangesNothing) {
  Sql session(server_->port(), "app", kOld);
  const std::string before = roles();
  for (const char* const method : {"create", "suspend", "revoke", "end_sessions"}) {
    Json asked = params();
    asked["ctx"]["dry_run"] = true;
    EXPECT_EQ(answer(method, asked, {{"auth", kAdminPassword}, {"new", kNew}}), "done") << method;
    if (std::string(method) == "end_sessions") {
      EXPECT_EQ(last_.result["ended"], 1);
    }
  }
  EXPECT_EQ(roles(), before);
  EXPECT_FALSE(session.ended());
  Json missing = params("nobody-of-that-name");
  missing["ctx"]["dry_run"] = true;
  EXPECT_EQ(answer("create", missing, {{"auth", kAdminPassword}, {"new", kNew}}), "1003");
}

TEST_F(PostgresqlTest, ListsAndReconcilesItsRoleOnly) {
  EXPECT_EQ(step("list"), "");
  EXPECT_EQ(last_.result.dump(), R"({"items":[{"id":{"role":"app"},"status":"active"}]})");
  Json asked = params();
  asked["expected"] = Json::array();
  asked["remove"] = Json::array({Json{{"role", "app"}}});
  const std::string before = roles();
  answer("reconcile", asked, {{"auth", kAdminPassword}});
  EXPECT_EQ(last_.result.dump(), R"({"missing":[],"removed":[],"unknown":[{"role":"app"}]})");
  EXPECT_EQ(roles(), before);
  Json gone = params("nobody-of-that-name");
  gone["expected"] = Json::array({Json{{"role", "nobody-of-that-name"}}});
  answer("reconcile", gone, {{"auth", kAdminPassword}});
  EXPECT_EQ(last_.result["missing"].size(), 1U);
}

// Reference: the group owns, the twins log in; each has a value of its own.
TEST_F(PostgresqlTest, TwinsTakeOverFromEachOther) {
  auto sql = server_->super();
  sql.run("CREATE ROLE team NOLOGIN; CREATE SCHEMA team AUTHORIZATION team");
  for (const char* const twin : {"team_a", "team_b"}) {
    sql.run("CREATE ROLE " + std::string(twin) + " LOGIN IN ROLE team");
    sql.run("ALTER ROLE " + std::string(twin) + " SET role TO team");
    entrust(twin);
  }
  EXPECT_EQ(create(kOld, "team_a"), "done");
  Sql before(server_->port(), "team_a", kOld);
  before.run("CREATE TABLE team.t AS SELECT 1 AS x");
  EXPECT_EQ(create(kNew, "team_b"), "done");
  EXPECT_EQ(probe("new", kNew, "team_b"), "accepted");
  EXPECT_EQ(probe("old", kOld, "team_a"), "accepted");  // both live until the cut
  EXPECT_EQ(step("suspend", "team_a"), "done");
  EXPECT_EQ(step("end_sessions", "team_a"), "done");
  EXPECT_TRUE(before.ended());
  Sql after(server_->port(), "team_b", kNew);
  EXPECT_EQ(after.run("SELECT x FROM team.t"), "1");
  EXPECT_EQ(after.run("SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "team");
  EXPECT_EQ(step("revoke", "team_a"), "done");
  EXPECT_EQ(after.run("SELECT x FROM team.t"), "1");
  sql.run("DROP SCHEMA team CASCADE; DROP ROLE team_a; DROP ROLE team_b");
  sql.run("DROP ROLE team");
}

TEST_F(PostgresqlTest, AStandbyHasToAgree) {
  auto sql = server_->super();
  const PostgresServer standby(server_.get());
  Json asked = params();
  asked["config"]["standbys"] = {standby.label()};
  const auto ask = [&](const std::string& kind, const std::string& value) {
    asked["kind"] = kind;
    return answer("probe", asked, {{"value", value}});
  };
  const auto wait = [&](const std::string& kind, const std::string& value,
                        const std::string& verdict) {
    for (int i = 0; i < 100 && ask(kind, value) != verdict; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return text_in(last_.result, "verdict");
  };
  EXPECT_EQ(wait("old", kOld, "accepted"), "accepted");
  standby.super().run("SELECT pg_wal_replay_pause()");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");  // the primary alone says so
  EXPECT_EQ(ask("old", kOld), "accepted");
  EXPECT_EQ(last_.result["node"], standby.label());
  EXPECT_EQ(ask("new", kNew), "inconclusive");
  EXPECT_EQ(ask("control", kControl), "rejected");
  standby.super().run("SELECT pg_wal_replay_resume()");
  EXPECT_EQ(wait("old", kOld, "rejected"), "rejected");
  EXPECT_EQ(wait("new", kNew, "accepted"), "accepted");
  // Sessions live at each server, and are ended at each.
  Sql here(server_->port(), "app", kNew);
  Sql there(standby.port(), "app", kNew);
  ASSERT_TRUE(here.open() && there.open());
  EXPECT_EQ(answer("end_sessions", asked, {{"auth", kAdminPassword}}), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  EXPECT_TRUE(here.ended() && there.ended());
  // Nothing is changed at a standby.
  port_ = standby.port();
  EXPECT_EQ(create(kOld), "1004");
  EXPECT_EQ(step("suspend"), "1004");
  EXPECT_THAT(inspect()["server"].get<std::string>(), HasSubstr("standby"));
  EXPECT_FALSE(canaries_.find(standby.log()));
}

struct CutCase {
  const char* method;
  const char* word;
  bool before;
  bool took_effect;
};

TEST_F(PostgresqlTest, WhatWasSentAndNotAnsweredIsAmbiguousAndARepeatConverges) {
  const CutCase cases[] = {
      {"create", "COMMIT", false, true},    {"create", "COMMIT", true, false},
      {"create", "PASSWORD", false, false}, {"suspend", "NOLOGIN", false, true},
      {"suspend", "NOLOGIN", true, false},  {"revoke", "PASSWORD NULL", false, true}};
  for (const CutCase& it : cases) {
    server_->super().run("ALTER ROLE app LOGIN PASSWORD '" + std::string(kOld) + "'");
    const std::string before = roles();
    const Secrets secrets = {{"auth", admin_password_}, {"new", kNew}};
    {
      const Cut cut(server_->port(), it.word, it.before);
      port_ = cut.port();
      EXPECT_EQ(answer(it.method, params(), secrets), "ambiguous") << it.method << it.word;
      EXPECT_TRUE(cut.done());
      port_ = 0;
    }
    EXPECT_EQ(roles() != before, it.took_effect) << it.method << it.word;
    const std::string again = answer(it.method, params(), secrets);
    EXPECT_TRUE(again == "done" || again == "already_done") << again;
    EXPECT_EQ(probe("new", kNew), std::string(it.method) == "create" ? "accepted" : "rejected");
    EXPECT_EQ(probe("old", kOld), "rejected");
  }
}

TEST_F(PostgresqlTest, WhatBreaksBeforeTheEffectIsUnreachable) {
  const Cut cut(server_->port(), "pg_is_in_recovery", true);
  port_ = cut.port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_TRUE(cut.done());
}

// What goes on at the server after the request would take effect unseen.
TEST_F(PostgresqlTest, ALockedRoleIsGivenUpInTime) {
  auto sql = server_->super();
  sql.run("BEGIN");
  sql.run("ALTER ROLE app CONNECTION LIMIT 5");
  for (const char* const method : {"suspend", "create"}) {
    Json asked = params();
    asked["ctx"]["deadline_ms"] = 1'000;
    EXPECT_EQ(answer(method, asked, {{"auth", kAdminPassword}, {"new", kNew}}), "not_done");
    EXPECT_EQ(last_.result["evidence"][0]["code"], "57014");
  }
  sql.run("ROLLBACK");
  EXPECT_EQ(step("suspend"), "done");
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(code(), "28P01");
}

TEST_F(PostgresqlTest, ACancelledStepThatWasSentIsAmbiguous) {
  auto sql = server_->super();
  sql.run("BEGIN");
  sql.run("ALTER ROLE app CONNECTION LIMIT 5");
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    cancelled_ = true;
  });
  EXPECT_EQ(step("suspend"), "ambiguous");
  EXPECT_TRUE(session_->alive());
  // The server notices that nobody waits any more, so that nothing takes effect later.
  std::string left = "1";
  for (int i = 0; i < 100 && left != "0"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    left = server_->super().run("SELECT count(*) FROM pg_stat_activity WHERE usename = 'rotator'");
  }
  EXPECT_EQ(left, "0");
  sql.run("ROLLBACK");
  cancelled_ = false;
  EXPECT_EQ(probe("old", kOld), "accepted");
}

TEST_F(PostgresqlTest, TlsProvesTheServer) {
  Json asked = params();
  asked["kind"] = "old";
  const auto ask = [&](const std::string& tls, const std::string& ca) {
    asked["config"]["tls"] = tls;
    asked["config"].erase("ca");
    if (!ca.empty()) asked["config"]["ca"] = ca;
    return answer("probe", asked, {{"value", kOld}});
  };
  EXPECT_EQ(ask("require", ""), "accepted");
  EXPECT_EQ(ask("verify-full", ""), "inconclusive");  // the system's authorities do not know it
  EXPECT_THAT(last_.result["evidence"][0]["text"].get<std::string>(), HasSubstr("certificate"));
  EXPECT_EQ(ask("verify-full", server_->certificate()), "inconclusive");  // it may not read that
  start({"net", "fs:read:" + server_->certificate()});
  EXPECT_EQ(ask("verify-full", server_->certificate()), "accepted");
  EXPECT_EQ(ask("verify-ca", server_->certificate()), "accepted");
  asked["target"]["ref"]["host"] = "localhost";  // stands in no certificate
  EXPECT_EQ(ask("verify-full", server_->certificate()), "inconclusive");
  asked["target"]["ref"]["host"] = server_->folder();
  EXPECT_EQ(ask("verify-full", ""), "accepted");  // a socket needs none
}

}  // namespace
}  // namespace nhi::testing

// Claims about the MariaDB rotator: the program itself, started as nhisweep starts it, at a real
// server.
#include "tests/plugins/account_test.hpp"
#include "tests/plugins/cut.hpp"
#include "tests/plugins/mariadb_server.hpp"

namespace nhi::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MariadbTest : public AccountTest {
 protected:
  MariadbTest() : AccountTest("mariadb", "app", {{"admin", "rotator"}}) {}
  static void SetUpTestSuite() {
    if (is_unpacked(kMariadb)) server_ = std::make_unique<MariadbServer>();
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << kNoServer;
    look_for({kAdminPassword, kOld, kNew, kOther, kControl, kSuperPassword});
    populate();
    start();
  }
  void TearDown() override {
    if (server_ == nullptr) return;
    session_.reset();
    server_->super().run("DROP USER IF EXISTS app, rotator");
    // No secret is anywhere, whatever the test did.
    expect_no_leak(server_->records(), "what the server recorded");
  }

  static void populate() {
    // The smallest grants that docs/rotators/mariadb.md names.
    server_->set_account("rotator", server_->method(kAdminPassword));
    server_->super().run("GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO rotator");
    server_->super().run("GRANT SELECT ON mysql.global_priv TO rotator");
    server_->set_account("app", server_->method(kOld));
  }

  [[nodiscard]] Json params_of(const std::string& user) const override {
    Json ref = {{"host", "127.0.0.1"}, {"port", port_ ? port_ : server_->port()}, {"user", user}};
    if (!account_host_.empty()) ref["account_host"] = account_host_;
    return {{"ctx", context()},
            {"target", {{"type", "mariadb.account"}, {"ref", std::move(ref)}}},
            {"config", config_},
            {"id", {{"user", user}, {"host", account_host_.empty() ? "%" : account_host_}}}};
  }
  // All that the server keeps of accounts.
  static std::string accounts() {
    return server_->super().run(
        "SELECT CONCAT(User, '@', Host, ' ', Priv) FROM mysql.global_priv ORDER BY User, Host");
  }
  static std::string methods_of_app() { return server_->super().run("SHOW CREATE USER app"); }

  static std::unique_ptr<MariadbServer> server_;
  std::string account_host_;
};
std::unique_ptr<MariadbServer> MariadbTest::server_;

TEST_F(MariadbTest, WithTheSmallestGrantsBothValuesLiveUntilTheOldIsRevoked) {
  EXPECT_EQ(inspect()["rights"].dump(), R"({"needs":[],"ok":true})");
  EXPECT_EQ(create(kNew), "done");
  const Json id = last_.result["id"];
  EXPECT_EQ(id["user"], "app");
  EXPECT_EQ(id["host"], "%");
  EXPECT_EQ(id["password"].get<std::string>().size(), 6U);
  EXPECT_EQ(last_.result["undo"]["method"], "revoke");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(last_.result["node"], server_->label());
  EXPECT_EQ(probe("old", kOld), "accepted");
  const std::string before = accounts();
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_EQ(last_.result["id"], id);
  EXPECT_EQ(accounts(), before);
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "1045");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("control", kControl), "rejected");
  EXPECT_EQ(revoke(kOld), "already_done");
  EXPECT_EQ(inspect()["id"], id);
}

TEST_F(MariadbTest, WhatIsNotTheValueStaysAsItIs) {
  server_->set_account("app", "unix_socket OR " + server_->method(kOld) + " OR " +
                                  server_->method(kOther) +
                                  " REQUIRE NONE WITH MAX_USER_CONNECTIONS 7");
  const std::string before = methods_of_app();
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  EXPECT_THAT(logged(), HasSubstr("is method 4"));
  for (const char* const value : {kOld, kOther, kNew}) EXPECT_EQ(probe("new", value), "accepted");
  EXPECT_THAT(methods_of_app(), HasSubstr("VIA unix_socket OR"));
  // Without the value the id is enough.
  EXPECT_EQ(step_on("revoke", made), "done");
  EXPECT_EQ(methods_of_app(), before);
  EXPECT_EQ(step_on("revoke", made), "already_done");
  EXPECT_EQ(step_on("revoke", made, {{"old", kOld}}), "-32602");  // is not that of the id
  EXPECT_EQ(step_on("revoke", {{"user", "app"}, {"host", "%"}}), "-32602");  // which?
  for (const Json& id :
       {Json{{"user", "other"}, {"host", "%"}}, Json{{"user", "app"}},
        Json{{"user", "app"}, {"host", "%"}, {"password", "00"}},
        Json{{"user", "app"}, {"host", "%"}, {"password", "0000zz"}},
        Json{{"user", "app"}, {"host", "%"}, {"password", "000000"}, {"more", "x"}}}) {
    EXPECT_EQ(step_on("revoke", id), "-32602") << id;
  }
  EXPECT_EQ(methods_of_app(), before);
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(probe("new", kOther), "accepted");
  EXPECT_THAT(methods_of_app(), HasSubstr("unix_socket"));
  EXPECT_THAT(methods_of_app(), HasSubstr("MAX_USER_CONNECTIONS 7"));
}

TEST_F(MariadbTest, Ed25519IsMadeHereAsWell) {
  config_["plugin"] = "ed25519";
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(methods_of_app(), HasSubstr("OR ed25519 USING '"));
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  config_.erase("plugin");
  // The account has no other any more, so new ones are of its kind.
  EXPECT_EQ(create(kOther), "done");
  EXPECT_THAT(methods_of_app(), Not(HasSubstr("mysql_native_password")));
  EXPECT_EQ(probe("new", kOther), "accepted");
  EXPECT_EQ(probe("new", kNew), "accepted");
  // The same value in both forms is one value.
  server_->set_account(
      "app", server_->method(kOld) + " OR ed25519 USING PASSWORD('" + std::string("plain") + "')");
  EXPECT_EQ(create("plain"), "already_done");
  EXPECT_EQ(revoke("plain"), "done");
  EXPECT_EQ(probe("old", "plain"), "rejected");
}

TEST_F(MariadbTest, TheLastValueLeavesAnAccountThatNoneOpens) {
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(probe("control", "invalid"), "rejected");
  EXPECT_FALSE(Sql(server_->port(), "app", "").open());
  EXPECT_EQ(inspect()["slots_used"], 0);
  EXPECT_EQ(inspect()["id"].dump(), R"({"host":"%","user":"app"})");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(methods_of_app(), Not(HasSubstr("invalid")));
  EXPECT_EQ(probe("new", kNew), "accepted");
}

TEST_F(MariadbTest, NothingThatTheServerRecordsHoldsAValue) {
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), HasSubstr("general log"));
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("control", kControl), "rejected");
  const std::string records = server_->records();
  EXPECT_THAT(records, HasSubstr("BEGIN NOT ATOMIC"));  // it does look
  const std::string hash = server_->super().run("SELECT PASSWORD('" + std::string(kNew) + "')");
  EXPECT_THAT(records, HasSubstr(hash));
  expect_no_leak(records, "the server's records");
  EXPECT_THAT(evidence(), Not(HasSubstr(hash)));
  // Who may leaves the general log out.
  const auto statements = [] {
    return text_of_file(server_->folder() + "/general") + text_of_file(server_->folder() + "/slow");
  };
  const std::size_t before = statements().size();
  server_->set_account("app", server_->method(kOld));
  server_->super().run("GRANT SUPER ON *.* TO rotator");
  EXPECT_EQ(create("used-nowhere-else"), "done");
  EXPECT_THAT(logged(), Not(HasSubstr("general log")));
  const std::string other = server_->super().run("SELECT PASSWORD('used-nowhere-else')");
  EXPECT_GT(statements().size(), before);
  EXPECT_THAT(statements(), Not(HasSubstr(other)));
}

TEST_F(MariadbTest, SuspendingIsOfTheAccountWithAllItsValues) {
  expect_suspension_is_of_all_values("4151", "locked");
}

TEST_F(MariadbTest, AWrongValueOfALockedAccountIsToldFromTheLock) {
  EXPECT_EQ(step("suspend"), "done");
  EXPECT_EQ(probe("control", kControl), "rejected");
  EXPECT_EQ(code(), "1045");
}

TEST_F(MariadbTest, EndsSessionsOfTheAccountAndCountsThem) {
  server_->set_account("bystander", server_->method(kOther));
  Sql one(server_->port(), "app", kOld);
  Sql two(server_->port(), "app", kOld);
  Sql bystander(server_->port(), "bystander", kOther);
  ASSERT_TRUE(one.open() && two.open() && bystander.open());
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_FALSE(one.ended());  // they outlive their password
  const Json seen = inspect();
  EXPECT_EQ(seen["clients"].dump(), R"(["127.0.0.1","127.0.0.1"])");
  EXPECT_EQ(seen["last_used"].get<std::string>().size(), 20U);
  EXPECT_THAT(seen["server"].get<std::string>(), HasSubstr("MariaDB 10."));
  server_->super().run("REVOKE PROCESS, CONNECTION ADMIN ON *.* FROM rotator");
  EXPECT_EQ(step("end_sessions"), "1002");
  EXPECT_EQ(last_.error->data["needs"].dump(), R"(["PROCESS","CONNECTION ADMIN"])");
  EXPECT_EQ(inspect()["rights"].dump(), R"({"needs":["PROCESS","CONNECTION ADMIN"],"ok":false})");
  server_->super().run("GRANT PROCESS, CONNECTION ADMIN ON *.* TO rotator");
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  EXPECT_TRUE(one.ended() && two.ended());
  EXPECT_FALSE(bystander.ended());
  EXPECT_EQ(step("end_sessions"), "already_done");
  server_->super().run("DROP USER bystander");
}

TEST_F(MariadbTest, NamesThatAreHostileAreNames) {
  auto sql = server_->super();
  const std::vector<std::string> names = {"a\"b'c`d",     "x'; DROP USER app; --",
                                          "\\",           "\\'",
                                          "two\nlines",   "r\xC3\xB4le \xE2\x82\xAC",
                                          "a@b",          "a'@'127.0.0.1",
                                          "current_user", "%",
                                          "$1",           std::string(128, 'z')};
  for (const std::string& name : names) {
    server_->set_account(sql.quoted(name) + "@'%'", server_->method(kOld));
    EXPECT_EQ(create(kNew, name), "done") << name;
    EXPECT_EQ(probe("new", kNew, name), "accepted") << name;
    EXPECT_EQ(revoke(kOld, name), "done") << name;
    EXPECT_EQ(probe("old", kOld, name), "rejected") << name;
    EXPECT_EQ(step("suspend", name), "done") << name;
    EXPECT_EQ(probe("new", kNew, name), "rejected") << name;
    EXPECT_EQ(step("end_sessions", name), "already_done") << name;
    sql.run("DROP USER " + sql.quoted(name) + "@'%'");
  }
  EXPECT_EQ(probe("old", kOld), "accepted");
  const std::string before = accounts();
  for (const std::string& name :
       {std::string("a\0b", 3), std::string(129, 'z'), std::string(), std::string("app "),
        std::string("rotator"), std::string("\xF0\x9F\x94\x91")}) {
    EXPECT_EQ(create(kNew, name), "1012") << name;
    EXPECT_EQ(last_.error->data["field"], "user");
  }
  EXPECT_EQ(create(kNew, "APP"), "1003");
  EXPECT_EQ(accounts(), before);
}

TEST_F(MariadbTest, ErrorsHaveTheirNumbers) {
  const std::string before = accounts();
  EXPECT_EQ(create(kNew, "nobody-of-that-name"), "1003");
  EXPECT_EQ(step("suspend", "nobody-of-that-name"), "1003");
  EXPECT_EQ(revoke(kOld, "nobody-of-that-name"), "already_done");
  EXPECT_EQ(step("end_sessions", "nobody-of-that-name"), "already_done");
  EXPECT_EQ(inspect("nobody-of-that-name")["exists"], false);
  EXPECT_EQ(probe("old", kOld, "nobody-of-that-name"), "rejected");
  server_->super().run("CREATE ROLE some_role");
  EXPECT_EQ(inspect("some_role")["exists"], false);
  server_->super().run("DROP ROLE some_role");
  EXPECT_EQ(accounts(), before);
  EXPECT_EQ(create(""), "1006");
  EXPECT_EQ(create(std::string(1025, 'x')), "1006");
  server_->super().run("REVOKE CREATE USER ON *.* FROM rotator");
  for (const char* const method : {"suspend", "resume"}) EXPECT_EQ(step(method), "1002") << method;
  EXPECT_EQ(create(kNew), "1002");
  EXPECT_EQ(last_.error->data["needs"].dump(), R"(["CREATE USER"])");
  EXPECT_EQ(inspect()["rights"].dump(), R"({"needs":["CREATE USER"],"ok":false})");
  // A right that comes by a role is one as well.
  auto sql = server_->super();
  sql.run("CREATE ROLE rotators");
  sql.run("GRANT CREATE USER ON *.* TO rotators");
  sql.run("GRANT rotators TO rotator");
  sql.run("SET DEFAULT ROLE rotators FOR rotator");
  EXPECT_EQ(create(kNew), "done");
  sql.run("DROP ROLE rotators");
  sql.run("REVOKE SELECT ON mysql.global_priv FROM rotator");
  EXPECT_EQ(create(kNew), "1002");
  EXPECT_EQ(last_.error->data["needs"][0], "SELECT ON mysql.global_priv");
  admin_password_ = kControl;
  for (const char* const method : {"inspect", "suspend", "resume", "end_sessions", "list"}) {
    EXPECT_EQ(step(method), "1001") << method;
  }
  EXPECT_EQ(create(kNew), "1001");
  EXPECT_EQ(revoke(kOld), "1001");
  port_ = free_port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
}

TEST_F(MariadbTest, SeveralAccountsOfAUserAreNamedAndNeverGuessed) {
  server_->set_account("app@'127.0.0.1'", server_->method(kOther));
  const std::string before = accounts();
  EXPECT_EQ(create(kNew), "1012");
  EXPECT_EQ(last_.error->data["field"], "account_host");
  EXPECT_THAT(last_.error->message, AllOf(HasSubstr("'%'"), HasSubstr("'127.0.0.1'")));
  EXPECT_EQ(accounts(), before);
  account_host_ = "%";
  EXPECT_EQ(create(kNew), "done");
  // A login from here is for the other account: nothing is proven by its refusal.
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(code(), "1045");
  EXPECT_THAT(evidence(), HasSubstr("is for 'app'@'127.0.0.1' and not for 'app'@'%'"));
  EXPECT_EQ(probe("new", kOther), "inconclusive");  // let in, as somebody else
  Sql other(server_->port(), "app", kOther);
  EXPECT_EQ(step("end_sessions"), "already_done");
  EXPECT_FALSE(other.ended());
  account_host_ = "127.0.0.1";
  EXPECT_EQ(probe("new", kOther), "accepted");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_TRUE(other.ended());
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(revoke(kOther), "done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  server_->super().run("DROP USER app@'127.0.0.1'");
  // One that is for hosts elsewhere.
  server_->set_account("app@'10.%'", server_->method(kOther));
  server_->super().run("DROP USER app@'%'");
  account_host_.clear();
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(last_.result["id"]["host"], "10.%");
  EXPECT_EQ(probe("new", kNew), "inconclusive");
  EXPECT_THAT(evidence(), HasSubstr("may not log in from 127.0.0.1"));
  server_->super().run("DROP USER app@'10.%'");
}

TEST_F(MariadbTest, OnlyThisAccountsRefusalProvesAnything) {
  Json asked = params();
  asked["kind"] = "old";
  EXPECT_EQ(answer("probe", asked, {{"value", kControl}}), "inconclusive");  // nobody could look
  admin_password_ = kControl;
  EXPECT_EQ(probe("old", kControl), "inconclusive");
  admin_password_ = kAdminPassword;
  EXPECT_EQ(probe("old", ""), "inconclusive");
  auto sql = server_->super();
  // Wrong values that the server counts, from the last right one on: it stops to look at any.
  EXPECT_EQ(probe("old", kOld), "accepted");
  sql.run("SET GLOBAL max_password_errors = 2");
  EXPECT_EQ(probe("old", kControl), "rejected");
  EXPECT_EQ(probe("old", kControl), "rejected");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(code(), "4150");
  sql.run("FLUSH PRIVILEGES");
  sql.run("SET GLOBAL max_password_errors = 4294967295");
  EXPECT_EQ(probe("old", kOld), "accepted");
  sql.run("SET GLOBAL disconnect_on_expired_password = 1");
  sql.run("ALTER USER app PASSWORD EXPIRE");
  EXPECT_EQ(probe("old", kOld), "inconclusive");  // its end is not that of the value
  EXPECT_EQ(code(), "1862");
  sql.run("SET GLOBAL disconnect_on_expired_password = DEFAULT");
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(code(), "1820");
  EXPECT_EQ(step("list"), "");
  EXPECT_EQ(last_.result["items"][0]["status"], "expired");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), HasSubstr("takes this for the change"));
  EXPECT_EQ(probe("old", kOld), "accepted");
  // An anonymous account in the way, of the admin as well where it has none for this host.
  const std::string admin_method = server_->method(kAdminPassword);
  sql.run("CREATE USER ''@'127.0.0.1'");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(create(kNew), "1001");
  sql.run("CREATE USER rotator@'127.0.0.1' IDENTIFIED VIA " + admin_method);
  sql.run("GRANT SELECT ON mysql.global_priv TO rotator@'127.0.0.1'");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_THAT(evidence(), HasSubstr("is for ''@'127.0.0.1' and not for 'app'@'%'"));
  sql.run("DROP USER ''@'127.0.0.1', rotator@'127.0.0.1'");
  server_->set_account("app", "unix_socket");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "1698");
}

TEST_F(MariadbTest, AServerThatWantsToSeePasswordsIsNotShownThem) {
  auto sql = server_->super();
  sql.run("INSTALL SONAME 'simple_password_check'");
  const std::string before = accounts();
  EXPECT_EQ(create(kNew), "1010");
  EXPECT_EQ(revoke(kOld), "1010");
  EXPECT_EQ(accounts(), before);
  EXPECT_EQ(inspect()["rights"]["needs"].dump(), R"(["strict_password_validation = OFF"])");
  EXPECT_EQ(step("suspend"), "done");
  EXPECT_EQ(step("resume"), "done");
  sql.run("SET GLOBAL strict_password_validation = 0");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  sql.run("SET GLOBAL strict_password_validation = 1");
  sql.run("UNINSTALL SONAME 'simple_password_check'");
}

TEST_F(MariadbTest, TooManyConnectionsProveNothing) {
  server_->super().run("SET GLOBAL max_connections = 10");
  std::vector<std::unique_ptr<Sql>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<Sql>(server_->port(), "app", kOld));
    if (!all.back()->open()) break;
  }
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(code(), "1040");
  EXPECT_EQ(create(kNew), "done");  // CONNECTION ADMIN has one connection more
  all.clear();
  for (int i = 0; i < 100 && !Sql(server_->port(), kSuperuser, kSuperPassword).open(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  server_->super().run("SET GLOBAL max_connections = DEFAULT");
}

TEST_F(MariadbTest, ADryRunChangesNothing) {
  Sql session(server_->port(), "app", kOld);
  const std::string before = accounts();
  for (const char* const method : {"create", "suspend", "revoke", "end_sessions"}) {
    Json asked = params();
    asked["ctx"]["dry_run"] = true;
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    EXPECT_EQ(answer(method, asked, secrets), "done") << method;
    if (std::string(method) == "end_sessions") {
      EXPECT_EQ(last_.result["ended"], 1);
    }
  }
  EXPECT_EQ(accounts(), before);
  EXPECT_FALSE(session.ended());
}

TEST_F(MariadbTest, ListsAndReconcilesItsValuesAndTellsNone) {
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  EXPECT_EQ(step("list"), "");
  ASSERT_EQ(last_.result["items"].size(), 2U);
  for (const Json& item : last_.result["items"]) EXPECT_EQ(item["status"], "active");
  const Json unknown = {{"user", "app"}, {"host", "%"}, {"password", "000000"}};
  Json asked = params();
  asked["expected"] = Json::array({made, unknown});
  asked["remove"] = Json::array({made});
  const std::string before = accounts();
  answer("reconcile", asked, {{"auth", kAdminPassword}});
  EXPECT_EQ(last_.result["unknown"].size(), 1U);
  EXPECT_EQ(last_.result["missing"], Json::array({unknown}));
  EXPECT_EQ(last_.result["removed"].dump(), "[]");
  EXPECT_EQ(accounts(), before);
}

// Somebody changes the account between our look and our change.
TEST_F(MariadbTest, WhatSomebodyElseChangedMeanwhileIsNotWrittenOver) {
  const std::string both = server_->method(kOld) + " OR " + server_->method(kOther);
  for (const char* const method : {"create", "revoke"}) {
    server_->set_account("app", server_->method(kOld));
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    {
      const Cut hook(server_->port(), "BEGIN NOT ATOMIC",
                     [&] { server_->super().run("ALTER USER app IDENTIFIED VIA " + both); });
      port_ = hook.port();
      EXPECT_EQ(answer(method, params(), secrets), "1004") << method;
      EXPECT_TRUE(hook.done());
      port_ = 0;
    }
    EXPECT_EQ(probe("new", kOther), "accepted");
    EXPECT_EQ(probe("old", kOld), "accepted");
    EXPECT_EQ(answer(method, params(), secrets), "done") << method;
    EXPECT_EQ(probe("new", kOther), "accepted");
  }
}

TEST_F(MariadbTest, AReplicaHasToAgree) {
  // It begins with what follows, not with what the tests before did.
  server_->super().run("RESET MASTER");
  populate();
  const MariadbServer replica(server_.get());
  config_["replicas"] = {replica.label()};
  const auto wait = [&](const std::string& kind, const std::string& value,
                        const std::string& verdict) {
    for (int i = 0; i < 100 && probe(kind, value) != verdict; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return text_in(last_.result, "verdict");
  };
  EXPECT_EQ(wait("new", kOld, "accepted"), "accepted") << replica.log();
  replica.super().run("STOP SLAVE");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(probe("new", kNew), "inconclusive");
  EXPECT_EQ(last_.result["node"], replica.label());
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "accepted");  // there
  replica.super().run("START SLAVE");
  EXPECT_EQ(probe("old", kOld), "rejected");  // it waits for a replica that is on its way
  EXPECT_EQ(wait("new", kNew, "accepted"), "accepted");
  // Sessions live at each server, and are ended at each.
  Sql here(server_->port(), "app", kNew);
  Sql there(replica.port(), "app", kNew);
  ASSERT_TRUE(here.open() && there.open());
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  EXPECT_TRUE(here.ended() && there.ended());
  // Nothing is changed at a replica.
  config_.erase("replicas");
  port_ = replica.port();
  EXPECT_EQ(create(kOld), "1004");
  EXPECT_EQ(step("suspend"), "1004");
  EXPECT_THAT(inspect()["server"].get<std::string>(), HasSubstr("read-only"));
  expect_no_leak(replica.log() + text_of_file(replica.folder() + "/general"), "the replica's logs");
}

// Each twin is a target of its own.
TEST_F(MariadbTest, TwinsTakeOverFromEachOther) {
  auto sql = server_->super();
  sql.run("CREATE DATABASE team");
  sql.run("CREATE ROLE team");
  sql.run("GRANT ALL ON team.* TO team");
  for (const char* const twin : {"team_a", "team_b"}) {
    server_->set_account(twin, server_->method(kOther));
    sql.run("GRANT team TO " + std::string(twin));
    sql.run("SET DEFAULT ROLE team FOR " + std::string(twin));
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
  EXPECT_EQ(revoke(kOld, "team_a"), "done");
  EXPECT_EQ(Sql(server_->port(), "team_b", kNew).run("SELECT x FROM team.t"), "1");
  sql.run("DROP DATABASE team");
  sql.run("DROP ROLE team");
  sql.run("DROP USER team_a, team_b");
}

struct CutCase {
  const char* method;
  const char* word;
  bool before;
  bool took_effect;
};

TEST_F(MariadbTest, WhatWasSentAndNotAnsweredIsAmbiguousAndARepeatConverges) {
  const CutCase cases[] = {
      {"create", "BEGIN NOT ATOMIC", false, true}, {"create", "BEGIN NOT ATOMIC", true, false},
      {"suspend", "ACCOUNT LOCK", false, true},    {"suspend", "ACCOUNT LOCK", true, false},
      {"revoke", "BEGIN NOT ATOMIC", false, true}, {"revoke", "BEGIN NOT ATOMIC", true, false}};
  for (const CutCase& it : cases) {
    server_->set_account("app", server_->method(kOld));
    const std::string before = accounts();
    const Secrets secrets = {{"auth", admin_password_}, {"new", kNew}, {"old", kOld}};
    {
      const Cut cut(server_->port(), it.word, it.before);
      port_ = cut.port();
      EXPECT_EQ(answer(it.method, params(), secrets), "ambiguous") << it.method << it.before;
      EXPECT_TRUE(cut.done());
      port_ = 0;
    }
    EXPECT_EQ(accounts() != before, it.took_effect) << it.method << it.before;
    EXPECT_EQ(answer(it.method, params(), secrets), it.took_effect ? "already_done" : "done");
    EXPECT_EQ(probe("new", kNew), std::string(it.method) == "create" ? "accepted" : "rejected");
    EXPECT_EQ(probe("old", kOld), std::string(it.method) == "create" ? "accepted" : "rejected");
  }
}

TEST_F(MariadbTest, WhatBreaksBeforeTheEffectIsUnreachable) {
  const Cut cut(server_->port(), "FROM mysql.global_priv", true);
  port_ = cut.port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_TRUE(cut.done());
}

// What goes on at the server after the request would take effect unseen.
TEST_F(MariadbTest, AServerThatIsHeldUpIsGivenUpInTime) {
  auto sql = server_->super();
  const std::string before = accounts();
  sql.run("FLUSH TABLES WITH READ LOCK");
  for (const char* const method : {"suspend", "create"}) {
    Json asked = params();
    asked["ctx"]["deadline_ms"] = 1'500;
    EXPECT_EQ(answer(method, asked, {{"auth", kAdminPassword}, {"new", kNew}}), "not_done")
        << method << evidence();
    EXPECT_THAT(last_.result["evidence"][0]["code"].get<std::string>(), AnyOf("1969", "1205"));
  }
  sql.run("UNLOCK TABLES");
  std::this_thread::sleep_for(std::chrono::milliseconds(1'000));
  EXPECT_EQ(accounts(), before);
  EXPECT_EQ(create(kNew), "done");
}

TEST_F(MariadbTest, ACancelledStepThatWasSentIsAmbiguous) {
  auto sql = server_->super();
  sql.run("FLUSH TABLES WITH READ LOCK");
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    cancelled_ = true;
  });
  EXPECT_EQ(step("suspend"), "ambiguous");
  EXPECT_TRUE(session_->alive());
  sql.run("UNLOCK TABLES");
  cancelled_ = false;
}

TEST_F(MariadbTest, TlsProvesTheServer) {
  const auto ask = [&](const std::string& tls, const std::string& ca) {
    config_["tls"] = tls;
    config_.erase("ca");
    if (!ca.empty()) config_["ca"] = ca;
    return probe("old", kOld);
  };
  EXPECT_EQ(ask("require", ""), "accepted");
  EXPECT_EQ(ask("verify-full", ""), "inconclusive");  // the system's authorities do not know it
  EXPECT_EQ(code(), "2026");
  EXPECT_EQ(ask("verify-full", server_->certificate()), "inconclusive");  // it may not read that
  const MariadbServer stranger;
  start({"net", "fs:read:" + server_->certificate(), "fs:read:" + stranger.certificate()});
  EXPECT_EQ(ask("verify-full", server_->certificate()), "accepted");
  EXPECT_EQ(ask("verify-full", stranger.certificate()), "inconclusive");
  EXPECT_EQ(create(kNew), "1008");
  server_->super().run("ALTER USER rotator REQUIRE SSL");
  EXPECT_EQ(ask("verify-full", server_->certificate()), "accepted");
  EXPECT_EQ(create(kNew), "done");
  config_["tls"] = "disable";
  config_.erase("ca");
  EXPECT_EQ(create(kNew), "1001");
  server_->super().run("ALTER USER rotator REQUIRE NONE");
  Json asked = params();
  asked["kind"] = "old";
  const auto at = [&](const std::string& host) {
    asked["target"]["ref"]["host"] = host;
    return answer("probe", asked, {{"value", kOld}, {"auth", kAdminPassword}});
  };
  asked["config"] = {{"admin", "rotator"}, {"tls", "verify-full"}, {"ca", server_->certificate()}};
  EXPECT_EQ(at("127.0.0.1"), "accepted");
  EXPECT_EQ(at("localhost"), "inconclusive");    // stands in no certificate
  EXPECT_EQ(at(server_->socket()), "accepted");  // a socket needs none
}

}  // namespace
}  // namespace nhi::testing

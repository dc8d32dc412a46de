// Claims about the Redis rotator: the program itself, started as nhisweep starts it, at a real
// server.
#include "tests/plugins/account_test.hpp"
#include "tests/plugins/cut.hpp"
#include "tests/plugins/redis_server.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RedisTest : public AccountTest {
 protected:
  RedisTest() : AccountTest("redis", "app", {{"admin", "rotator"}}) {}
  static void SetUpTestSuite() {
    if (is_unpacked(kRedis)) server_ = std::make_unique<RedisServer>();
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << kNoServer;
    look_for({kAdminPassword, kOld, kNew, kOther, kControl, kSuperPassword});
    populate(*server_);
    start();
  }
  void TearDown() override {
    if (server_ == nullptr) return;
    expect_no_leak(server_->records(), "what the server recorded");
  }
  static void populate(const RedisServer& server) {
    server.set_user("rotator", std::string(kRotatorRights) + " " + hash_rule(kAdminPassword));
    server.set_user("app", "on allkeys +@read +ping " + hash_rule(kOld));
    EXPECT_EQ(server.super().run("ACL LOG RESET"), "OK");
    server.super().run("ACL SAVE");
  }
  [[nodiscard]] Json params_of(const std::string& user) const override {
    return {
        {"ctx", context()},
        {"target",
         {{"type", "redis.acl-user"},
          {"ref",
           {{"host", "127.0.0.1"}, {"port", port_ ? port_ : server_->port()}, {"user", user}}}}},
        {"config", config_},
        {"id", {{"user", user}}}};
  }
  static std::string users() { return server_->super().run("ACL LIST"); }

  static std::unique_ptr<RedisServer> server_;
};
std::unique_ptr<RedisServer> RedisTest::server_;

TEST_F(RedisTest, WithTheSmallestRightsBothValuesLiveUntilTheOldIsRevoked) {
  const std::string rights = inspect()["rights"].dump();
  EXPECT_EQ(rights, R"({"needs":[],"ok":true})");
  EXPECT_EQ(create(kNew), "done");
  const Json id = last_.result["id"];
  EXPECT_EQ(id["user"], "app");
  EXPECT_EQ(id["password"].get<std::string>().size(), 6U);
  EXPECT_EQ(last_.result["undo"]["method"], "revoke");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(last_.result["node"], server_->label());
  EXPECT_EQ(probe("old", kOld), "accepted");
  const std::string before = users();
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_EQ(users(), before);
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "WRONGPASS");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("control", kControl), "rejected");
  EXPECT_EQ(revoke(kOld), "already_done");
}

TEST_F(RedisTest, TakesAwayTheValueOfTheIdAndNoOther) {
  server_->super().run("ACL SETUSER app " + hash_rule(kOther));  // of somebody whom nobody knows
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  // Without the value the id is enough.
  EXPECT_EQ(step_on("revoke", made), "done");
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step_on("revoke", made), "already_done");
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(probe("old", kOther), "accepted");
  EXPECT_EQ(step_on("revoke", made, {{"old", kOld}}), "-32602");  // is not that of the id
  EXPECT_EQ(step_on("revoke", {{"user", "app"}}), "-32602");      // which?
  for (const Json& id : {Json{{"user", "other"}}, Json{{"user", "app"}, {"password", "00"}},
                         Json{{"user", "app"}, {"password", "0000zz"}},
                         Json{{"user", "app"}, {"password", "000000"}, {"more", "x"}}}) {
    EXPECT_EQ(step_on("revoke", id), "-32602") << id;
  }
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(probe("old", kOther), "accepted");
}

TEST_F(RedisTest, NothingThatTheServerRecordsHoldsAValue) {
  Redis monitor = server_->super();
  EXPECT_EQ(monitor.run("MONITOR"), "OK");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(probe("control", kControl), "rejected");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(step("end_sessions"), "already_done");
  const std::string seen = monitor.listen();
  EXPECT_THAT(seen, HasSubstr("\"AUTH\" \"(redacted)\""));  // it does look
  EXPECT_THAT(seen, Not(HasSubstr("SETUSER")));
  expect_no_leak(seen, "MONITOR");
  const std::string records = server_->records();
  EXPECT_THAT(records, Not(HasSubstr(to_hex(sha256(std::string_view(kNew))))));
  EXPECT_THAT(server_->super().run("ACL LOG"), HasSubstr("app"));  // that of the control
  EXPECT_THAT(users(), HasSubstr(hash_rule(kNew)));
}

TEST_F(RedisTest, SuspendingIsOfTheUserWithAllItsValues) {
  expect_suspension_is_of_all_values("WRONGPASS", "off");
}

TEST_F(RedisTest, EndsSessionsAndCountsThem) {
  Redis one(server_->port(), "app", kOld);
  Redis two(server_->port(), "app", kOld);
  ASSERT_TRUE(one.open() && two.open());
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_FALSE(one.ended());  // they outlive their password
  const Json seen = inspect();
  EXPECT_EQ(seen["clients"].dump(), R"(["127.0.0.1","127.0.0.1"])");
  EXPECT_EQ(seen["last_used"].get<std::string>().size(), 20U);
  EXPECT_THAT(seen["server"].get<std::string>(), HasSubstr("redis 7.0"));
  server_->super().run("ACL SETUSER rotator -client|kill -client|list");
  EXPECT_EQ(step("end_sessions"), "1002");
  EXPECT_EQ(last_.error->data["needs"].dump(), R"(["+client|list","+client|kill"])");
  EXPECT_FALSE(inspect().contains("clients") && !last_.result["clients"].empty());
  server_->super().run("ACL SETUSER rotator +client|kill +client|list");
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  EXPECT_TRUE(one.ended() && two.ended());
  EXPECT_EQ(step("end_sessions"), "already_done");
}

TEST_F(RedisTest, NamesThatAreHostileAreNames) {
  const std::vector<std::string> names = {
      "a\"b'c`d", "x';FLUSHALL;--",   "--help",    "r\xC3\xB4le", "user=app", "*1\\r\\n$4",
      "~*",       "\xF0\x9F\x94\x91", ">password", "resetpass",   "default2"};
  for (const std::string& name : names) {
    server_->set_user(name, "on allkeys +@read " + hash_rule(kOld));
    EXPECT_EQ(create(kNew, name), "done") << name;
    EXPECT_EQ(probe("new", kNew, name), "accepted") << name;
    EXPECT_EQ(revoke(kOld, name), "done") << name;
    EXPECT_EQ(probe("old", kOld, name), "rejected") << name;
    EXPECT_EQ(step("suspend", name), "done") << name;
    EXPECT_EQ(step("end_sessions", name), "already_done") << name;
    EXPECT_EQ(server_->super().run({"ACL", "DELUSER", name}), "1");
  }
  EXPECT_EQ(probe("old", kOld), "accepted");
  for (const std::string& name : {std::string("a b"), std::string("a\nb"), std::string("a\0b", 3),
                                  std::string(2000, 'z'), std::string("rotator"), std::string()}) {
    EXPECT_EQ(create(kNew, name), "1012") << name;
    EXPECT_EQ(last_.error->data["field"], "user");
  }
}

TEST_F(RedisTest, ErrorsHaveTheirNumbers) {
  const std::string before = users();
  EXPECT_EQ(create(kNew, "nobody-of-that-name"), "1003");
  EXPECT_EQ(step("suspend", "nobody-of-that-name"), "1003");
  EXPECT_EQ(revoke(kOld, "nobody-of-that-name"), "already_done");
  EXPECT_EQ(step("end_sessions", "nobody-of-that-name"), "already_done");
  EXPECT_EQ(inspect("nobody-of-that-name")["exists"], false);
  EXPECT_EQ(users(), before);  // ACL SETUSER would have made one
  EXPECT_EQ(create(""), "1006");
  EXPECT_EQ(create(std::string(1025, 'x')), "1006");
  for (const char* const right : {"acl|setuser", "acl|save", "acl|dryrun"}) {
    server_->super().run(std::string("ACL SETUSER rotator -") + right);
    EXPECT_EQ(create(kNew), "1002") << right;
    EXPECT_EQ(last_.error->data["needs"][0], std::string("+") + right);
    EXPECT_EQ(inspect()["rights"]["ok"], false);
    server_->super().run(std::string("ACL SETUSER rotator +") + right);
  }
  server_->super().run("ACL SETUSER rotator -acl|getuser");
  EXPECT_EQ(create(kNew), "1002");
  EXPECT_EQ(last_.error->data["needs"][0], "+acl|getuser");
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

TEST_F(RedisTest, AUserThatTakesAnyPasswordIsLeftAlone) {
  server_->set_user("app", "on nopass allkeys +@read");
  const std::string before = users();
  EXPECT_EQ(probe("control", kControl), "accepted");
  EXPECT_EQ(create(kNew), "1004");  // Redis would take none but this one from then on
  EXPECT_THAT(last_.error->message, HasSubstr("nopass"));
  EXPECT_EQ(revoke(kOld), "1004");
  EXPECT_EQ(users(), before);
  EXPECT_EQ(inspect()["slots_used"], 0);
  EXPECT_THAT(logged(), HasSubstr("nopass"));
}

TEST_F(RedisTest, OnlyAWrongPasswordProvesAnything) {
  auto redis = server_->super();
  EXPECT_EQ(probe("old", ""), "inconclusive");
  EXPECT_EQ(redis.run("CONFIG SET maxclients 1"), "OK");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_EQ(redis.run("CONFIG SET maxclients 100"), "OK");
  // A server that answers nobody for a while.
  EXPECT_EQ(redis.run("CLIENT PAUSE 1500 ALL"), "OK");
  Json asked = params();
  asked["ctx"]["deadline_ms"] = 400;
  asked["kind"] = "old";
  EXPECT_EQ(answer("probe", asked, {{"value", kOld}}), "inconclusive");
  EXPECT_EQ(answer("create", asked, {{"auth", kAdminPassword}, {"new", kNew}}), "1008");
  EXPECT_EQ(redis.run("CLIENT UNPAUSE"), "OK");
  EXPECT_EQ(probe("old", kOld), "accepted");
}

TEST_F(RedisTest, ADryRunChangesNothing) {
  Redis session(server_->port(), "app", kOld);
  const std::string before = users();
  for (const char* const method : {"create", "suspend", "revoke", "end_sessions"}) {
    Json asked = params();
    asked["ctx"]["dry_run"] = true;
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    EXPECT_EQ(answer(method, asked, secrets), "done") << method;
    if (std::string(method) == "end_sessions") {
      EXPECT_EQ(last_.result["ended"], 1);
    }
  }
  EXPECT_EQ(users(), before);
  EXPECT_FALSE(session.ended());
}

TEST_F(RedisTest, ListsAndReconcilesItsValuesAndTellsNone) {
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  EXPECT_EQ(step("list"), "");
  ASSERT_EQ(last_.result["items"].size(), 2U);
  for (const Json& item : last_.result["items"]) EXPECT_EQ(item["status"], "active");
  const std::string told = last_.result.dump();
  for (const char* const value : {kOld, kNew}) {
    EXPECT_THAT(told, Not(HasSubstr(to_hex(sha256(std::string_view(value))).substr(0, 6))));
  }
  Json asked = params();
  asked["expected"] = Json::array({made, Json{{"user", "app"}, {"password", "000000"}}});
  asked["remove"] = Json::array({made});
  const std::string before = users();
  answer("reconcile", asked, {{"auth", kAdminPassword}});
  EXPECT_EQ(last_.result["unknown"].size(), 1U);
  EXPECT_EQ(last_.result["missing"].dump(), R"([{"password":"000000","user":"app"}])");
  EXPECT_EQ(last_.result["removed"].dump(), "[]");
  EXPECT_EQ(users(), before);
}

// Users are each server's own, also a replica's.
TEST_F(RedisTest, EveryNodeIsChangedAndHasToAgree) {
  const RedisServer second;
  populate(second);
  const Json alone = config_;
  config_["nodes"] = {second.label()};
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(second.super().run("ACL LIST"), HasSubstr(hash_rule(kNew)));
  EXPECT_EQ(probe("new", kNew), "accepted");
  const Json both = config_;
  config_ = alone;
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");  // the one node alone says so
  config_ = both;
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(last_.result["node"], second.label());
  inspect();
  EXPECT_THAT(logged(), HasSubstr("do not agree"));
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  Redis here(server_->port(), "app", kNew);
  Redis there(second.port(), "app", kNew);
  EXPECT_EQ(step("end_sessions"), "done");
  EXPECT_EQ(last_.result["ended"], 2);
  // One that may not be changed keeps the others from it.
  second.super().run("ACL SETUSER rotator -acl|setuser");
  const std::string before = users();
  EXPECT_EQ(create(kOther), "1002");
  EXPECT_EQ(users(), before);
  EXPECT_EQ(second.super().run("ACL DELUSER app"), "1");
  EXPECT_EQ(create(kOther), "1003");
  EXPECT_EQ(users(), before);
}

TEST_F(RedisTest, WhatIsChangedOutlivesARestart) {
  for (const Keeps keeps : {Keeps::kAclFile, Keeps::kConfigFile}) {
    RedisServer server(keeps);
    populate(server);
    if (keeps == Keeps::kConfigFile) server.super().run("CONFIG REWRITE");
    port_ = server.port();
    EXPECT_EQ(create(kNew), "done");
    EXPECT_THAT(evidence(), HasSubstr(keeps == Keeps::kAclFile ? "ACL SAVE" : "CONFIG REWRITE"));
    EXPECT_EQ(revoke(kOld), "done");
    server.stop();
    server.start();
    EXPECT_EQ(probe("new", kNew), "accepted");
    EXPECT_EQ(probe("old", kOld), "rejected");
  }
}

TEST_F(RedisTest, SaysWhereARestartBringsTheOldOneBack) {
  ServerProcess server("redis");
  server.start({kRedis, "--port", std::to_string(server.port()), "--bind", "127.0.0.1", "--save",
                "", "--dir", server.folder()},
               [&] { return Redis(server.port(), "default", "any").open(); });
  Redis redis(server.port(), "default", "any");
  for (const auto& [user, rules] :
       {std::pair("rotator", kRotatorRights + (" " + hash_rule(kAdminPassword))),
        std::pair("app", "on " + hash_rule(kOld))}) {
    EXPECT_EQ(redis.run("ACL SETUSER " + std::string(user) + " " + rules), "OK");
  }
  port_ = server.port();
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), HasSubstr("a restart brings"));
  EXPECT_THAT(evidence(), HasSubstr("a restart brings"));
}

TEST_F(RedisTest, WhatCannotBeKeptIsAmbiguousAndARepeatGetsThere) {
  RedisServer server(Keeps::kConfigFile);
  populate(server);
  server.super().run("ACL SETUSER rotator -config|rewrite");
  port_ = server.port();
  inspect();
  EXPECT_THAT(logged(), HasSubstr("+config|rewrite"));
  EXPECT_EQ(create(kNew), "ambiguous");
  EXPECT_THAT(logged(), HasSubstr("not for good"));
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(create(kNew), "ambiguous");
  server.super().run("ACL SETUSER rotator +config|rewrite");
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_THAT(text_of_file(server.folder() + "/redis.conf"), HasSubstr(hash_rule(kNew)));
}

struct CutCase {
  const char* method;
  const char* word;
  bool before;
  bool took_effect;
};

TEST_F(RedisTest, WhatWasSentAndNotAnsweredIsAmbiguousAndARepeatConverges) {
  // With the length of a hash: the words alone are said before as well, to ask for the right.
  const CutCase cases[] = {{"create", "\napp\r\n$65\r\n#", false, true},
                           {"create", "\napp\r\n$65\r\n#", true, false},
                           {"create", "*2\r\n$3\r\nACL\r\n$4\r\nSAVE\r\n", false, true},
                           {"revoke", "\napp\r\n$65\r\n!", false, true},
                           {"revoke", "\napp\r\n$65\r\n!", true, false}};
  for (const CutCase& it : cases) {
    populate(*server_);
    const std::string before = users();
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    {
      const Cut cut(server_->port(), it.word, it.before);
      port_ = cut.port();
      EXPECT_EQ(answer(it.method, params(), secrets), "ambiguous") << it.method << it.word;
      EXPECT_TRUE(cut.done());
      port_ = 0;
    }
    EXPECT_EQ(users() != before, it.took_effect) << it.method << it.word;
    const std::string again = answer(it.method, params(), secrets);
    EXPECT_TRUE(again == "done" || again == "already_done") << again;
    const bool created = std::string(it.method) == "create";
    EXPECT_EQ(probe("new", kNew), created ? "accepted" : "rejected");
    EXPECT_EQ(probe("old", kOld), created ? "accepted" : "rejected");
  }
}

TEST_F(RedisTest, WhatBreaksBeforeTheEffectIsUnreachable) {
  const std::string before = users();
  const Cut cut(server_->port(), "GETUSER", false);
  port_ = cut.port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_TRUE(cut.done());
  EXPECT_EQ(users(), before);
}

TEST_F(RedisTest, TlsProvesTheServer) {
  const auto ask = [&](const std::string& tls, const std::string& ca,
                       const std::string& host = "127.0.0.1") {
    config_["tls"] = tls;
    config_.erase("ca");
    if (!ca.empty()) config_["ca"] = ca;
    Json asked = params();
    asked["kind"] = "old";
    asked["target"]["ref"]["host"] = host;
    return answer("probe", asked, {{"value", kOld}});
  };
  port_ = server_->tls_port();
  const std::string certificate = server_->certificate();
  EXPECT_EQ(ask("disable", ""), "inconclusive");
  EXPECT_EQ(ask("require", ""), "accepted");
  EXPECT_EQ(ask("verify-full", ""), "inconclusive");  // the system's authorities do not know it
  EXPECT_THAT(evidence(), HasSubstr("certificate"));
  EXPECT_EQ(ask("verify-full", certificate), "inconclusive");  // it may not read that
  start({"net", "fs:read:" + certificate});
  EXPECT_EQ(ask("verify-full", certificate), "accepted");
  EXPECT_EQ(ask("verify-ca", certificate), "accepted");
  EXPECT_EQ(ask("verify-full", certificate, "localhost"), "inconclusive");
  EXPECT_EQ(ask("verify-ca", certificate, "localhost"), "accepted");
  config_["tls"] = "verify-full";
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(ask("verify-full", "", server_->socket()), "accepted");  // a socket needs none
}

}  // namespace
}  // namespace nhi::testing

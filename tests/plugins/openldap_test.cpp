// Claims about the OpenLDAP rotator: the program itself, started as nhisweep starts it, at a real
// server.
#include "plugins/conformance/proxy.hpp"
#include "tests/plugins/account_test.hpp"
#include "tests/plugins/cut.hpp"
#include "tests/plugins/openldap_server.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kApp = "cn=app,dc=test";
constexpr const char* kSuspended = "000001010000Z";

class OpenldapTest : public AccountTest {
 protected:
  OpenldapTest() : AccountTest("openldap", kApp, {{"admin", kRotatorDn}, {"policy", kPolicyDn}}) {}
  static void SetUpTestSuite() {
    if (is_unpacked(kSlapd)) server_ = std::make_unique<OpenldapServer>();
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << kNoServer;
    look_for({kAdminPassword, kOld, kNew, kOther, kControl, kRootPassword});
    server_->set_access(smallest_rights());
    server_->set_policy("pwdMaxFailure", {"6"});
    for (const char* const off :
         {"pwdMustChange", "pwdInHistory", "pwdSafeModify", "pwdMaxAge", "pwdCheckQuality"}) {
      server_->set_policy(off, {});
    }
    server_->set_policy("pwdLockout", {"TRUE"});
    server_->set_entry(kRotatorDn, {kAdminPassword});
    server_->set_entry(kApp, {kOld});
    start();
  }
  void TearDown() override {
    if (server_ == nullptr) return;
    const std::string log = server_->log();
    EXPECT_THAT(log, HasSubstr("BIND dn=\"cn=rotator,dc=test\""));  // it does record
    expect_no_leak(log, "the server's log");
  }
  [[nodiscard]] Json params_of(const std::string& dn) const override {
    Json ctx = context();
    ctx["idem"] = idem_;
    return {
        {"ctx", std::move(ctx)},
        {"target",
         {{"type", "openldap.entry"},
          {"ref", {{"host", "127.0.0.1"}, {"port", port_ ? port_ : server_->port()}, {"dn", dn}}}}},
        {"config", config_},
        {"id", {{"dn", dn}}}};
  }
  [[nodiscard]] std::string needs() const { return last_.error->data["needs"].dump(); }
  static Values stored(const std::string& dn = kApp) {
    return server_->root().values(dn, "userPassword");
  }
  static Values locked(const std::string& dn = kApp) {
    return server_->root().values(dn, "pwdAccountLockedTime");
  }
  static void add_value_by_hand(const std::string& value) {
    EXPECT_EQ(server_->root().modify(kApp, {{LDAP_MOD_ADD, "userPassword", {value}}}),
              LDAP_SUCCESS);
  }

  std::string create_in_step(const std::string& idem, const std::string& value) {
    idem_ = idem;
    return create(value);
  }

  static std::unique_ptr<OpenldapServer> server_;
  std::string idem_ = "5f0c";
};
std::unique_ptr<OpenldapServer> OpenldapTest::server_;

TEST_F(OpenldapTest, WithTheSmallestRightsBothValuesLiveUntilTheOldIsRevoked) {
  EXPECT_EQ(inspect()["rights"].dump(), R"({"needs":[],"ok":true})");
  EXPECT_EQ(create(kNew), "done");
  const Json id = last_.result["id"];
  EXPECT_EQ(id["dn"], kApp);
  EXPECT_EQ(id["password"].get<std::string>().size(), 6U);
  EXPECT_EQ(last_.result["undo"]["method"], "revoke");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(last_.result["node"], server_->label());
  EXPECT_EQ(probe("old", kOld), "accepted");
  const Values before = stored();
  ASSERT_EQ(before.size(), 2U);
  EXPECT_THAT(before[1], ::testing::StartsWith("{SSHA}"));
  EXPECT_EQ(create(kNew), "already_done");
  EXPECT_EQ(create_in_step("another step", kNew), "already_done");
  EXPECT_EQ(last_.result["id"], id);
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(code(), "49");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("control", kControl), "rejected");
  EXPECT_EQ(revoke(kOld), "already_done");
  EXPECT_EQ(stored().size(), 1U);
}

TEST_F(OpenldapTest, TakesAwayTheValueOfTheIdAndNoOther) {
  add_value_by_hand(kOther);  // of somebody whom nobody knows
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  // Without the value the id is enough.
  EXPECT_EQ(step_on("revoke", made), "done");
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step_on("revoke", made), "already_done");
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(probe("old", kOther), "accepted");
  EXPECT_EQ(step_on("revoke", made, {{"old", kOld}}), "-32602");  // is not that of the id
  EXPECT_EQ(step_on("revoke", {{"dn", kApp}}), "-32602");         // which?
  for (const Json& id : {Json{{"dn", "cn=other,dc=test"}}, Json{{"dn", kApp}, {"password", "00"}},
                         Json{{"dn", kApp}, {"password", "0000zz"}},
                         Json{{"dn", kApp}, {"password", "000000"}, {"more", "x"}}}) {
    EXPECT_EQ(step_on("revoke", id), "-32602") << id;
  }
  EXPECT_EQ(revoke(kControl), "already_done");  // nobody has this one
  EXPECT_EQ(stored(), (Values{kOld, kOther}));
  EXPECT_EQ(revoke(kOther), "done");
  EXPECT_EQ(stored(), Values{kOld});
}

TEST_F(OpenldapTest, WhatCannotBeComparedIsNeitherTakenAwayNorCalledGone) {
  add_value_by_hand("{SASL}app@TRUST");
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), HasSubstr("{SASL}"));
  inspect();
  EXPECT_THAT(logged(), HasSubstr("{SASL} cannot be compared"));
  EXPECT_EQ(revoke(kOld), "done");  // found for sure, and the other one is told of
  EXPECT_THAT(logged(), HasSubstr("{SASL}"));
  EXPECT_EQ(revoke(kOld), "1004");  // is it that one?
  EXPECT_THAT(last_.error->message, HasSubstr("{SASL}"));
  EXPECT_THAT(stored(), ::testing::Contains("{SASL}app@TRUST"));
  EXPECT_EQ(probe("new", kNew), "accepted");
}

TEST_F(OpenldapTest, AClassThatWantsAValueIsLeftWithOneThatNobodyKnows) {
  server_->set_entry(kApp, {hashed(kOld)});  // ppolicy knows no hash for what it is
  EXPECT_EQ(step("suspend"), "done");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_THAT(evidence(), HasSubstr("nobody knows"));
  EXPECT_EQ(locked(), Values{kSuspended});
  EXPECT_EQ(step("resume"), "done");
  ASSERT_EQ(stored().size(), 1U);
  EXPECT_THAT(stored()[0], ::testing::StartsWith("{SSHA}"));
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(revoke(kOld), "already_done");
  // One that wants none is left without.
  const char* const person = "cn=person,dc=test";
  server_->root().remove(person);
  EXPECT_EQ(server_->root().add(
                person, {{"objectClass", {"person"}}, {"sn", {"x"}}, {"userPassword", {kOld}}}),
            LDAP_SUCCESS);
  EXPECT_EQ(revoke(kOld, person), "done");
  EXPECT_EQ(stored(person), Values{});
  EXPECT_EQ(probe("old", kOld, person), "rejected");
  EXPECT_EQ(inspect(person)["slots_used"], 0);
  EXPECT_EQ(create(kNew, person), "done");
  EXPECT_EQ(probe("new", kNew, person), "accepted");
}

TEST_F(OpenldapTest, SuspendingIsOfTheEntryWithAllItsValuesAndOutlivesAChange) {
  const Json one = inspect()["id"];
  ASSERT_TRUE(one.contains("password"));
  EXPECT_EQ(step_on("suspend", one), "done");
  EXPECT_EQ(last_.result["undo"]["method"], "resume");
  EXPECT_EQ(step_on("suspend", one), "already_done");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(inspect()["enabled"], false);
  EXPECT_EQ(last_.result["locked"], false);
  // ppolicy would unlock it with each change of its password.
  EXPECT_EQ(create(kNew), "done");
  EXPECT_THAT(logged(), HasSubstr("stays so"));
  EXPECT_EQ(locked(), Values{kSuspended});
  EXPECT_EQ(probe("new", kNew), "rejected");
  EXPECT_EQ(step("list"), "");
  ASSERT_EQ(last_.result["items"].size(), 2U);
  EXPECT_EQ(last_.result["items"][0]["status"], "suspended");
  EXPECT_EQ(step_on("resume", one), "done");
  EXPECT_EQ(step_on("resume", one), "already_done");
  EXPECT_EQ(locked(), Values{});
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(step_on("suspend", one), "1004");  // a lock would end the new value with the old one
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(step("suspend"), "done");  // of the entry, as asked
  EXPECT_EQ(step_on("revoke", one), "done");
  EXPECT_EQ(locked(), Values{kSuspended});
  EXPECT_EQ(step_on("suspend", one), "1003");
  EXPECT_EQ(step("resume"), "done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(probe("old", kOld), "rejected");
}

TEST_F(OpenldapTest, ALockThatNobodyHeedsIsRefused) {
  server_->set_policy("pwdLockout", {"FALSE"});
  EXPECT_EQ(step("suspend"), "1010");
  EXPECT_THAT(last_.error->message, HasSubstr("pwdLockout"));
  config_.erase("policy");
  EXPECT_EQ(step("suspend"), "1010");
  EXPECT_THAT(last_.error->message, HasSubstr("config 'policy'"));
  EXPECT_EQ(locked(), Values{});
}

TEST_F(OpenldapTest, ALockoutIsNoDeathAndIsNotBroughtAbout) {
  server_->set_policy("pwdMaxFailure", {"3"});
  EXPECT_EQ(probe("old", kControl), "rejected");
  EXPECT_EQ(last_.result["grade"], "probed");
  EXPECT_EQ(probe("old", kControl), "rejected");
  // One more would lock the account of those who work with it.
  EXPECT_EQ(probe("old", kControl), "rejected");
  EXPECT_EQ(last_.result["grade"], "metadata");
  inspect();
  EXPECT_THAT(logged(), HasSubstr("one more wrong value would lock"));
  EXPECT_EQ(locked(), Values{});
  EXPECT_EQ(probe("old", kOld), "accepted");  // it is the right one, and clears the count
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server_->login(kApp, kControl), LDAP_INVALID_CREDENTIALS);
  ASSERT_EQ(locked().size(), 1U);
  EXPECT_EQ(inspect()["locked"], true);
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(probe("old", kControl), "inconclusive");
  inspect();
  EXPECT_THAT(logged(), HasSubstr("locks after 3 wrong values"));
}

TEST_F(OpenldapTest, AnExpiredValueIsNoDeadOne) {
  server_->set_policy("pwdMaxAge", {"1"});
  EXPECT_EQ(create(kNew), "done");  // ppolicy has its age from now on
  std::this_thread::sleep_for(std::chrono::milliseconds(2'100));
  EXPECT_EQ(server_->login(kApp, kOld), LDAP_INVALID_CREDENTIALS);
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_THAT(evidence(), HasSubstr("expired"));
  EXPECT_EQ(probe("control", kControl), "rejected");
}

TEST_F(OpenldapTest, WithAHistoryValuesCanBeChangedTwiceInASecond) {
  server_->set_policy("pwdInHistory", {"3"});
  server_->set_entry(kApp, {kOld});
  EXPECT_EQ(create_in_step("1", kNew), "done");
  EXPECT_EQ(create_in_step("2", kOther), "done");
  EXPECT_EQ(stored().size(), 3U);
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(probe("new", kOther), "accepted");
}

TEST_F(OpenldapTest, AManagersValueDoesNotHaveToBeChangedByTheAccount) {
  server_->set_policy("pwdMustChange", {"TRUE"});
  Values rights = smallest_rights();
  rights[0].replace(rights[0].find("write"), 5, "manage");
  server_->set_access(rights);
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(server_->root().values(kApp, "pwdReset"), Values{"FALSE"});
  // A policy that holds others to the old value, or to a readable one, lets managers be.
  server_->set_policy("pwdSafeModify", {"TRUE"});
  server_->set_policy("pwdCheckQuality", {"2"});
  EXPECT_EQ(create_in_step("2", kOther), "done");
  server_->set_access(smallest_rights());
  for (const char* const rule : {"pwdSafeModify", "pwdCheckQuality"}) {
    EXPECT_EQ(create_in_step("3", kControl), "1002") << rule;
    EXPECT_EQ(needs(), R"(["manage of userPassword"])");
    server_->set_policy(rule, {});
  }
  EXPECT_EQ(stored().size(), 3U);
}

TEST_F(OpenldapTest, StoresAsItIsToldAndFindsOutWhatTheServerDoesNotKnow) {
  for (const char* const scheme : {"ssha256", "ssha512", "argon2"}) {
    server_->set_entry(kApp, {kOld});
    config_["scheme"] = scheme;
    EXPECT_EQ(create(kNew), "done") << scheme;
    EXPECT_EQ(server_->login(kApp, kNew), LDAP_SUCCESS) << scheme;
    EXPECT_EQ(create(kNew), "already_done");
    EXPECT_EQ(revoke(kNew), "done");
    EXPECT_EQ(stored(), Values{kOld});
  }
  const OpenldapServer plain(Modules::kFew);
  plain.set_entry(kRotatorDn, {kAdminPassword});
  plain.set_entry(kApp, {kOld});
  port_ = plain.port();
  EXPECT_EQ(create(kNew), "1012");
  EXPECT_EQ(last_.error->data["field"], "scheme");
  EXPECT_EQ(plain.root().values(kApp, "userPassword"), Values{kOld});
  config_.erase("scheme");
  EXPECT_EQ(create(kNew), "done");
}

TEST_F(OpenldapTest, NamesThatAreHostileAreNames) {
  const Values names = {"cn=a\\,b\\+c\\\"d\\\\e,dc=test",
                        "cn=\\23leading,dc=test",
                        "cn=\\20around\\20,dc=test",
                        "cn=*)(uid=*,dc=test",
                        "cn=r\xC3\xB4le \xF0\x9F\x94\x91,dc=test",
                        "cn=x'\\;DROP--,dc=test",
                        "cn=one\\0Atwo,dc=test",
                        "cn=a=b\\;c\\<d\\>,dc=test",
                        "cn=" + std::string(200, 'n') + ",dc=test"};
  for (const std::string& name : names) {
    server_->set_entry(name, {kOld});
    EXPECT_EQ(create(kNew, name), "done") << name;
    const Json id = last_.result["id"];
    EXPECT_EQ(probe("new", kNew, name), "accepted") << name;
    EXPECT_EQ(revoke(kOld, name), "done") << name;
    EXPECT_EQ(probe("old", kOld, name), "rejected") << name;
    Json asked = params(name);
    asked["id"] = id;
    EXPECT_EQ(answer("suspend", asked, {{"auth", kAdminPassword}}), "done") << name;
    EXPECT_EQ(inspect(name)["exists"], true) << name;
    EXPECT_EQ(server_->root().remove(name), LDAP_SUCCESS);
  }
  EXPECT_EQ(probe("old", kOld), "accepted");
  for (const std::string& name :
       {std::string("app"), std::string("cn=a\0b,dc=test", 14), "cn=" + std::string(600, 'z'),
        std::string("CN=Rotator, DC=test"), std::string()}) {
    EXPECT_EQ(create(kNew, name), "1012") << name;
    EXPECT_EQ(last_.error->data["field"], "dn");
  }
}

TEST_F(OpenldapTest, ErrorsHaveTheirNumbers) {
  const Values before = stored();
  const char* const nobody = "cn=nobody-of-that-name,dc=test";
  EXPECT_EQ(create(kNew, nobody), "1003");
  EXPECT_EQ(step("suspend", nobody), "1003");
  EXPECT_EQ(revoke(kOld, nobody), "already_done");
  EXPECT_EQ(inspect(nobody)["exists"], false);
  EXPECT_EQ(probe("old", kOld, nobody), "rejected");
  // Not sure that one looked in the right place.
  EXPECT_EQ(revoke(kOld, "cn=app,dc=elsewhere"), "1003");
  EXPECT_EQ(probe("old", kOld, "cn=app,dc=elsewhere"), "inconclusive");
  EXPECT_EQ(create(""), "1006");
  EXPECT_EQ(create(std::string(1025, 'x')), "1006");
  admin_password_ = kControl;
  for (const char* const method : {"inspect", "suspend", "resume", "end_sessions", "list"}) {
    EXPECT_EQ(step(method), "1001") << method;
  }
  EXPECT_EQ(create(kNew), "1001");
  EXPECT_EQ(revoke(kOld), "1001");
  EXPECT_EQ(probe("old", kControl), "inconclusive");  // 49, and nobody could look why
  EXPECT_EQ(probe("old", kOld), "accepted");
  port_ = free_port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  EXPECT_EQ(stored(), before);
}

TEST_F(OpenldapTest, ARightThatIsMissingIsNamedAndNothingIsChanged) {
  const Values before = stored();
  const auto without = [](std::size_t rule, const char* word, const char* instead) {
    Values rights = smallest_rights();
    rights[rule].replace(rights[rule].find(word), std::string(word).size(), instead);
    server_->set_access(rights);
  };
  without(0, "write", "read");
  EXPECT_EQ(inspect()["rights"]["needs"].dump(), R"(["write to userPassword"])");
  for (const bool dry : {true, false}) {
    Json asked = params();
    asked["ctx"]["dry_run"] = dry;
    EXPECT_EQ(answer("create", asked, {{"auth", kAdminPassword}, {"new", kNew}}), "1002");
    EXPECT_EQ(needs(), R"(["write to userPassword"])");
    EXPECT_EQ(answer("revoke", asked, {{"auth", kAdminPassword}, {"old", kOld}}), "1002");
  }
  without(1, "write", "read");
  EXPECT_EQ(inspect()["rights"]["needs"].dump(), R"(["write to pwdAccountLockedTime"])");
  EXPECT_EQ(step("suspend"), "1002");
  EXPECT_EQ(needs(), R"(["write to pwdAccountLockedTime"])");
  without(0, "write", "=w");  // may set what it does not see
  EXPECT_EQ(create(kNew), "1002");
  EXPECT_EQ(needs(), R"(["read of userPassword"])");
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(locked(), Values{});
}

TEST_F(OpenldapTest, ADryRunAndALookChangeNothing) {
  Ldap root = server_->root();
  const Values before = root.values(kApp, "entryCSN");
  for (const char* const method : {"create", "suspend", "revoke", "end_sessions"}) {
    Json asked = params();
    asked["ctx"]["dry_run"] = true;
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    const std::string said = answer(method, asked, secrets);
    EXPECT_TRUE(said == "done" || said == "already_done") << method << said;
  }
  inspect();
  EXPECT_EQ(step("list"), "");
  EXPECT_EQ(root.values(kApp, "entryCSN"), before);
  EXPECT_EQ(stored(), Values{kOld});
}

TEST_F(OpenldapTest, TellsWhoIsLoggedInAndThatNobodyCanEndThat) {
  Ldap one(server_->port(), kApp, kOld);
  ASSERT_TRUE(one.open());
  EXPECT_EQ(inspect()["clients"].dump(), R"(["127.0.0.1"])");
  EXPECT_THAT(last_.result["server"].get<std::string>(), HasSubstr("OpenLDAP 2.5"));
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(revoke(kOld), "done");
  EXPECT_EQ(step("end_sessions"), "1010");
  EXPECT_THAT(last_.error->message, HasSubstr("127.0.0.1"));
  one = Ldap(free_port(), kApp, kOld);  // that one is gone
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  const Ldap later(server_->port(), kApp, kNew);
  ASSERT_TRUE(later.open());
  EXPECT_EQ(step("end_sessions"), "already_done");  // it began with the new one
  EXPECT_EQ(inspect()["clients"].size(), 1U);
}

TEST_F(OpenldapTest, ListsAndReconcilesItsValuesAndTellsNone) {
  EXPECT_EQ(create(kNew), "done");
  const Json made = last_.result["id"];
  EXPECT_EQ(step("list"), "");
  ASSERT_EQ(last_.result["items"].size(), 2U);
  for (const Json& item : last_.result["items"]) EXPECT_EQ(item["status"], "active");
  EXPECT_THAT(last_.result.dump(), Not(HasSubstr("SSHA")));
  Json asked = params();
  asked["expected"] = Json::array({made, Json{{"dn", kApp}, {"password", "000000"}}});
  asked["remove"] = Json::array({made});
  const Values before = stored();
  answer("reconcile", asked, {{"auth", kAdminPassword}});
  EXPECT_EQ(last_.result["unknown"].size(), 1U);
  EXPECT_EQ(last_.result["missing"].size(), 1U);
  EXPECT_EQ(last_.result["removed"].dump(), "[]");
  EXPECT_EQ(stored(), before);
}

TEST_F(OpenldapTest, EveryReplicaHasToAgreeAndTakesNoChanges) {
  const OpenldapServer replica(server_.get());
  replica.wait_until_as(*server_, kApp, "userPassword");
  config_["replicas"] = {replica.label()};
  config_["converge_ms"] = 1'000;
  EXPECT_EQ(create(kNew), "done");
  EXPECT_EQ(last_.result["converge_ms"], 1'000);
  replica.wait_until_as(*server_, kApp, "userPassword");
  EXPECT_EQ(probe("new", kNew), "accepted");
  EXPECT_EQ(revoke(kOld), "done");
  replica.wait_until_as(*server_, kApp, "userPassword");
  EXPECT_EQ(probe("old", kOld), "rejected");
  EXPECT_EQ(last_.result["evidence"].size(), 2U);
  // One that lags: here one that follows nobody.
  const OpenldapServer behind;
  behind.set_entry(kRotatorDn, {kAdminPassword});
  behind.set_entry(kApp, {kOld});
  config_["replicas"] = {replica.label(), behind.label()};
  EXPECT_EQ(probe("old", kOld), "accepted");
  EXPECT_EQ(last_.result["node"], behind.label());
  EXPECT_EQ(probe("new", kNew), "inconclusive");
  inspect();
  EXPECT_THAT(logged(), HasSubstr("do not agree: " + behind.label()));
  config_["replicas"] = {"127.0.0.1:" + std::to_string(free_port())};
  EXPECT_EQ(probe("old", kOld), "inconclusive");
  config_.erase("replicas");
  port_ = replica.port();
  EXPECT_EQ(create(kOther), "1012");
  EXPECT_EQ(last_.error->data["field"], "host");
}

struct CutCase {
  const char* method;
  const char* word;
  bool before;
  bool took_effect;
};

TEST_F(OpenldapTest, WhatWasSentAndNotAnsweredIsAmbiguousAndARepeatConverges) {
  // The attribute and the beginning of its value, as a modify has them.
  const CutCase cases[] = {{"create", "{SSHA}", false, true},
                           {"create", "{SSHA}", true, false},
                           {"revoke", kOld, false, true},
                           {"revoke", kOld, true, false}};
  for (const CutCase& it : cases) {
    server_->set_entry(kApp, {kOld, kOther});
    const Values before = stored();
    Json asked = params();
    asked["ctx"]["idem"] = "5f0c";
    const Secrets secrets = {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}};
    {
      const Cut cut(server_->port(), it.word, it.before);
      asked["target"]["ref"]["port"] = cut.port();
      EXPECT_EQ(answer(it.method, asked, secrets), "ambiguous") << it.method << it.before;
      EXPECT_TRUE(cut.done());
      asked["target"]["ref"]["port"] = server_->port();
    }
    EXPECT_EQ(stored() != before, it.took_effect) << it.method << it.before;
    const std::string again = answer(it.method, asked, secrets);
    EXPECT_EQ(again, it.took_effect ? "already_done" : "done");
    const bool created = std::string(it.method) == "create";
    EXPECT_EQ(stored().size(), created ? 3U : 1U);
    EXPECT_EQ(probe("new", kNew), created ? "accepted" : "rejected");
    EXPECT_EQ(probe("old", kOld), created ? "accepted" : "rejected");
    EXPECT_EQ(probe("old", kOther), "accepted");
  }
}

// Somebody else is at the entry at each moment between two of the server's answers.
TEST_F(OpenldapTest, WhatSomebodyElseDoesMeanwhileIsNotOverwritten) {
  auto proxy = Proxy::start("127.0.0.1", static_cast<std::uint16_t>(server_->port()));
  ASSERT_TRUE(proxy);
  const auto at_each_moment = [&](const std::string& method, const Mod& meanwhile,
                                  const std::function<void(const std::string&)>& expect) {
    std::size_t moments = 0;
    for (bool struck = true; struck; moments += struck ? 1 : 0) {
      server_->set_entry(kApp, {hashed(kOld)});
      proxy->set(ProxyFault::kAct, moments,
                 [&] { EXPECT_EQ(server_->root().modify(kApp, {meanwhile}), LDAP_SUCCESS); });
      Json asked = params();
      asked["ctx"]["idem"] = "5f0c";
      asked["target"]["ref"]["port"] = proxy->port();
      const std::string said =
          answer(method, asked, {{"auth", kAdminPassword}, {"new", kNew}, {"old", kOld}});
      struck = proxy->struck();
      proxy->set(ProxyFault::kNone, 0);
      SCOPED_TRACE(method + " at " + std::to_string(moments) + " said " + said);
      if (struck) expect(said);
    }
    EXPECT_GE(moments, 4U) << method;
  };
  at_each_moment("create", {LDAP_MOD_ADD, "userPassword", {kOther}}, [&](const std::string& said) {
    EXPECT_EQ(said, "done");
    for (const char* const value : {kOld, kOther, kNew}) {
      EXPECT_EQ(server_->login(kApp, value), LDAP_SUCCESS);
    }
  });
  at_each_moment("revoke", {LDAP_MOD_REPLACE, "userPassword", {kOther}},
                 [&](const std::string& said) {
                   EXPECT_TRUE(said == "done" || said == "already_done");
                   EXPECT_EQ(stored(), Values{kOther});
                 });
  const char* const locked_by_hand = "20260101000000Z";
  at_each_moment("suspend", {LDAP_MOD_REPLACE, "pwdAccountLockedTime", {locked_by_hand}},
                 [&](const std::string& said) {
                   EXPECT_TRUE(said == "done" || said == "1004");
                   EXPECT_EQ(locked().size(), 1U);
                   if (said == "1004") {
                     EXPECT_EQ(locked(), Values{locked_by_hand});
                   }
                 });
}

TEST_F(OpenldapTest, WhatBreaksBeforeTheEffectIsUnreachable) {
  const Cut cut(server_->port(), "pwdLastSuccess", false);  // the look at the entry
  port_ = cut.port();
  EXPECT_EQ(create(kNew), "1008");
  EXPECT_TRUE(cut.done());
  EXPECT_EQ(stored(), Values{kOld});
}

TEST_F(OpenldapTest, TlsProvesTheServer) {
  const std::string certificate = server_->certificate();
  const std::string other = server_->folder() + "/other.crt";
  std::filesystem::copy_file("/etc/ssl/certs/ca-certificates.crt", other,
                             std::filesystem::copy_options::overwrite_existing);
  start({"net", "fs:read:" + certificate, "fs:read:" + other});
  const auto ask = [&](const std::string& tls, const std::string& ca,
                       const std::string& host = "127.0.0.1") {
    config_["tls"] = tls;
    config_.erase("ca");
    if (!ca.empty()) config_["ca"] = ca;
    Json asked = params();
    asked["kind"] = "old";
    asked["target"]["ref"]["host"] = host;
    return answer("probe", asked, {{"auth", kAdminPassword}, {"value", kOld}});
  };
  for (const char* const transport : {"starttls", "ldaps"}) {
    config_["transport"] = transport;
    port_ = std::string(transport) == "ldaps" ? server_->ldaps_port() : 0;
    EXPECT_EQ(ask("require", ""), "accepted") << transport;
    EXPECT_EQ(ask("verify-full", ""), "inconclusive");  // the system's authorities do not know it
    EXPECT_THAT(evidence(), HasSubstr("TLS"));
    EXPECT_EQ(ask("verify-full", other), "inconclusive");           // nor do these
    EXPECT_EQ(ask("verify-full", server_->key()), "inconclusive");  // it may not read that
    EXPECT_EQ(ask("verify-full", certificate), "accepted");
    EXPECT_EQ(ask("require", certificate), "accepted");
    EXPECT_EQ(ask("verify-full", certificate, "localhost"), "inconclusive");
    EXPECT_EQ(ask("verify-ca", certificate), "1012");
    config_["tls"] = "verify-full";
    EXPECT_EQ(create_in_step(transport, kNew),
              std::string(transport) == "ldaps" ? "already_done" : "done");
  }
  EXPECT_EQ(ask("disable", ""), "inconclusive");                     // to the port of ldaps
  EXPECT_EQ(ask("verify-full", "", server_->socket()), "accepted");  // a socket needs none
}

}  // namespace
}  // namespace nhi::testing

// The kit against the OpenLDAP rotator at a real server.
#include "tests/plugins/kit_run.hpp"
#include "tests/plugins/openldap_server.hpp"

namespace nhi::testing {
namespace {

constexpr const char* kAdminPassword = "rotator-canary-9fQv3LmT";
constexpr const char* kApp = "cn=app,dc=test";

Result<void> succeeded(int code) {
  if (code == LDAP_SUCCESS) return {};
  return fail(ErrorCode::kIo, ::ldap_err2string(code));
}

Trial trial_at(OpenldapServer& server) {
  Trial trial;
  trial.type = "openldap.entry";
  trial.ref = {{"host", "127.0.0.1"}, {"port", server.port()}, {"dn", kApp}};
  trial.config = {{"admin", kRotatorDn}, {"policy", kPolicyDn}};
  trial.auth = SecretText(kAdminPassword);
  trial.host_field = "host";
  trial.port_field = "port";
  // ppolicy forgets locks and failures with it.
  trial.reset = [&server](const SecretText& value) {
    return succeeded(
        server.root().replace(kApp, "userPassword", {hashed(std::string(value.reveal()))}));
  };
  trial.dump = [&server]() -> Result<std::string> {
    std::string text;
    for (const char* const attribute : {"userPassword", "pwdAccountLockedTime", "pwdReset"}) {
      for (const std::string& value : server.root().values(kApp, attribute)) text += value + "\n";
    }
    return text;
  };
  trial.stop = [&server]() -> Result<void> {
    server.stop();
    return {};
  };
  trial.start = [&server]() -> Result<void> {
    server.start();
    return {};
  };
  trial.lock = [&server]() -> Result<void> {
    for (int i = 0; i < 6; ++i) EXPECT_NE(server.login(kApp, "wrong"), LDAP_SUCCESS);
    return {};
  };
  trial.forbid = [&server]() -> Result<void> {
    Values rights = smallest_rights();
    rights[0].replace(rights[0].find("write"), 5, "read");
    server.set_access(rights);
    return {};
  };
  trial.allow = [&server]() -> Result<void> {
    server.set_access(smallest_rights());
    return {};
  };
  trial.logs = {server.log_file()};
  return trial;
}

TEST(OpenldapKit, EveryGroupPasses) {
  if (!is_unpacked(kSlapd)) GTEST_SKIP() << kNoServer;
  OpenldapServer server;
  server.set_entry(kRotatorDn, {kAdminPassword});
  server.set_entry(kApp, {"at first"});
  expect_all_passed("openldap", trial_at(server), 190);
}

}  // namespace
}  // namespace nhi::testing

#include "rotators/openldap/target.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

Answer<LdapTarget> read(Json ref, Json config = Json::object()) {
  return target_of(FakeCall("inspect", params_of(std::move(ref), std::move(config))));
}

TEST(OpenldapTarget, TheServerThatTakesChangesIsTheFirst) {
  const auto target =
      read({{"host", "ldap1"}, {"dn", "cn=app, dc=test"}}, {{"replicas", {"ldap2", "ldap3:1389"}},
                                                            {"policy", "cn=p,dc=test"},
                                                            {"scheme", "argon2"},
                                                            {"converge_ms", 5000}});
  ASSERT_TRUE(target) << target.error().message;
  ASSERT_EQ(target->nodes.size(), 3U);
  EXPECT_EQ(target->nodes[0].label(), "ldap1:389");
  EXPECT_EQ(target->nodes[1].label(), "ldap2:389");
  EXPECT_EQ(target->nodes[2].label(), "ldap3:1389");
  EXPECT_EQ(target->dn, "cn=app,dc=test");
  EXPECT_EQ(target->policy, "cn=p,dc=test");
  EXPECT_EQ(target->store_as, StoreAs::kArgon2);
  EXPECT_EQ(target->converge_ms, 5000);
  EXPECT_EQ(target->tls.mode_for(target->nodes[0]), "verify-full");
  EXPECT_EQ(read(Json::object())->tls.mode_for(read(Json::object())->nodes[0]),
            "disable");  // the loopback
  EXPECT_EQ(read(Json::object())->store_as, StoreAs::kSsha);
}

TEST(OpenldapTarget, LdapsIsByPortUnlessToldOtherwise) {
  EXPECT_TRUE(read({{"port", 636}})->is_ldaps({"h", 636}));
  EXPECT_FALSE(read({{"port", 636}})->is_ldaps({"h", 389}));
  EXPECT_TRUE(read(Json::object(), {{"transport", "ldaps"}})->is_ldaps({"h", 389}));
  EXPECT_FALSE(read(Json::object(), {{"transport", "starttls"}})->is_ldaps({"h", 636}));
}

struct WrongCase {
  const char* field;
  Json ref;
  Json config;
};

TEST(OpenldapTarget, NamesTheFieldThatIsWrong) {
  const Json none = Json::object();
  const std::vector<WrongCase> cases = {
      {"host", {{"host", ""}}, none},
      {"port", {{"port", 0}}, none},
      {"dn", {{"dn", ""}}, none},
      {"dn", {{"dn", "svc@trust.nhs.uk"}}, none},
      {"dn", {{"dn", std::string("cn=a\0b,dc=c", 11)}}, none},
      {"dn", {{"dn", "CN=Rotator, dc=test"}}, none},  // the admin itself
      {"admin", none, {{"admin", "rotator"}}},
      {"policy", none, {{"policy", "default"}}},
      {"replicas", none, {{"replicas", {"ldap2:"}}}},
      {"tls", none, {{"tls", "on"}}},
      {"tls", none, {{"tls", "verify-ca"}}},
      {"transport", none, {{"transport", "tcp"}}},
      {"scheme", none, {{"scheme", "md5"}}},
      {"converge_ms", none, {{"converge_ms", -1}}},
      {"converge_ms", none, {{"converge_ms", 3'600'001}}},
  };
  for (const WrongCase& it : cases) {
    const auto target = read(it.ref, it.config);
    ASSERT_FALSE(target) << it.field;
    EXPECT_EQ(target.error().code, PluginErrorCode::kInvalidConfig);
    EXPECT_EQ(text_in(target.error().data, "field"), it.field) << target.error().message;
  }
}

}  // namespace
}  // namespace nhi

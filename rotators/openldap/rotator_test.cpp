#include "rotators/openldap/rotator.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

TEST(OpenldapRotator, DescribesItselfAsTheProtocolWants) {
  const auto rotator = make_openldap_rotator();
  PluginDescription it = rotator->describe();
  it.protocol = kProtocolMax;
  it.methods = rotator->methods();
  const auto read = description_from(to_json(it));
  ASSERT_TRUE(read) << read.error().message();
  const PluginType* const type = read->type("openldap.entry");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->capability.slots, kManySlots);
  EXPECT_EQ(type->capability.dead_probe, DeadProbe::kLockoutRisk);
}

// Keys of identities such as "ldap:ldap1:389/cn=app,dc=test" fill host, port and the one required
// text beside them (docs/rotation.md, `account`).
TEST(OpenldapRotator, TheAccountOfAnIdentityIsTheEntry) {
  const PluginDescription it = make_openldap_rotator()->describe();
  std::vector<std::string> texts;
  for (const PluginField& field : it.types.front().ref) {
    if (field.kind == FieldKind::kText && field.required) texts.push_back(field.name);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"host", "dn"}));
}

TEST(OpenldapRotator, ActsOnTheIdThatIsAskedForOnly) {
  const auto rotator = make_openldap_rotator();
  Json params = params_of({{"port", 1}});
  params["id"] = {{"dn", "cn=another,dc=test"}};
  params["expected"] = Json::array({params["id"]});
  FakeCall call("suspend", params);
  for (const auto& reply : {rotator->suspend(call), rotator->resume(call), rotator->revoke(call),
                            rotator->end_sessions(call)}) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, PluginErrorCode::kInvalidParams);
  }
  const auto reconciled = rotator->reconcile(call);
  ASSERT_FALSE(reconciled);
  EXPECT_EQ(reconciled.error().code, PluginErrorCode::kInvalidParams);
}

TEST(OpenldapRotator, AWrongTargetIsSaidFirst) {
  const auto rotator = make_openldap_rotator();
  FakeCall call("create", params_of({{"dn", "two words"}}));
  const auto created = rotator->create(call);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, PluginErrorCode::kInvalidConfig);
  EXPECT_FALSE(rotator->inspect(call));
  EXPECT_FALSE(rotator->list(call));
  EXPECT_FALSE(rotator->probe(call));
}

}  // namespace
}  // namespace nhi

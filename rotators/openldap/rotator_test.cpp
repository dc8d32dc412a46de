#include "rotators/openldap/rotator.hpp"

#include "plugins/sdk/test_rotator.hpp"
#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

TEST(OpenldapRotator, DescribesItselfAsTheProtocolWants) {
  const PluginType type = described_type(*make_openldap_rotator(), "openldap.entry");
  EXPECT_EQ(type.capability.slots, kManySlots);
  EXPECT_EQ(type.capability.dead_probe, DeadProbe::kLockoutRisk);
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
  expect_only_its_own_id(*make_openldap_rotator(), params_of({{"port", 1}}),
                         {{"dn", "cn=another,dc=test"}});
}

TEST(OpenldapRotator, AWrongTargetIsSaidFirst) {
  expect_target_is_refused(*make_openldap_rotator(), params_of({{"dn", "two words"}}));
}

}  // namespace
}  // namespace nhi

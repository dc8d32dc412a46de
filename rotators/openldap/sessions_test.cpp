#include "rotators/openldap/sessions.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

TEST(OpenldapSessions, AFilterHoldsNamesAndNothingElse) {
  EXPECT_EQ(escaped_for_filter("cn=app,dc=test"), "cn=app,dc=test");
  EXPECT_EQ(escaped_for_filter("cn=a)(uid=*"), "cn=a\\29\\28uid=\\2a");
  EXPECT_EQ(escaped_for_filter("cn=a\\2Cb"), "cn=a\\5c2Cb");
  EXPECT_EQ(escaped_for_filter(std::string_view("a\0b", 3)), "a\\00b");
}

TEST(OpenldapSessions, ClientsAreAddressesWithoutPorts) {
  EXPECT_EQ(client_of("IP=10.0.0.7:39508"), "10.0.0.7");
  EXPECT_EQ(client_of("IP=[::1]:9"), "[::1]");
  EXPECT_EQ(client_of("PATH=/run/ldapi"), "PATH=/run/ldapi");
  EXPECT_EQ(client_of(""), "");
}

TEST(OpenldapSessions, OnlyWhatBeganAfterTheChangeIsSurelyNotOfTheOldValue) {
  const auto before = parse_ldap_time("20261201115959Z");
  const auto change = parse_ldap_time("20261201120000Z");
  const auto after = parse_ldap_time("20261201120001Z");
  EXPECT_TRUE((LdapSession{"h", before}.is_older_than(change)));
  EXPECT_TRUE((LdapSession{"h", change}.is_older_than(change)));
  EXPECT_FALSE((LdapSession{"h", after}.is_older_than(change)));
  EXPECT_TRUE((LdapSession{"h", std::nullopt}.is_older_than(change)));
  EXPECT_TRUE((LdapSession{"h", after}.is_older_than(std::nullopt)));
}

}  // namespace
}  // namespace nhi

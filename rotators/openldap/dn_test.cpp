#include "rotators/openldap/dn.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(OpenldapDn, IsWrittenInOneForm) {
  EXPECT_EQ(*canonical_dn("cn=app, ou=Service Accounts,dc=trust"),
            "cn=app,ou=Service Accounts,dc=trust");
  EXPECT_EQ(canonical_dn("cn=a\\,b,dc=t"), canonical_dn("cn=a\\2cb,dc=t"));
  EXPECT_EQ(canonical_dn("uid=x+cn=y,dc=t"), canonical_dn("uid=x+cn=y, dc=t"));
  EXPECT_NE(canonical_dn("cn=a\\,b,dc=t"), canonical_dn("cn=a,b=c,dc=t"));
  // Whatever is written reads as the same.
  for (const char* const name :
       {"cn=\\#x\\20,dc=t", "cn=\\22q\\5c,dc=t", "cn=r\xC3\xB4le,dc=t", "cn=a\\00b,dc=t"}) {
    const auto once = canonical_dn(name);
    ASSERT_TRUE(once) << name;
    EXPECT_EQ(canonical_dn(*once), once) << name;
  }
}

TEST(OpenldapDn, WhatIsNoNameIsRefused) {
  const std::string deep(500, 'n');
  for (const std::string& text :
       {std::string(), std::string("app"), std::string("DOMAIN\\svc"), std::string("a@b.c"),
        std::string("cn=a,"), std::string("cn"), std::string("cn=a,b"),
        std::string("cn=a\0,dc=b", 9), "cn=" + deep, std::string(5'000, 'x') + "=y",
        std::string("cn=\"open,dc=t"), std::string("--help"), std::string("../../../etc/passwd")}) {
    EXPECT_FALSE(canonical_dn(text)) << text.substr(0, 40);
  }
}

TEST(OpenldapDn, CaseDoesNotMakeAnotherEntry) {
  EXPECT_TRUE(is_same_dn("cn=App,DC=test", "CN=app,dc=TEST"));
  EXPECT_FALSE(is_same_dn("cn=app,dc=test", "cn=app2,dc=test"));
  EXPECT_FALSE(is_same_dn("cn=app,dc=test", ""));
}

}  // namespace
}  // namespace nhi

#include "rotators/openldap/account.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

constexpr const char* kDn = "cn=app,dc=test";

TEST(OpenldapAccount, IsReadOfAnEntry) {
  const LdapAccount account =
      account_from(entry_of(kDn, {{"USERPASSWORD", {"{SSHA}x", "plain"}},
                                  {"pwdAccountLockedTime", {kSuspendedSince}},
                                  {"pwdFailureTime", {"20261201120000.123456Z", "garbage"}},
                                  {"pwdReset", {"TRUE"}},
                                  {"pwdPolicySubentry", {"cn=p,dc=test"}},
                                  {"modifyTimestamp", {"20261201120000Z"}},
                                  {"pwdLastSuccess", {"20261130080000Z"}}}));
  EXPECT_TRUE(account.exists);
  EXPECT_EQ(account.values.size(), 2U);
  EXPECT_TRUE(account.stores(SecretText("plain")));
  EXPECT_FALSE(account.stores(SecretText("plai")));
  EXPECT_TRUE(account.lock.is_suspended());
  EXPECT_EQ(account.lock.failures.size(), 1U);
  EXPECT_TRUE(account.must_reset);
  EXPECT_EQ(account.policy_dn, "cn=p,dc=test");
  EXPECT_EQ(account.last_used, "2026-11-30T08:00:00Z");
  ASSERT_TRUE(account.changed);
  const LdapAccount bare = account_from(entry_of(kDn, {}));
  EXPECT_TRUE(bare.exists && bare.values.empty() && !bare.must_reset && !bare.changed);
  EXPECT_EQ(bare.last_used, "");
}

TEST(OpenldapAccount, AnIdTellsValuesApartAndNotWhatTheyAre) {
  const CredentialId one = id_of_value(kDn, SecretText("{SSHA}x"));
  // Source: hashlib.pbkdf2_hmac("sha256", b"{SSHA}x", b"nhisweep openldap.entry cn=app,dc=test",
  // 10000, 3)
  EXPECT_EQ(one.at("password"), "e798a9");
  EXPECT_EQ(one.at("dn"), kDn);
  EXPECT_NE(one, id_of_value(kDn, SecretText("{SSHA}y")));
  EXPECT_NE(one.at("password"), id_of_value("cn=b,dc=test", SecretText("{SSHA}x")).at("password"));
}

TEST(OpenldapAccount, KnowsItsIds) {
  EXPECT_TRUE(is_id_of(id_of_entry(kDn), kDn));
  EXPECT_TRUE(is_id_of({{"dn", "CN=App, dc=test"}}, kDn));
  EXPECT_TRUE(is_id_of({{"dn", kDn}, {"password", "00ff00"}}, kDn));
  EXPECT_TRUE(names_password({{"dn", kDn}, {"password", "00ff00"}}));
  EXPECT_FALSE(names_password(id_of_entry(kDn)));
  for (const CredentialId& id :
       {CredentialId{}, CredentialId{{"dn", "cn=b,dc=test"}}, CredentialId{{"password", "00ff00"}},
        CredentialId{{"dn", kDn}, {"password", "00FF00"}},
        CredentialId{{"dn", kDn}, {"password", "00ff0"}}, CredentialId{{"dn", kDn}, {"more", "x"}},
        CredentialId{{"dn", kDn}, {"password", "00ff00"}, {"more", "x"}}}) {
    EXPECT_FALSE(is_id_of(id, kDn));
  }
}

}  // namespace
}  // namespace nhi

#include "rotators/mariadb/account.hpp"

#include <gtest/gtest.h>

#include "rotators/mariadb/verifier.hpp"

namespace nhi {
namespace {

constexpr const char* kHash = "*CD02AC33DE7D3D2AFEDF5F2BAB51B07CDB499E79";
constexpr const char* kKey = "2Myhib04x6YbkKFUPRi2sDYC70U9V12xITjrzW+EOtY";

MariaAccount read(const std::string& priv) {
  const auto account = account_from({"app", "%"}, priv);
  EXPECT_TRUE(account && *account) << priv;
  return account && *account ? **account : MariaAccount();
}
std::string clause(const MariaAccount& account) {
  return clause_of(account.methods,
                   [](std::string_view text) { return "'" + std::string(text) + "'"; });
}

// Rows as MariaDB 10.11.19 wrote them.
TEST(MariadbAccount, ReadsMethodsInTheirOrder) {
  const std::string native = std::string(R"("plugin":"mysql_native_password",)") +
                             R"("authentication_string":")" + kHash + R"(")";
  const std::string ed25519 =
      std::string(R"({"plugin":"ed25519","authentication_string":")") + kKey + R"("})";
  EXPECT_EQ(clause(read("{" + native + ",\"access\":0}")),
            std::string("IDENTIFIED VIA mysql_native_password USING '") + kHash + "'");
  const MariaAccount several = read("{" + native +
                                    R"(,"account_locked":true,"auth_or":[{"plugin":)"
                                    R"("unix_socket"},{},)" +
                                    ed25519 + "]}");
  EXPECT_EQ(clause(several),
            std::string("IDENTIFIED VIA unix_socket OR mysql_native_password USING '") + kHash +
                "' OR ed25519 USING '" + kKey + "'");
  EXPECT_TRUE(several.locked);
  EXPECT_FALSE(several.expired);
  EXPECT_EQ(several.values().size(), 2U);
}

TEST(MariadbAccount, KnowsWhatOpensIt) {
  const MariaAccount open = read(R"({"access":18446744073709551615})");
  ASSERT_EQ(open.methods.size(), 1U);
  EXPECT_TRUE(open.methods.front().is_open());
  EXPECT_EQ(clause(open), "IDENTIFIED VIA mysql_native_password USING ''");
  EXPECT_TRUE(open.values().empty());
  const MariaAccount dead =
      read(R"({"plugin":"mysql_native_password","authentication_string":"invalid"})");
  EXPECT_EQ(dead.methods.front(), dead_method());
  EXPECT_FALSE(dead.methods.front().is_value() || dead.methods.front().is_open());
  EXPECT_TRUE(read(R"({"password_last_changed":0})").expired);
}

TEST(MariadbAccount, ARoleIsNoAccountAndNonsenseIsNone) {
  const auto role = account_from({"app", ""}, R"({"access":0,"is_role":true})");
  ASSERT_TRUE(role);
  EXPECT_FALSE(*role);
  for (const std::string& priv : {std::string("[]"), std::string("{"), std::string(),
                                  std::string(R"({"plugin":"x USING 'y' OR z"})")}) {
    EXPECT_FALSE(account_from({"app", "%"}, priv)) << priv;
  }
  std::string many = R"({"auth_or":[{})";
  for (int i = 0; i < 64; ++i) many += R"(,{"plugin":"unix_socket"})";
  EXPECT_FALSE(account_from({"app", "%"}, many + "]}"));
}

TEST(MariadbAccount, AValueOpensOneMethodOfEachPlugin) {
  const auto methods = methods_of(SecretText("new"));
  ASSERT_TRUE(methods);
  EXPECT_EQ(methods->at(0).plugin, kNativePlugin);
  EXPECT_EQ(methods->at(1), (AuthMethod{kEd25519Plugin, kKey}));
}

TEST(MariadbAccount, IdsNameAValueAndShowNothingOfIt) {
  const AccountName name{"app", "10.%"};
  const CredentialId id = id_of_value(name, {kNativePlugin, kHash});
  EXPECT_EQ(id.at("password").size(), 6U);
  EXPECT_EQ(std::string(kHash).find(id.at("password")), std::string::npos);
  EXPECT_NE(id_of_value({"app", "%"}, {kNativePlugin, kHash}).at("password"), id.at("password"));
  EXPECT_TRUE(names_password(id));
  EXPECT_EQ(account_in(id, "app").value(), name);
  EXPECT_EQ(account_in(id_of_account(name), "app").value(), name);
  EXPECT_FALSE(account_in(id, "other"));
  for (const CredentialId& wrong :
       {CredentialId{{"user", "app"}}, CredentialId{{"user", "app"}, {"host", "%"}, {"more", "x"}},
        CredentialId{{"user", "app"}, {"host", "%"}, {"password", "00"}},
        CredentialId{{"user", "app"}, {"host", "%"}, {"password", "0000zz"}}}) {
    EXPECT_FALSE(account_in(wrong, "app"));
  }
}

}  // namespace
}  // namespace nhi

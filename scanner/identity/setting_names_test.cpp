#include "scanner/identity/setting_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nhi {
namespace {

// Do the readings of two names, the secret's first, make them parts of one credential?
bool together(std::string_view secret, std::string_view other) {
  const auto left = read_setting_name(secret);
  const auto right = read_setting_name(other);
  return std::any_of(left.begin(), left.end(), [&](const SettingReading& a) {
    return a.part == SettingPart::kSecret &&
           std::any_of(right.begin(), right.end(),
                       [&](const SettingReading& b) { return belong_together(a, b); });
  });
}

struct PairCase {
  std::string_view name, secret, other;
  bool together;
};
constexpr PairCase kPairs[] = {
    {"Spring", "spring.datasource.password", "spring.datasource.username", true},
    {"SpringUrl", "spring.datasource.password", "spring.datasource.url", true},
    {"OtherPrefix", "spring.datasource.password", "spring.mail.username", false},
    {"LongerPrefix", "spring.datasource.ro.password", "spring.datasource.username", false},
    {"Hikari", "password", "jdbcUrl", true},
    {"Camel", "dbPassword", "dbUser", true},
    {"OneWord", "dbpassword", "DB_USER", true},
    {"UserPassword", "db.user.password", "db.user", true},
    {"Numbered", "password2", "user2", true},
    {"OtherNumber", "password2", "user1", false},
    {"Stage", "DB_PASSWORD_PROD", "DB_USER_PROD", true},
    {"OtherStage", "DB_PASSWORD_PROD", "DB_USER_DEV", false},
    {"BindDn", "ldap.bind.password", "ldap.bind.dn", true},
    {"BindDnOfLdap", "ldap_bind_password", "ldap_bind_dn", true},
    {"Jndi", "java.naming.security.credentials", "java.naming.security.principal", true},
    {"ManagerDn", "managerPassword", "managerDn", true},
    {"Client", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_ID", true},
    {"ClientOneWord", "clientsecret", "clientid", true},
    {"ClientNoUser", "client_secret", "username", false},
    {"AwsKeys", "aws_secret_access_key", "aws_access_key_id", true},
    {"MinioKeys", "secretKey", "accessKey", true},
    {"Twilio", "TWILIO_AUTH_TOKEN", "TWILIO_ACCOUNT_SID", true},
    {"VaultRole", "secret_id", "role_id", true},
    {"TokenUser", "jira.token", "jira.user", true},
    {"PasswordNoClient", "password", "client_id", false},
    {"SecretNoUser", "session_secret", "session_user", false},
    {"Host", "MAIL_PASSWORD", "MAIL_HOST", true},
    {"Port", "MAIL_PASSWORD", "MAIL_PORT", true},
    {"Itself", "password", "password", false},
};
class SettingPairTest : public testing::TestWithParam<PairCase> {};
TEST_P(SettingPairTest, BelongTogetherOrNot) {
  EXPECT_EQ(together(GetParam().secret, GetParam().other), GetParam().together);
}
INSTANTIATE_TEST_SUITE_P(Table, SettingPairTest, testing::ValuesIn(kPairs),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SettingName, NamesOfOtherThingsHaveNoReading) {
  for (const char* name : {"", "colour", "password_policy", "1", "12", "_", "--", "timeout_ms"}) {
    EXPECT_TRUE(read_setting_name(name).empty()) << name;
  }
  EXPECT_TRUE(read_setting_name(std::string(300, 'x') + "_password").empty());
}

TEST(SettingName, TheLongestEndingComesFirst) {
  const auto readings = read_setting_name("ldap.user.password");
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_EQ(readings[0].stem, "ldap");
  EXPECT_EQ(readings[1].stem, "ldap.user");
}

}  // namespace
}  // namespace nhi

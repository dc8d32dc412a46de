#include "scanner/identity/beside.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scanner/identity/examiner.hpp"

namespace nhi {
namespace {

struct BesideCase {
  std::string_view name, path, text;  // `@` stands for the password
  std::string_view account, target;
};
constexpr BesideCase kCases[] = {
    {"Spring", "application.properties",
     "spring.datasource.url=jdbc:postgresql://db01:5432/pas\nspring.datasource.username=svc_pas\n"
     "spring.datasource.password=@\n",
     "svc_pas", "jdbc:postgresql://db01:5432/pas"},
    {"OtherPrefix", "application.properties",
     "spring.mail.username=svc_mail\nspring.datasource.password=@\n", "", ""},
    {"Yaml", "app.yml", "db:\n  host: db01\n  port: 5432\n  user: svc_pas\n  password: @\n",
     "svc_pas", "db01:5432"},
    {"YamlOtherMap", "app.yml", "smtp:\n  user: svc_mail\ndb:\n  password: @\n", "", ""},
    {"Json", "app.json",
     R"({"a":{"username":"svc_pas","server":"sql01.trust.nhs.uk",)"
     R"("password":"@"}})",
     "svc_pas", "sql01.trust.nhs.uk"},
    {"Xml", "context.xml",
     R"(<Context><Resource url="jdbc:mysql://db01/pas" username="svc_pas" )"
     R"(password="@"/></Context>)",
     "svc_pas", "jdbc:mysql://db01/pas"},
    {"MavenServer", "settings.xml",
     "<servers><server><id>nexus</id><username>deploy_bot</username><password>@</password>"
     "</server></servers>",
     "deploy_bot", ""},
    {"WebConfig", "web.config",
     "<appSettings><add key=\"DbUser\" value=\"svc_pas\"/><add key=\"DbPassword\" value=\"@\"/>"
     "</appSettings>",
     "svc_pas", ""},
    {"UserElement", "users.xml", "<users><user name=\"svc_pas\" mail=\"\" password=\"@\"/></users>",
     "svc_pas", ""},
    {"UserMap", "app.yml", "user:\n  name: svc_pas\n  password: @\n", "svc_pas", ""},
    {"NameOfAnother", "app.yml", "db:\n  name: pas\n  password: @\n", "", ""},
    {"Mailbox", "app.yml", "smtp:\n  user: svc@example.org\n  password: @\n", "svc@example.org",
     ""},
    {"FillerBeforeTheAt", "app.yml", "smtp:\n  user: xxxxxxxx@a.org\n  password: @\n", "", ""},
    {"Compose", "compose.yml", "environment:\n  - DB_USER=svc_pas\n  - DB_PASSWORD=@\n", "svc_pas",
     ""},
    {"Kubernetes", "deploy.yaml",
     "env:\n- name: DB_USER\n  value: svc_pas\n- name: DB_PASSWORD\n  value: @\n", "svc_pas", ""},
    {"Env", ".env", "SMTP_HOST=mail01.trust.nhs.uk\nSMTP_USER=svc_mail\nSMTP_PASSWORD=@\n",
     "svc_mail", "mail01.trust.nhs.uk"},
    {"Ldap", "ldap.properties",
     "ldap.url=ldaps://dc01.trust.nhs.uk\nldap.bind.dn=cn=svc,ou=Service Accounts,dc=trust\n"
     "ldap.bind.password=@\n",
     "cn=svc,ou=Service Accounts,dc=trust", "ldaps://dc01.trust.nhs.uk"},
    {"Reference", "app.yml", "db:\n  user: ${DB_USER}\n  password: @\n", "", ""},
    {"Alias", "app.yml", "db:\n  user: *who\n  password: @\n", "", ""},
    {"TwoUsers", "app.yml", "db:\n  user: svc_a\n  login: svc_b\n  password: @\n", "", ""},
    {"TwoUsersOneName", "app.yml", "db:\n  user: svc_a\n  login: svc_a\n  password: @\n", "svc_a",
     ""},
    {"TwoHosts", "app.yml", "db:\n  user: svc_a\n  host: a01\n  server: b01\n  password: @\n",
     "svc_a", ""},
    {"HostAndUrl", "app.yml", "db:\n  host: a01\n  url: jdbc:mysql://a01:3306/x\n  password: @\n",
     "", "jdbc:mysql://a01:3306/x"},
    {"TokenAsUser", "app.yml", "db:\n  user: 9fQ2mVx7Lr4Tz8Wb1Kc6Yd3Hn5Jp0Gs\n  password: @\n", "",
     ""},
    {"LongName", "app.yml", "db:\n  user: svc-integration-engine-01\n  password: @\n",
     "svc-integration-engine-01", ""},
    {"Sentence", "app.yml", "db:\n  user: name of the user\n  password: @\n", "", ""},
    {"Truth", "app.yml", "db:\n  user: true\n  password: @\n", "", ""},
    {"FarInAFile", "app.properties", "user=svc_a\n\n\n\n\n\n\n\n\n\n\n\n\n\npassword=@\n", "", ""},
    {"NearInAFile", "app.properties", "user=svc_a\npassword=@\n", "svc_a", ""},
    {"BaseUrlOfAFile", "app.properties", "base_url=https://www.trust.nhs.uk\npassword=@\n", "", ""},
    {"RelativeUrl", "app.yml", "db:\n  url: /api/login\n  user: svc_a\n  password: @\n", "svc_a",
     ""},
    {"Version", "app.yml", "db:\n  server: 1.2\n  password: @\n", "", ""},
    {"NoStructure", "run.txt", "user=svc_a\n\npassword=@\n", "svc_a", ""},
    {"NoStructureNoAccount", "run.txt", "user=$USER\npassword=@\n", "", ""},
    {"Utf8", "app.yml", "# caf\xC3\xA9\ndb:\n  user: svc_a\n  password: @\n", "svc_a", ""},
};
class BesideTest : public testing::TestWithParam<BesideCase> {
 protected:
  static void SetUpTestSuite() {
    auto made = builtin_rules();
    ASSERT_TRUE(made);
    auto set = RuleSet::create(std::move(*made));
    ASSERT_TRUE(set);
    rules_ = std::make_unique<RuleSet>(std::move(*set));
  }
  static void TearDownTestSuite() { rules_.reset(); }
  static std::vector<Finding> examine(std::string_view bytes, std::string_view path) {
    static const FingerprintKey key{"k1", SecretText(std::string(32, 'k')), ""};
    Examiner examiner(*rules_, key, {true, false});
    BlobInput input;
    input.bytes = bytes;
    input.place.path = std::string(path);
    return examiner.examine(input, {}).findings;
  }
  static std::string with_password(std::string_view text, std::string_view password) {
    std::string out(text);
    const std::size_t at = out.rfind('@');
    return out.replace(at, 1, password);
  }
  static const Finding* of_password(const std::vector<Finding>& findings) {
    const auto hit = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.kind == FindingKind::kCredential;
    });
    return hit == findings.end() ? nullptr : &*hit;
  }
  static std::unique_ptr<RuleSet> rules_;
};
std::unique_ptr<RuleSet> BesideTest::rules_;

TEST_P(BesideTest, NamesAccountAndTargetOrNone) {
  const BesideCase& row = GetParam();
  const std::string text = with_password(row.text, "Vt7#qLm29xKe");
  const auto findings = examine(text, row.path);
  const Finding* const finding = of_password(findings);
  ASSERT_NE(finding, nullptr);
  const SiteFacts site = finding->site.value_or(SiteFacts{});
  EXPECT_EQ(site.account, row.account);
  EXPECT_EQ(site.target, row.target);
  if (!row.account.empty()) {
    EXPECT_EQ(slice(text, site.account_span), row.account);
    EXPECT_FALSE(finding->identity.empty());
  }
}
INSTANTIATE_TEST_SUITE_P(Table, BesideTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(BesideTest, ReadsUtf16AndSaysWhereTheAccountStands) {
  const std::string text = "db:\n  user: svc_a\n  password: Vt7#qLm29xKe\n";
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += {c, '\0'};
  const auto findings = examine(wide, "app.yml");
  const Finding* const finding = of_password(findings);
  ASSERT_NE(finding, nullptr);
  ASSERT_TRUE(finding->site);
  EXPECT_EQ(finding->site->account, "svc_a");
  const std::size_t at = 2 + 2 * text.find("svc_a");
  EXPECT_EQ(finding->site->account_span, (Span{at, at + 10}));
}

TEST_F(BesideTest, DecodesTheAccountWhereTheSecretIsEncodedToo) {
  auto text = expand_template(
      "kind: Secret\ndata:\n  username: {to-base64:svc_pas_01}\n  password: "
      "{to-base64:Vt7#qLm29xKe4}\n",
      1);
  ASSERT_TRUE(text);
  const auto findings = examine(*text, "secret.yaml");
  const Finding* const finding = of_password(findings);
  ASSERT_NE(finding, nullptr);
  ASSERT_TRUE(finding->site);
  EXPECT_EQ(finding->site->account, "svc_pas_01");
}

TEST_F(BesideTest, ASecretIsNoAccount) {
  const auto text = expand_template(
      "oauth:\n  consumer_key: ghp_{crc32-base62:{base62:30}}\n"
      "  consumer_secret: {base62:40}\n",
      1);
  ASSERT_TRUE(text);
  for (const Finding& finding : examine(*text, "app.yml")) {
    EXPECT_TRUE(!finding.site || finding.site->account.empty()) << finding.rule;
  }
}

TEST_F(BesideTest, ATokenBesideUserAndPasswordIsNotTheUsers) {
  const std::string text =
      "api:\n  user: svc_a\n  password: Vt7#qLm29xKe\n  token: 9fQ2mVx7Lr4Tz8Wb1Kc6Yd3Hn5Jp0Gs\n";
  for (const Finding& finding : examine(text, "app.yml")) {
    const std::string account = finding.site ? finding.site->account : "";
    EXPECT_EQ(account, finding.rule == "generic-password" ? "svc_a" : "") << finding.rule;
  }
}

// `pas.reader` may be a service; taking it for a person would take its password out of the counts.
TEST_F(BesideTest, ANameBesideMakesNobodyAPerson) {
  const std::string service = "db:\n  user: pas.reader\n  password: Vt7#qLm29xKe\n";
  const std::string person = "db:\n  user: jane.smith@nhs.net\n  password: Vt7#qLm29xKe\n";
  EXPECT_NE(of_password(examine(service, "app.yml"))->principal, Principal::kHuman);
  EXPECT_EQ(of_password(examine(person, "app.yml"))->principal, Principal::kHuman);
}

}  // namespace
}  // namespace nhi

#include "scanner/match/value_text.hpp"

#include <gtest/gtest.h>

#include "scanner/match/generic_test_kit.hpp"

namespace nhi {
namespace {

using namespace match_test;

TEST(ValueText, TrapsOfEveryMaterialAreNotShown) {
  expect_all({
      {Syntax::kConfig, "password: your-password-here", Want::kNotShown},
      {Syntax::kConfig, "api_key: xxxxxxxxxxxxxxxx", Want::kNotShown},
      {Syntax::kConfig, "api_key: <insert your key>", Want::kNotShown},
      {Syntax::kConfig, "api_key: abcdefghijklmnop0123456789", Want::kNotShown},
      {Syntax::kConfig, "secret: my_secret_token", Want::kNotShown},
      {Syntax::kCLike, "password = \"password\"", Want::kNotShown},
      {Syntax::kCLike, "SECRET = \"my_secret\"", Want::kNotShown},
      {Syntax::kConfig, "password: ********", Want::kDropped},
      {Syntax::kConfig, "password: /run/secrets/db_password", Want::kDropped},
      {Syntax::kConfig, "client_secret: https://vault.local/v1/secret", Want::kNotShown},
      {Syntax::kConfig, "password.min_length=12", Want::kDropped},
      {Syntax::kConfig, "password=Passwort ist zu kurz.", Want::kNotShown},
      {Syntax::kData, "{\"ERROR_PASSWORD\": \"Please provide your current password.\"}",
       Want::kNotShown},
      {Syntax::kScript, "'Password' => 'Trenutna Lozinka',", Want::kNotShown},
      {Syntax::kConfig, "password_secret: GITLAB_TOKEN", Want::kNotShown},
      {Syntax::kData, "\"ChangePassword\": \"cognito-idp:ChangePassword\"", Want::kNotShown},
      {Syntax::kConfig, "access_token: getPasswordFromVault", Want::kNotShown},
      {Syntax::kCLike, "token: \"some_new_github_token\"", Want::kNotShown},
      {Syntax::kData, "\"parse-passwd\": \"^1.0.0\"", Want::kNotShown},
      {Syntax::kConfig, "passwd: files", Want::kDropped},
      {Syntax::kConfig, "# \"md5\", \"password\", \"scram-sha-256\", \"gss\"", Want::kNotShown},
      {Syntax::kScript, "'Test2::Event::Pass' => '1.302103',", Want::kNotShown},
  });
}

// What a blind set of settings held that nobody had thought of.
TEST(ValueText, TrapsOfLivingSettingsAreNotShown) {
  expect_all({
      {Syntax::kConfig,
       "checksum/secret: "
       "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
       Want::kNotShown},
      {Syntax::kConfig, "  password: UkVQTEFDRV9NRQ==", Want::kNotShown},  // REPLACE_ME
      {Syntax::kConfig, "  password: JHtBUElfVE9LRU59", Want::kNotShown},  // ${API_TOKEN}
      {Syntax::kConfig, "url: https://svc:&lt;password&gt;@db01/ris", Want::kNotShown},
      {Syntax::kConfig, "auth-type=Bearer\ncredential-provider=vault-of-the-hospital",
       Want::kNotShown},
      {Syntax::kConfig, "password: $__file{/etc/grafana/pw}", Want::kDropped},
      {Syntax::kConfig, "snmp_password: $_HOSTSNMP_PASS$", Want::kDropped},
      {Syntax::kConfig, "password: !Sub", Want::kDropped},
      {Syntax::kConfig, "PASSWORT_MUSTER=\"^(?=.*[A-Z])(?=.*[0-9]).{12,}$\"", Want::kNotShown},
      {Syntax::kConfig, "label.token=Zugriffstoken", Want::kNotShown},
      {Syntax::kShell, "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", Want::kNotShown},
      {Syntax::kConfig, "psk=\nport=17302xyz", Want::kNotShown},
      {Syntax::kConfig, "snmp.community=\nsending.facility.oid=2.16.840.1", Want::kNotShown},
      {Syntax::kConfig, "password: credentialsJSON:3f2a8c11-9d4e-4b6a-8c8d-1f0e9d8c7b6a",
       Want::kNotShown},
      {Syntax::kConfig, "client_secret: %env.PACS_CLIENT_SECRET%", Want::kDropped},
      {Syntax::kConfig, "mq_password: @@MQ_CRED@@", Want::kDropped},
      {Syntax::kConfig, "password: keyring:ward-display", Want::kNotShown},
      {Syntax::kConfig, "password: k8s:tie/db-auth:password", Want::kNotShown},
      {Syntax::kConfig, "password: ENV[MQ_CRED7]", Want::kNotShown},
      {Syntax::kConfig, "password = random_password.hl7_gw.result", Want::kNotShown},
      {Syntax::kConfig, "password = gqMd\xE2\x80\xA6qRPW", Want::kNotShown},
      {Syntax::kConfig, "api_token: \"{{ with secret \\\"kv/data/hl7-gw9\\\" }}\"",
       Want::kNotShown},
      {Syntax::kConfig, "auth = Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Want::kNotShown},
      {Syntax::kConfig, "idempotency.key = 3f2a8c11-9d4e-4b6a-8c8d-1f0e9d8c7b6a", Want::kNotShown},
      {Syntax::kConfig, "password: '***REMOVED***'", Want::kNotShown},
      {Syntax::kConfig, "password: ${secure::hl7.gw.mq.cred}", Want::kDropped},
      {Syntax::kConfig, "password: ${keystore:ehr-redis-auth}", Want::kDropped},
      {Syntax::kConfig, "api-key: keyvault://kv-ris-dev/sendgrid-api-key", Want::kNotShown},
      {Syntax::kConfig, "login.passwort=Contrase\\u00f1a", Want::kNotShown},
      {Syntax::kScript, "\"MLKEM768X25519PrivateKey\", \"MLKEM768X25519PublicKey\"",
       Want::kNotShown},
      {Syntax::kCLike, "new NetworkCredential(\"svc\", Configuration[\"Svc:Password\"], \"RBQ\")",
       Want::kNotShown},
  });
}

// The words of a program's screens, in the languages of its people.
TEST(ValueText, WordsOfATranslationAreNoPasswords) {
  const auto found = [](std::string_view path, std::string_view text) {
    Matcher matcher(match_test::builtin_set());
    match_test::Collector collector;
    EXPECT_TRUE(matcher.scan(text, {syntax_of(path), false, path}, collector));
    return std::any_of(collector.matches.begin(), collector.matches.end(),
                       [](const Match& match) { return match.confidence >= Level::kMedium; });
  };
  EXPECT_FALSE(found("res/messages_de.properties", "db.password=Datenbankpasswort\n"));
  EXPECT_FALSE(found("conf/app.properties", "db.password=Has\xc5\x82o\n"));
  EXPECT_FALSE(found("conf/app.properties", "login.password.new=Nouvo Modpas\n"));
  EXPECT_TRUE(found("conf/app.properties", "db.password=Sl4ptaZodis!7\n"));
}

TEST(ValueText, ThatSaysWhereTheValueIsRanksLow) {
  expect_all({
      {Syntax::kConfig, "password: see-keepass", Want::kLow},
      {Syntax::kConfig, "password: injected-at-deploy", Want::kLow},
      {Syntax::kConfig, "password: keyring:ward-display", Want::kLow},
      {Syntax::kConfig, "password: kerberos", Want::kLow},
      {Syntax::kConfig, "password: ^aB3[x9kQm2$", Want::kShown},  // no pattern
      {Syntax::kConfig, "form.password=correcthorse", Want::kShown},
  });
}

TEST(ValueText, OfBase64IsWhatItHoldsIfThatIsText) {
  EXPECT_EQ(encoded_text("UkVQTEFDRV9NRQ=="), "REPLACE_ME");
  EXPECT_EQ(encoded_text("UkVQTEFDRV9NRQ"), "");  // no whole groups: hardly base64
  EXPECT_EQ(encoded_text("kQ7vX2mPz9wd"), "");
  EXPECT_EQ(encoded_text(""), "");
}

}  // namespace
}  // namespace nhi

// What is a value, what is code, and what only names a secret: false-positives.md sections 4 to 6.
#include <gtest/gtest.h>

#include <algorithm>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

enum class Want { kShown, kLow, kDropped, kNotShown };  // kNotShown: low or dropped

struct Row {
  Syntax syntax;
  std::string_view text;  // @P stands for a made password, @R for a made random value
  Want want;
};

// The best confidence of any credential match; none if there is no match.
std::optional<Level> best(const Row& row, bool test_path = false) {
  static Matcher matcher(builtin_set());
  std::string text = replaced(std::string(row.text), "@P", made("{password:14}", 11));
  text = replaced(text, "@R", made("{base62:32}", 12)) + "\n";
  Collector collector;
  EXPECT_TRUE(matcher.scan(text, {row.syntax, test_path}, collector).has_value());
  std::optional<Level> out;
  for (const Match& match : collector.matches) {
    const Rule& rule = builtin_set().rule(match.rule);
    if (rule.kind == RuleKind::kIndicator || !rule.needs.empty()) continue;
    out = out ? std::max(*out, match.confidence) : match.confidence;
  }
  return out;
}

bool agrees(Want want, std::optional<Level> level) {
  switch (want) {
    case Want::kShown:
      return level && *level >= Level::kMedium;
    case Want::kLow:
      return level == Level::kLow;
    case Want::kDropped:
      return !level;
    case Want::kNotShown:
      return !level || *level == Level::kLow;
  }
  return false;
}

void expect_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const auto level = best(row);
    EXPECT_TRUE(agrees(row.want, level))
        << row.text << ": " << (level ? to_string(*level) : "dropped");
  }
}

TEST(GenericValue, InCLikeLanguagesIsALiteral) {
  expect_all({
      {Syntax::kCLike, "String password = \"@P\";", Want::kShown},
      {Syntax::kCLike, "var password = @\"@P\";", Want::kShown},
      {Syntax::kCLike, "const char password[] = \"@P\";", Want::kShown},
      {Syntax::kCLike, "password := \"@P\"", Want::kShown},
      {Syntax::kCLike, "dataSource.setPassword(\"@P\");", Want::kShown},
      {Syntax::kCLike, "if (password == \"@P\") {", Want::kShown},
      {Syntax::kCLike, "{ apiKey: '@R' }", Want::kShown},
      {Syntax::kCLike, "connect(\"server=db;user=a;password=@P;x=1\")", Want::kShown},
      {Syntax::kCLike, "String password = getPassword();", Want::kDropped},
      {Syntax::kCLike, "password = user.passwordValue;", Want::kDropped},
      {Syntax::kCLike, "String password = null;", Want::kDropped},
      {Syntax::kCLike, "password: string;", Want::kDropped},
      {Syntax::kCLike, "String password;", Want::kDropped},
      {Syntax::kCLike, "private final String token = tokens[0];", Want::kDropped},
      {Syntax::kCLike, "this.password = password;", Want::kDropped},
      {Syntax::kCLike, "password = new StringBuilder(value);", Want::kDropped},
      {Syntax::kCLike, "const secret = process.env.CLIENT_SECRET;", Want::kDropped},
      {Syntax::kCLike, "const password = `${user.password}`;", Want::kDropped},
      {Syntax::kCLike, "url += \"&password=\" + escape(field) + \"&x=\";", Want::kDropped},
      {Syntax::kCLike, "ok := CheckPassword(\"password\", \"@P\")", Want::kDropped},
  });
}

TEST(GenericValue, InScriptsIsALiteral) {
  expect_all({
      {Syntax::kScript, "password = '@P'", Want::kShown},
      {Syntax::kScript, "define('DB_PASSWORD', '@P');", Want::kShown},
      {Syntax::kScript, "'password' => '@P',", Want::kShown},
      {Syntax::kScript, "p = os.environ.get('DB_PASSWORD', '@P')", Want::kShown},
      {Syntax::kScript, "password = os.environ['DB_PASSWORD']", Want::kDropped},
      {Syntax::kScript, "password = get_password()", Want::kDropped},
      {Syntax::kScript, "password=password)", Want::kDropped},
      {Syntax::kScript, "$password = \"$prefix$name\";", Want::kDropped},
      {Syntax::kScript, "def login(self, user, password: str = None):", Want::kDropped},
      {Syntax::kScript, "password = f'{password}'", Want::kDropped},
  });
}

TEST(GenericValue, InShellsMayStandBare) {
  expect_all({
      {Syntax::kShell, "export DB_PASSWORD=@P", Want::kShown},
      {Syntax::kShell, "DB_PASSWORD='@P'", Want::kShown},
      {Syntax::kShell, "ENV API_TOKEN=@R", Want::kShown},
      {Syntax::kShell, "mysqldump --password=@P db", Want::kShown},
      {Syntax::kShell, "export DB_PASSWORD=$PASS", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=\"${PASS}\"", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=$(cat /run/secrets/db)", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=`pwgen 12`", Want::kDropped},
      {Syntax::kShell, "DB_PASSWORD=", Want::kDropped},
      {Syntax::kShell, "tool --password-file /run/secrets/db", Want::kDropped},
      {Syntax::kShell, "tool --password $1", Want::kDropped},
      {Syntax::kPowerShell, "$password = \"@P\"", Want::kShown},
      {Syntax::kPowerShell, "$password = Read-Host", Want::kDropped},
      {Syntax::kPowerShell, "$password = $env:DB_PASSWORD", Want::kDropped},
  });
}

TEST(GenericValue, BehindBlanksEndsItsLine) {
  expect_all({
      {Syntax::kConfig, "  AuthLDAPBindPassword @P", Want::kShown},
      {Syntax::kConfig, "SetEnv DB_PASSWORD @P", Want::kShown},
      {Syntax::kConfig, "fastcgi_param API_TOKEN @R;", Want::kShown},
      {Syntax::kShell, "ENV MYSQL_ROOT_PASSWORD @P", Want::kShown},
      {Syntax::kShell, "setenv DB_PASSWORD @P", Want::kShown},
      {Syntax::kConfig, "AuthLDAPBindPassword \"exec:/usr/bin/get-password x1\"", Want::kDropped},
      {Syntax::kConfig, "LoadCredential=dbpass:/etc/acme/dbpass", Want::kDropped},
      {Syntax::kConfig, "SetEnv DB_PASSWORD ${DB_PASS1}", Want::kDropped},
      {Syntax::kConfig, "password required pam_unix2.so", Want::kDropped},
      {Syntax::kConfig, "password required", Want::kDropped},
      {Syntax::kConfig, "LoadModule authz_svn libexec/mod_authz24.so", Want::kDropped},
      {Syntax::kConfig, "# password @P", Want::kDropped},
      {Syntax::kShell, "check_password @P", Want::kDropped},
      {Syntax::kProse, "password @P", Want::kDropped},
      {Syntax::kScript, "password @P", Want::kDropped},
  });
}

TEST(GenericValue, MayBeTheBareArgumentOfACommandInCode) {
  expect_all({
      {Syntax::kPowerShell, "net use Z: \\\\fs01\\x @P /user:svc", Want::kShown},
      {Syntax::kPowerShell, "sc.exe config TIE obj= A\\svc password= @P", Want::kShown},
      {Syntax::kPowerShell, "net use Z: \\\\fs01\\x $pw /user:svc", Want::kDropped},
      {Syntax::kPowerShell, "New-SmbMapping -Password $pw", Want::kDropped},
      {Syntax::kCLike, "    curl -u svc:@P https://app01/x", Want::kShown},
      {Syntax::kCLike, "x = curl -u svc:password https://app01/x", Want::kDropped},
  });
}

TEST(GenericValue, InConfigurationMayStandBare) {
  expect_all({
      {Syntax::kConfig, "spring.datasource.password=@P", Want::kShown},
      {Syntax::kConfig, "  password: @P", Want::kShown},
      {Syntax::kConfig, "# db.password=@P", Want::kShown},
      {Syntax::kConfig, "client_secret: @R", Want::kShown},
      {Syntax::kConfig, "password = \"@P\"", Want::kShown},
      {Syntax::kData, "{\"adminPassword\": {\"value\": \"@P\"}}", Want::kShown},
      {Syntax::kData, "<param-name>password</param-name> <param-value>@P</param-value>",
       Want::kShown},
      {Syntax::kConfig, "password: *default_password", Want::kDropped},
      {Syntax::kConfig, "password: !vault something", Want::kDropped},
      {Syntax::kConfig, "password: null", Want::kDropped},
      {Syntax::kConfig, "password: yes", Want::kDropped},
      {Syntax::kConfig, "password: ${DB_PASSWORD}", Want::kDropped},
      {Syntax::kConfig, "password: '{{ db_password }}'", Want::kDropped},
      {Syntax::kConfig, "password: %(db_password)s", Want::kDropped},
      {Syntax::kConfig, "password = vault:secret/db#password", Want::kDropped},
      {Syntax::kConfig, "password: ENC(@R)", Want::kLow},
  });
}

TEST(GenericValue, InDataIsAStringOrAnElement) {
  expect_all({
      {Syntax::kData, "{\"password\": \"@P\"}", Want::kShown},
      {Syntax::kData, "<password>@P</password>", Want::kShown},
      {Syntax::kData, "<add key=\"DbPassword\" value=\"@P\"/>", Want::kShown},
      {Syntax::kData, "<entry><string>dbPassword</string><string>@P</string></entry>",
       Want::kShown},
      {Syntax::kData, "{\"password\": {\"type\": \"string\"}}", Want::kDropped},
      {Syntax::kData, "{\"password\": true, \"token\": 12345678}", Want::kDropped},
      {Syntax::kData, "<input type=\"password\" name=\"password\">", Want::kDropped},
      {Syntax::kData, "<password></password>", Want::kDropped},
      {Syntax::kData, "<settings pass=\"specialize\">", Want::kDropped},
  });
}

TEST(GenericValue, DefaultInsideAReferenceIsJudged) {
  const Row row{Syntax::kConfig, "password: ${DB_PASSWORD:-@P}", Want::kShown};
  expect_all({row});
  Matcher matcher(builtin_set());
  const std::string value = made("{password:14}", 11);
  const std::string text = "password: ${DB_PASSWORD:-" + value + "}\n";
  Collector collector;
  ASSERT_TRUE(matcher.scan(text, {Syntax::kConfig, false}, collector).has_value());
  ASSERT_FALSE(collector.matches.empty());
  EXPECT_EQ(slice(text, collector.matches[0].secret), value);
}

TEST(GenericValue, HumanChosenWordsAreKept) {
  expect_all({
      {Syntax::kConfig, "password: Summer2024!", Want::kShown},
      {Syntax::kConfig, "password: Winter-is-2-cold", Want::kShown},
      {Syntax::kConfig, "password: P4ss!Hospital7", Want::kShown},
      {Syntax::kConfig, "password: J@$$k9Kq", Want::kShown},
      {Syntax::kConfig, "db.password = freemed", Want::kShown},  // deployed: somebody chose it
      {Syntax::kCLike, "password = \"dragonfly\"", Want::kLow},  // in code it may be anything
      {Syntax::kConfig, "password: changeme", Want::kLow},
      {Syntax::kConfig, "password: secret", Want::kLow},
      {Syntax::kConfig, "db_password: admin123", Want::kLow},
      {Syntax::kConfig, "db_password: 'Password123!'", Want::kShown},  // meets a policy: real
  });
}

TEST(GenericValue, TrapsOfEveryMaterialAreNotShown) {
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
TEST(GenericValue, TrapsOfLivingSettingsAreNotShown) {
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
      {Syntax::kConfig, "api-key: keyvault://kv-ris-dev/sendgrid-api-key", Want::kNotShown},
      {Syntax::kConfig, "login.passwort=Contrase\\u00f1a", Want::kNotShown},
      {Syntax::kScript, "\"MLKEM768X25519PrivateKey\", \"MLKEM768X25519PublicKey\"",
       Want::kNotShown},
      {Syntax::kCLike, "new NetworkCredential(\"svc\", Configuration[\"Svc:Password\"], \"RBQ\")",
       Want::kNotShown},
  });
}

// And what it held that nobody found.
TEST(GenericValue, IsFoundInEveryFormOfLivingSettings) {
  expect_all({
      {Syntax::kConfig, "  api-token: OTY0MjdjZjYxYzM3NjllNzhjYTZkNDJlZGM1NGVmMGQ=", Want::kShown},
      {Syntax::kCLike, "client.setPassword(\"kQ7!vX2mPz9\");", Want::kShown},
      {Syntax::kScript, "x = os.getenv(\"DB_PASSWORD\", \"@P\")", Want::kShown},
      {Syntax::kScript, "t = os.environ.get(\"API_TOKEN\", \"@R\")", Want::kShown},
      {Syntax::kSql, "CREATE USER svc IDENTIFIED BY PASSWORD 'aB3%s9xK!7';", Want::kShown},
      {Syntax::kShell, "export DB_PASSWORD='aB3%Q%9xK!7'", Want::kShown},
      {Syntax::kConfig,
       "contrase\xC3\xB1"
       "a = \"@P\"",
       Want::kShown},
      {Syntax::kConfig, "api_schluessel = @R", Want::kShown},
  });
}

// The words of a program's screens, in the languages of its people.
// In living settings a name of something else is the last word, but for what is kept under any.
TEST(GenericValue, NamesOfSomethingElseHoldNoSecret) {
  expect_all({
      {Syntax::kConfig, "password_policy=@P", Want::kDropped},
      {Syntax::kConfig, "token.interval=@R", Want::kDropped},
      {Syntax::kData, "{\"passwordEncoder\": \"@P\"}", Want::kDropped},
      {Syntax::kData, "{\"token_sha256\": \"@R\"}", Want::kDropped},
      {Syntax::kConfig, "user=kestrel77\npassword_type=kestrel77", Want::kShown},
      {Syntax::kConfig, "password_hint=ENC(Hk8fj2Lq0PzX7wAA)", Want::kLow},
      {Syntax::kConfig, "password=@P", Want::kShown},
  });
}

TEST(GenericValue, WordsOfATranslationAreNoPasswords) {
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

// The model has weighed the path; the rest is lowered a step, and nothing is dropped for it.
TEST(GenericValue, InATestPathStaysInTheList) {
  const Row row{Syntax::kCLike, "String password = \"@P\";", Want::kShown};
  EXPECT_TRUE(best(row, false) >= Level::kMedium);
  EXPECT_TRUE(best(row, true) >= Level::kMedium);
  const auto low = best({Syntax::kConfig, "password: changeme", Want::kLow}, true);
  EXPECT_TRUE(low == Level::kLow);
}

}  // namespace
}  // namespace nhi

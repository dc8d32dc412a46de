// What is a value, what is code, and what only names a secret: false-positives.md sections 4 to 6.
#include <gtest/gtest.h>

#include "scanner/match/generic_test_kit.hpp"

namespace nhi {
namespace {

using namespace match_test;

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

// What a fourth blind set held.
TEST(GenericValue, WhatOnlyLooksLikeOneIsNotShown) {
  const std::string hex40 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
  const std::string of_digest = "oauth2GitCommit: \"" + hex40 + "\"";
  expect_all({
      {Syntax::kConfig, "signingkey = 01078B1E52427E10", Want::kDropped},
      {Syntax::kConfig, "access_key = C84234BB140FB9A1F077", Want::kDropped},
      {Syntax::kConfig, "phase2=\"auth=MSCHAPV2\"", Want::kDropped},
      {Syntax::kConfig, "client-key-data: Y2hhbmdlbWU=", Want::kDropped},
      {Syntax::kConfig, "STRIPE_PUBLISHABLE_KEY=@R", Want::kDropped},
      {Syntax::kConfig, "CORRELATION_KEY=@R", Want::kDropped},
      {Syntax::kData, "\"host\": \"http://key-broker-01.acme.nhs.uk:8080/fhir\"", Want::kDropped},
      {Syntax::kData, "<add connectionString=\"a=b;Password=\" providerName=\"System.Data\"/>",
       Want::kDropped},
      {Syntax::kConfig, "AUTH_SIGNING_KID=@R", Want::kDropped},
      {Syntax::kUnknown, of_digest, Want::kDropped},
      {Syntax::kConfig, "tokenizer.model=cl100k_base", Want::kDropped},
      {Syntax::kConfig, "login.password=Cyfrinair", Want::kNotShown},
      {Syntax::kConfig, "password=injected", Want::kDropped},
      {Syntax::kConfig, "password: CHANGE_ME_BEFORE_DEPLOY", Want::kDropped},
      {Syntax::kUnknown, "SqlPassword:  quote }}", Want::kDropped},
  });
}

// What a fifth blind set held: an examiner's, full of what is no secret.
TEST(GenericValue, WhatDescribesAValueIsNone) {
  expect_all({
      {Syntax::kData, "\"password\": \"varchar(255)\"", Want::kDropped},
      {Syntax::kConfig, "password = Optional[str]", Want::kDropped},
      {Syntax::kCLike, "String passwordRules = \"required|string|min:8\";", Want::kDropped},
      {Syntax::kCLike, "String secretHistory = \"zxcvbn>=3\";", Want::kDropped},
      {Syntax::kCLike, "String tokenValidation = \"ghp_[A-Za-z0-9]{36}\";", Want::kDropped},
      {Syntax::kConfig, "password_lifetime = PT15M", Want::kDropped},
      {Syntax::kCLike, "String passLifetime = \"30d\";", Want::kDropped},
      {Syntax::kConfig, "update_password: always", Want::kLow},
      {Syntax::kConfig, "passphrase = @prompt", Want::kLow},
      {Syntax::kConfig, "auth_token: Zugangstoken", Want::kDropped},
      {Syntax::kConfig, "certificatesSecret: webhooks-tls", Want::kDropped},
      {Syntax::kConfig, "from_secret: oidc_dsn", Want::kDropped},
      {Syntax::kData, "\"required\": [\"password\", \"datadogDsn\"]", Want::kDropped},
      {Syntax::kConfig, "password: \"ab****yz\"", Want::kDropped},
      {Syntax::kConfig, "dsn: postgres://backup:%2A%2A%2A%2A@db.acme.nhs.uk/x", Want::kDropped},
      {Syntax::kConfig, "password: 'mysql://user:****@db.acme.nhs.uk/x'", Want::kDropped},
      {Syntax::kConfig, "password = \"mongodb://<user>:<password>@db/x\"", Want::kDropped},
      {Syntax::kConfig, "password: EV[1:o42xEyl9B5XRU3n/j9RtkYvKoVAxb1Wyo42xEyl9B5:gUK0RhlG]",
       Want::kLow},
      {Syntax::kConfig, "password: deadbeefdeadbeefdeadbeefdeadbeef", Want::kDropped},
      {Syntax::kConfig, "pass=dev/ledger/pass@vault", Want::kDropped},
      {Syntax::kConfig, "basic: Basic dXNlcm5hbWU6cGFzc3dvcmQ=", Want::kDropped},
      {Syntax::kSql, "ALTER ROLE app PASSWORD :'app_pw';", Want::kDropped},
      {Syntax::kScript, "token = run_cmd(\"--quiet\", \"pass\", \"show\", \"wiki/token\")",
       Want::kDropped},
      {Syntax::kScript, "set :credential_id, 'f7db34dc-7225-4bb6-a7df-2d9b01bb404e'",
       Want::kDropped},
  });
}

TEST(GenericValue, IsFoundInTemplatesAndWherePeopleChoseIt) {
  expect_all({
      {Syntax::kConfig, "password: {{ .Values.auth.password | default \"@P\" | b64enc | quote }}",
       Want::kShown},
      {Syntax::kConfig, "db_password: \"{{ lookup('env', 'DB_PASSWORD') | default('@R', true) }}\"",
       Want::kShown},
      {Syntax::kConfig, "password: {{ .Values.auth.password | quote }}", Want::kDropped},
      {Syntax::kScript, "$db_pass = 'Winter2024!';", Want::kShown},
      {Syntax::kScript, "smtp_pass = \"Marble7Falcon#\"", Want::kShown},
      {Syntax::kShell, "DB_PASS='Lighthouse_1987!'", Want::kShown},
      {Syntax::kConfig, "password: 'Winter(1)'", Want::kShown},
      {Syntax::kConfig, "password = 83015274d", Want::kShown},
      {Syntax::kConfig, "racadm -r bmc01 -u root -p SXPsyAj4VX!1Jt getsysinfo", Want::kShown},
      {Syntax::kUnknown, "sync@acme.test:{PLAIN}M5gY50gqq3ccKoU27-j::::::", Want::kShown},
  });
}

// Their words for it, as people in Wales and on the continent write them.
TEST(GenericValue, IsFoundUnderNamesOfOtherLanguages) {
  for (const std::string name : {"cyfrinair", "wachtwoord", "heslo", "baza.haslo", "BANCO_SENHA",
                                 "clave", "salasana", "pepper"}) {
    const std::string line = name + "=@R";
    expect_all({{Syntax::kConfig, line, Want::kShown}});
  }
  expect_all({{Syntax::kConfig, "autoclave=@R", Want::kDropped}});
}

// What turns a name into that of something else may also say whose password it is.
TEST(GenericValue, IsFoundBehindWordsThatSayWhatForItIs) {
  expect_all({
      {Syntax::kConfig, "HELPER_PASSWORD=@P", Want::kShown},
      {Syntax::kConfig, "kid_password=@P", Want::kShown},
      {Syntax::kConfig, "DOCKER_REGISTRY_PASSWORD=@P", Want::kShown},
      {Syntax::kConfig, "product_password=@P", Want::kShown},
      {Syntax::kConfig, "credentialHelper: osxkeychain", Want::kDropped},
  });
}

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

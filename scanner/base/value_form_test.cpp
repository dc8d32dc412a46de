#include "scanner/base/value_form.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  while (times-- > 0) out += part;
  return out;
}

struct FormCase {
  std::string value;
  Form form;
  std::string_view name;
  std::string_view literal;
};

void expect_form(const FormCase& row) {
  const ValueForm got = classify_value(row.value);
  EXPECT_EQ(to_string(got.form), to_string(row.form)) << row.value;
  EXPECT_EQ(got.name, row.name) << row.value;
  EXPECT_EQ(slice(row.value, got.literal), row.literal) << row.value;
  // A reader can always say why a value is no plain literal.
  EXPECT_EQ(got.reason.empty(), got.form == Form::kPlaintext) << row.value;
}

TEST(ValueForm, HumanPasswordsAreLiteralsWhateverTheyLookLike) {
  for (const char* value : {"changeme",
                            "secret",
                            "password",
                            "Summer2024!",
                            "P@ssw0rd",
                            "$ecret12",
                            "$Pa$$word9",
                            "pa{ss}word1",
                            "a%b@c#d",
                            "x/y+z==",
                            "correct horse battery",
                            "12345678",
                            "Winter(1)",
                            "Blue...Sky...2024x",
                            "abc$",
                            "#1Fan",
                            "50%off50%",
                            "/8fK2pQ/9xLm4/Zt7aBc==",
                            "{curly}9x!",
                            "<3Coffee",
                            "`tick",
                            "Ab[12]x.4",
                            "@home",
                            "dev",
                            "-",
                            "vault",
                            "env",
                            "*abc*",
                            "!Summer!",
                            "%9Kq",
                            "hex:1f2e3d4c5b6a79881f2e3d4c",
                            "file"}) {
    expect_form({value, Form::kPlaintext, "", ""});
  }
}

TEST(ValueForm, NothingThereIsNone) {
  for (const char* value : {"", "  ", "null", "None", "~", "\"\"", "true", "No", "undefined"}) {
    expect_form({value, Form::kNone, "", ""});
  }
}

TEST(ValueForm, WhatIsKnownToEverybodyIsNone) {
  for (const std::string& value : {"SHA256:" + repeated("Ab3", 14) + "x", std::string("hex:52,39"),
                                   std::string("dbname=tie"), std::string("sslmode=require")}) {
    expect_form({value, Form::kNone, "", ""});
  }
}

TEST(ValueForm, MaskedValuesAreMasked) {
  for (const char* value : {"******", "***", "xxxx", "XXXXXXXX", "xxxx-xxxx", "######",
                            "[REDACTED]", "AKIA************WXYZ", "sk-...abcd", "(sensitive value)",
                            "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"}) {
    expect_form({value, Form::kMasked, "", ""});
  }
}

TEST(ValueForm, VerifiersAreHashedThoughTheyBeginWithADollar) {
  const std::string body = repeated("aB3", 18);
  for (const std::string& value : {"$2b$12$" + body,
                                   "$2y$10$" + body,
                                   "$1$salt$" + body,
                                   "$5$salt$" + body,
                                   "$6$rounds=5000$salt$" + body,
                                   "$y$j9T$" + body,
                                   "$apr1$salt$" + body,
                                   "$argon2id$v=19$m=65536,t=3,p=4$" + body,
                                   "pbkdf2_sha256$260000$" + body,
                                   "{SSHA}" + body,
                                   "{SHA}" + body,
                                   "{CRYPT}$6$" + body,
                                   "{bcrypt}$2a$10$" + body,
                                   "SCRAM-SHA-256$4096:" + body,
                                   "*" + repeated("0A", 20),
                                   "md5" + repeated("0a", 16),
                                   "$9$saltsaltsalts$" + body,
                                   "scrypt:32768:8:1$" + body,
                                   repeated("0a", 16) + "$1$" + repeated("0a", 32),
                                   "0x0200" + repeated("0A", 34),
                                   "svc:$apr1$salt$" + body,
                                   "svc:$$2y$$05$$" + body}) {
    expect_form({value, Form::kHashed, "", ""});
  }
}

TEST(ValueForm, SchemesWithAPublicKeyAreReversible) {
  for (const char* value :
       {"{xor}Lz4sLCgwLTs=", "OBF:1v2j1uum1xtv", "]]]c2VjcmV0", "$9$abcdeFGHIJ.kl"}) {
    expect_form({value, Form::kReversible, "", ""});
  }
}

TEST(ValueForm, ValuesWhoseKeyIsElsewhereAreEncrypted) {
  for (const std::string& value :
       {std::string("ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)"),
        std::string("{enc}abc123=="),
        std::string("enc{a1b2c3}"),
        std::string("![bXVsZQ==]"),
        std::string("{AES}abcdefgh0123="),
        std::string("{AES256}abcdefgh0123="),
        std::string("{3DES}abcd0123"),
        std::string("{AQAAABAAAAAQabc}"),
        std::string("$ANSIBLE_VAULT;1.1;AES256\n3132"),
        std::string("ENC[AES256_GCM,data:abc,iv:x,tag:y,type:str]"),
        std::string("ENC[PKCS7,MIIBeQYJ]"),
        std::string("[enc:IISWASOnlyAesProvider:abc:enc]"),
        std::string("01000000d08c9ddf0115d111"),
        std::string("AQAAANCMnd8BFdERjHoAwE"),
        std::string("{cipher}a1b2"),
        "encrypted:" + repeated("Ab3d", 12),
        "enc:system.key.v1:" + repeated("Ab3d", 6),
        "enc\\:key\\:" + repeated("Ab3d", 6),
        "wcFMA" + repeated("x9Y4", 30),
        "51:b:01000000D08C9DDF" + repeated("0A", 16),
        std::string("vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQ"),
        "{" + repeated("Ab3d", 8) + "=}",
        "AgB" + repeated("x9Y4", 200),
        std::string("-----BEGIN ENCRYPTED ") + "PRIVATE KEY-----\nMII"}) {
    expect_form({value, Form::kEncrypted, "", ""});
  }
}

TEST(ValueForm, PrivateKeysAreKeyMaterial) {
  expect_form(
      {std::string("-----BEGIN RSA ") + "PRIVATE KEY-----\nMII", Form::kKeyMaterial, "", ""});
  expect_form({std::string("-----BEGIN RSA ") + "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
               Form::kEncrypted, "", ""});
}

TEST(ValueForm, PointersToASecretAreReferencesWithAName) {
  const FormCase rows[] = {
      {"${ALIAS=dwh-pass}", Form::kReference, "dwh-pass", ""},
      {"TF_VAR_db_password", Form::kReference, "db_password", ""},
      {"gcp:secretmanager:projects/1/secrets/x", Form::kReference, "projects/1/secrets/x", ""},
      {"HKLM/Software/tie", Form::kReference, "Software/tie", ""},
      {"vault:secret/app#password", Form::kReference, "secret/app#password", ""},
      {"exec:/usr/local/bin/secret", Form::kReference, "/usr/local/bin/secret", ""},
      {"cyberark:Safe=TIE;Object=db", Form::kReference, "Safe=TIE;Object=db", ""},
      {"!Sub", Form::kReference, "", ""},
      {"s:hup[host].passwd", Form::kReference, "s:hup", ""},
      {"op://vault/item/field", Form::kReference, "vault/item/field", ""},
      {"arn:aws:secretsmanager:eu-west-2:1:secret:x", Form::kReference, "eu-west-2:1:secret:x", ""},
      {"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)", Form::kReference,
       "SecretUri=https://v.vault.azure.net/secrets/s", ""},
      {"file:/run/secrets/db", Form::kReference, "/run/secrets/db", ""},
      {"{{resolve:secretsmanager:MySecret:SecretString:password}}", Form::kReference,
       "secretsmanager:MySecret:SecretString:password", ""},
      {"/run/secrets/db_password", Form::kReference, "/run/secrets/db_password", ""},
      {"C:\\certs\\k.pem", Form::kReference, "C:\\certs\\k.pem", ""},
      {"keystore.jks", Form::kReference, "keystore.jks", ""},
      {"$('dbPassword')", Form::kReference, "dbPassword", ""},
      {"$cfg('db.password')", Form::kReference, "db.password", ""},
      {"$gc(\"token\")", Form::kReference, "token", ""},
      {"${vault:secret/data/app}", Form::kReference, "secret/data/app", ""},
      {"${VAULT::ds::password::1}", Form::kReference, ":ds::password::1", ""},
      {"${{ secrets.NPM_TOKEN }}", Form::kReference, "NPM_TOKEN", ""},
      {"!Ref DbPassword", Form::kReference, "DbPassword", ""},
      {"var.db_password", Form::kReference, "var.db_password", ""},
      {"process.env.DB_PASSWORD", Form::kReference, "process.env.DB_PASSWORD", ""},
      {"os.environ['DB_PASSWORD']", Form::kReference, "DB_PASSWORD", ""},
      {"getPassword()", Form::kReference, "getPassword", ""},
      {"System.getenv(\"DB_PASSWORD\")", Form::kReference, "DB_PASSWORD", ""},
      {"[parameters('adminPassword')]", Form::kReference, "adminPassword", ""},
      {"projects/p/secrets/s/versions/1", Form::kReference, "projects/p/secrets/s/versions/1", ""},
  };
  for (const FormCase& row : rows) expect_form(row);
}

TEST(ValueForm, VariablesArePlaceholdersWithAName) {
  expect_form({"!DB_PASS!", Form::kPlaceholder, "DB_PASS", ""});
  expect_form({"!dwh_token!", Form::kPlaceholder, "dwh_token", ""});
  expect_form({"%~2", Form::kPlaceholder, "", ""});
  expect_form({"%1", Form::kPlaceholder, "", ""});
  const FormCase rows[] = {
      {"${DB_PASSWORD}", Form::kPlaceholder, "DB_PASSWORD", ""},
      {"${db.password}", Form::kPlaceholder, "db.password", ""},
      {"${env:DB_PASSWORD}", Form::kPlaceholder, "DB_PASSWORD", ""},
      {"${X:?must be set}", Form::kPlaceholder, "X", ""},
      {"${X:-}", Form::kPlaceholder, "X", ""},
      {"$DB_PASSWORD", Form::kPlaceholder, "DB_PASSWORD", ""},
      {"$DB_PASSWORD2", Form::kPlaceholder, "DB_PASSWORD2", ""},
      {"$password", Form::kPlaceholder, "password", ""},
      {"$this->password", Form::kPlaceholder, "password", ""},
      {"$o->{clock};", Form::kPlaceholder, "o", ""},
      {"$(DbPassword)", Form::kPlaceholder, "DbPassword", ""},
      {"{{ db_password }}", Form::kPlaceholder, "db_password", ""},
      {"#{DbPassword}", Form::kPlaceholder, "DbPassword", ""},
      {"%(password)s", Form::kPlaceholder, "password", ""},
      {"%DB_PASSWORD%", Form::kPlaceholder, "DB_PASSWORD", ""},
      {"@db.password@", Form::kPlaceholder, "db.password", ""},
      {"__DB_PASSWORD__", Form::kPlaceholder, "DB_PASSWORD", ""},
      {"<%= ENV['PW'] %>", Form::kPlaceholder, "ENV", ""},
      {"{password}", Form::kPlaceholder, "password", ""},
      {"<your password>", Form::kPlaceholder, "your password", ""},
      {"%s", Form::kPlaceholder, "", ""},
      {"{0}", Form::kPlaceholder, "", ""},
      {"${A}-${B}", Form::kPlaceholder, "A", ""},
      {"app-${ENV}", Form::kPlaceholder, "ENV", ""},
  };
  for (const FormCase& row : rows) expect_form(row);
}

TEST(ValueForm, TheDefaultOfAVariableIsALiteral) {
  const FormCase rows[] = {
      {"${X:-Winter2024x}", Form::kPlaceholder, "X", "Winter2024x"},
      {"${X-Winter2024x}", Form::kPlaceholder, "X", "Winter2024x"},
      {"${X:=Winter2024x}", Form::kPlaceholder, "X", "Winter2024x"},
      {"${db.password:Winter2024x}", Form::kPlaceholder, "db.password", "Winter2024x"},
      {"${db-password:Winter2024x}", Form::kPlaceholder, "db-password", "Winter2024x"},
      {"${A:-${B:-Winter2024x}}", Form::kPlaceholder, "A", "Winter2024x"},
      {"${A:-${B}}", Form::kPlaceholder, "A", ""},
      {"${env:X:-Winter2024x}", Form::kPlaceholder, "X", "Winter2024x"},
      {"{{ pw | default('Winter2024x') }}", Form::kPlaceholder, "pw", "Winter2024x"},
      {"{{ .Values.pw | default \"Winter2024x\" }}", Form::kPlaceholder, "Values.pw",
       "Winter2024x"},
      {"{{ env_var('PW', 'Winter2024x') }}", Form::kPlaceholder, "env_var", "Winter2024x"},
      {"<%= ENV.fetch('PW', 'Winter2024x') %>", Form::kPlaceholder, "ENV.fetch", "Winter2024x"},
      {"os.getenv(\"PW\", \"Winter2024x\")", Form::kReference, "PW", "Winter2024x"},
      {"process.env.PW || 'Winter2024x'", Form::kReference, "process.env.PW", "Winter2024x"},
      {"{noop}Winter2024x", Form::kPlaintext, "", "Winter2024x"},
      {"base64:V2ludGVyMjAyNA==", Form::kBase64, "", "V2ludGVyMjAyNA=="},
  };
  for (const FormCase& row : rows) expect_form(row);
}

TEST(ValueForm, LiteralTextBesideAVariableIsStillAPassword) {
  expect_form({"${USER}:Winter2024x", Form::kPlaintext, "", ""});
}

TEST(ValueForm, LiteralSpansCountFromTheUntrimmedValue) {
  const std::string value = "  ${X:-lit3ral}\n";
  EXPECT_EQ(slice(value, classify_value(value).literal), "lit3ral");
}

TEST(ValueForm, UnclosedOpeningsCostOnePass) {
  // One second at most would hold even for a byte at a time; quadratic work takes minutes.
  const std::string open = repeated("${", 2'000'000);
  EXPECT_EQ(classify_value(open).form, Form::kPlaintext);
  const std::string nested = repeated("${A:-", 400'000) + repeated("}", 400'000);
  EXPECT_EQ(classify_value(nested).form, Form::kPlaceholder);
  EXPECT_EQ(classify_value(repeated("{{", 1'000'000)).form, Form::kPlaintext);
  EXPECT_EQ(classify_value(repeated("<%x", 1'000'000)).form, Form::kPlaintext);
}

TEST(ValueForm, EveryFormHasTheWordOfTheReference) {
  EXPECT_EQ(to_string(Form::kKeyMaterial), "key material");
  EXPECT_EQ(to_string(Form::kNone), "none");
  EXPECT_TRUE(holds_secret(Form::kHashed));
  EXPECT_FALSE(holds_secret(Form::kReference));
}

TEST(DummyReason, PublishedSamplesOpenNothing) {
  for (const std::string& value :
       {std::string("AKIAIOSFODNN7") + "EXAMPLE",
        std::string("wJalrXUtnFEMI/K7MDENG/") + "bPxRfiCYEXAMPLEKEY",
        std::string("JBSWY3DP") + "EHPK3PXP", std::string("sk_test_4eC39Hq") + "LyjWDarjtT1zdp7dc",
        std::string("eyJhbGciOiJIUzI1NiJ9.e30.SflKxwRJSMeKKF2QT4fw") + "pMeJf36POk6yJV_adQssw5c"}) {
    EXPECT_EQ(dummy_reason(value), "published-sample") << value.size();
  }
}

TEST(DummyReason, FillersFireAsWholeValueOrWholeSegment) {
  for (const char* value :
       {"example", "your-password-here", "YOUR_API_KEY", "<insert>", "insert-key-here", "xxx",
        "sk_live_xxxxxxxxxxxxxxxx", "1234567890", "abcdefgh", "aaaaaaaa", "0000000000000000",
        "my-example-token", "TODO", "replace_me", "AKIAXXXXXXXXXXXXXXXX", "<password>",
        "00000000-0000-0000-0000-000000000000", "d41d8cd98f00b204e9800998ecf8427e",
        // There is none.
        "tbc", "TBA", "***MASKED***", "[unset]", "not-required", "Platzhalter", "***REMOVED***"}) {
    EXPECT_NE(dummy_reason(value), "") << value;
  }
}

TEST(DummyReason, WeakPasswordsAndChanceWordsAreNoFillers) {
  for (const char* value : {"changeme",
                            "secret",
                            "password",
                            "Password123!",
                            "qwerty",
                            "12345678",
                            "123456",
                            "fQ2exampleR7tXp9",
                            "Sample2024Sun",
                            "todorov77",
                            "a1b2c3d4e5f6",
                            "letmein",
                            "yourself",
                            "correct-horse-battery",
                            "root",
                            "admin",
                            "seeking-keepass",
                            "see7-keepass",
                            "sunset",
                            ""}) {
    EXPECT_EQ(dummy_reason(value), "") << value;
  }
}

TEST(DummyReason, PublishedDefaultsOpenSomethingSoTheyAreNoDummies) {
  for (const std::string& value :
       {std::string("yourStrong(!)Password"), std::string("mysecretpassword"),
        std::string("my-secret-pw"), std::string("changeit"), std::string("django-insecure-ab#9"),
        std::string("81uWx") + "plDtB", std::string("Banana")}) {
    EXPECT_TRUE(is_published_default(value)) << value;
    EXPECT_EQ(dummy_reason(value), "") << value;
  }
  EXPECT_FALSE(is_published_default("Winter2024x"));
}

}  // namespace
}  // namespace nhi

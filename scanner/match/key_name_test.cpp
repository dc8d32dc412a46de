#include "scanner/match/key_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace nhi {
namespace {

TEST(JudgeKey, ComparesWholeWordsOfTheName) {
  for (const std::string_view key :
       {"public_key", "primaryKey", "token_url", "secretName", "password_policy",
        "minPasswordLength", "passwordField", "password_hint", "csrf_token", "PASSWORD_FILE"}) {
    EXPECT_EQ(judge_key(key), KeyKind::kOther) << key;
  }
  for (const std::string_view key :
       {"key_id", "PASSWORDENCODER", "secretref", "existingSecret", "compass", "monkey",
        "app.passport", "nhsMHSPartyKey", "certs.public.key", "rabbitmq.routing.key", "ProductKey",
        "recaptcha_site_key", "object_key", "idempotencyKey", "tokenizer", "file_token"}) {
    EXPECT_EQ(judge_key(key), KeyKind::kOther) << key;
  }
  for (const std::string_view key : {"password_hash", "api_key_sha256", "keyFingerprint"}) {
    EXPECT_EQ(judge_key(key), KeyKind::kDigest) << key;
  }
  for (const std::string_view key :
       {"password", "DB_PASSWORD", "smtpPass", "pw", "root.pwd", "errors.password",
        "compass_password", "hl7_endpoint_password", "keystoreFilePassword"}) {
    EXPECT_EQ(judge_key(key), KeyKind::kPassword) << key;
  }
  for (const std::string_view key :
       {"api_key", "clientSecret", "ACCESS_TOKEN", "minioKey", "app.service.key"}) {
    EXPECT_EQ(judge_key(key), KeyKind::kMachine) << key;
  }
}

TEST(NamesSomethingElse, LooksAtTheWordsBehindTheSecretOne) {
  for (const std::string_view key :
       {"password_encryption", "passwordHistory", "token.refreshInterval", "key_rotation_days"}) {
    EXPECT_TRUE(names_something_else(key)) << key;
  }
  for (const std::string_view key : {"password", "DB_PASSWORD_PROD", "password2", "secret_key_base",
                                     "app.password_encryption.password", "PASS_WORD", "apiKey1"}) {
    EXPECT_FALSE(names_something_else(key)) << key;
  }
}

TEST(SplitKey, GivesTheWordsInOrderAndStopsWhenItIsFull) {
  std::array<Bytes, kKeyWordsMax> words;
  ASSERT_EQ(split_key("app.dbPass_word-2", words), 5U);
  EXPECT_EQ(words[1], "db");
  EXPECT_EQ(words[2], "Pass");
  EXPECT_EQ(words[4], "2");
  std::string many;
  for (int i = 0; i < 40; ++i) many += "a_";
  EXPECT_EQ(split_key(many, words), kKeyWordsMax);
  EXPECT_EQ(split_key("", words), 0U);
}

TEST(HasKeyWord, TakesNoPartOfAWord) {
  EXPECT_TRUE(has_key_word("dbPw", "pw"));
  EXPECT_TRUE(has_key_word("DB_PW_2", "pw"));
  EXPECT_FALSE(has_key_word("pwned", "pw"));
  EXPECT_FALSE(has_key_word("", "pw"));
}

// What was found for a name is kept; names that share a place there must not share an answer.
TEST(KeyName, IsJudgedTheSameHoweverOftenAndAfterWhatever) {
  const auto name_of = [](int i) {
    return (i % 3 == 0   ? "password_url"
            : i % 3 == 1 ? "password"
                         : "api_key_sha256") +
           std::string("_") + std::to_string(i);
  };
  std::vector<KeyKind> first;
  for (int i = 0; i < 5000; ++i) first.push_back(judge_key(name_of(i)));
  for (int i = 4999; i >= 0; --i) {
    EXPECT_EQ(judge_key(name_of(i)), first[static_cast<std::size_t>(i)]) << name_of(i);
    const KeyKind wanted = i % 3 == 0   ? KeyKind::kOther
                           : i % 3 == 1 ? KeyKind::kPassword
                                        : KeyKind::kDigest;
    EXPECT_EQ(first[static_cast<std::size_t>(i)], wanted) << name_of(i);
  }
  const std::string longer(200, 'x');
  EXPECT_EQ(judge_key("password_" + longer), KeyKind::kPassword);
  EXPECT_EQ(judge_key(longer), judge_key(longer));
}

}  // namespace
}  // namespace nhi

#include "rotators/redis/account.hpp"

#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

using Kind = RedisAnswer::Kind;

RedisAnswer text(std::string_view said) { return {Kind::kText, std::string(said), 0, {}}; }
RedisAnswer list(std::vector<RedisAnswer> items) { return {Kind::kList, {}, 0, std::move(items)}; }

// Source: printf secret | sha256sum
constexpr const char* kHash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

TEST(RedisAccount, HashesAsTheServerDoes) { EXPECT_EQ(hash_of_value(SecretText("secret")), kHash); }

TEST(RedisAccount, IsReadOfGetuser) {
  const auto account = account_from(list(
      {text("flags"), list({text("on"), text("nopass")}), text("passwords"), list({text(kHash)})}));
  ASSERT_TRUE(account);
  EXPECT_TRUE(account->exists && account->enabled && account->takes_any);
  EXPECT_TRUE(account->holds(kHash));
  EXPECT_FALSE(account->holds_others(kHash));
  EXPECT_TRUE(account->holds_others("another"));
  EXPECT_FALSE(account_from({})->exists);
}

TEST(RedisAccount, WhatIsNoAnswerIsNotTakenForAnEmptyUser) {
  EXPECT_FALSE(account_from(text("OK")));
  EXPECT_FALSE(account_from(list({text("flags"), list({})})));
  // A server that stores them otherwise: nothing could be compared.
  EXPECT_FALSE(account_from(
      list({text("flags"), list({}), text("passwords"), list({text("$argon2id$v=19$…")})})));
  const auto refused = account_from({Kind::kError, "NOPERM no", 0, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "NOPERM");
}

TEST(RedisAccount, AnIdTellsValuesApartAndNotWhatTheyAre) {
  const CredentialId one = id_of_hash("app", kHash);
  EXPECT_EQ(one, id_of_hash("app", kHash));
  EXPECT_NE(one, id_of_hash("app", hash_of_value(SecretText("other"))));
  EXPECT_NE(one.at("password"), id_of_hash("app2", kHash).at("password"));
  EXPECT_EQ(one.at("password").size(), 6U);
  EXPECT_EQ(std::string(kHash).find(one.at("password")), std::string::npos);
  // Source: hashlib.pbkdf2_hmac("sha256", kHash, b"nhisweep redis.acl-user app", 10000, 3)
  EXPECT_EQ(one.at("password"), "822866");
}

TEST(RedisAccount, KnowsItsIds) {
  EXPECT_TRUE(is_id_of({{"user", "app"}}, "app"));
  EXPECT_TRUE(is_id_of({{"user", "app"}, {"password", "00ff00"}}, "app"));
  EXPECT_TRUE(names_password({{"user", "app"}, {"password", "00ff00"}}));
  EXPECT_FALSE(names_password({{"user", "app"}}));
  for (const CredentialId& id :
       {CredentialId{}, CredentialId{{"user", "other"}}, CredentialId{{"password", "00ff00"}},
        CredentialId{{"user", "app"}, {"password", "00FF00"}},
        CredentialId{{"user", "app"}, {"password", "00ff0"}},
        CredentialId{{"user", "app"}, {"more", "x"}},
        CredentialId{{"user", "app"}, {"password", "00ff00"}, {"more", "x"}}}) {
    EXPECT_FALSE(is_id_of(id, "app"));
  }
}

TEST(RedisAccount, FindsTheClientsOfTheUser) {
  const auto clients = clients_of(
      "id=3 addr=10.0.0.7:43858 laddr=127.0.0.1:7799 name=etl age=12 user=app resp=2\n"
      "id=4 addr=10.0.0.8:1 name=user=app age=1 user=other\n"
      "id=5 addr=[::1]:9 name= age=3 flags=N user=app\n",
      "app");
  ASSERT_EQ(clients.size(), 2U);
  EXPECT_EQ(clients[0].shown, "10.0.0.7 app=etl");
  EXPECT_EQ(clients[0].age_seconds, 12);
  EXPECT_EQ(clients[1].shown, "[::1]");
  EXPECT_TRUE(clients_of("", "app").empty());
}

}  // namespace
}  // namespace nhi

#include "rotators/redis/account.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nhi {
namespace {

using Digest = std::array<unsigned char, 32>;
constexpr int kIdRounds = 10'000;
constexpr std::size_t kIdBytes = 3;

std::string hex_of(const unsigned char* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_hash(const RedisAnswer& answer) {
  return answer.kind == RedisAnswer::Kind::kText && answer.text.size() == 64 && is_hex(answer.text);
}

// The value of ` name=` in a line of CLIENT LIST. A name of a user or a client has no spaces.
std::string_view field_of(std::string_view line, std::string_view name) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view word = line.substr(at, end - at);
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=') {
      return word.substr(name.size() + 1);
    }
    at = end + 1;
  }
  return {};
}

RedisClient client_of(std::string_view line) {
  RedisClient client;
  const std::string_view address = field_of(line, "addr");
  client.shown = plain_line(address.substr(0, address.rfind(':')));
  if (const auto name = field_of(line, "name"); !name.empty()) {
    client.shown += " app=" + plain_line(name);
  }
  const std::string_view age = field_of(line, "age");
  std::from_chars(age.data(), age.data() + age.size(), client.age_seconds);
  return client;
}

}  // namespace

bool RedisAccount::holds(std::string_view hash) const {
  return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
}

bool RedisAccount::holds_others(std::string_view hash) const {
  return std::any_of(hashes.begin(), hashes.end(),
                     [&](const std::string& one) { return one != hash; });
}

Expected<RedisAccount, RedisFailure> account_from(const RedisAnswer& answer) {
  using Kind = RedisAnswer::Kind;
  RedisAccount account;
  if (answer.is_error()) return fail(read_refusal(answer.text));
  if (answer.kind == Kind::kNothing) return account;
  account.exists = true;
  const RedisAnswer& flags = answer.under("flags");
  const RedisAnswer& passwords = answer.under("passwords");
  if (flags.kind != Kind::kList || passwords.kind != Kind::kList) {
    return fail(RedisFailure{Trouble::kLost, {}, "what ACL GETUSER answered cannot be read"});
  }
  for (const RedisAnswer& flag : flags.items) {
    if (flag.text == "on") account.enabled = true;
    if (flag.text == "nopass") account.takes_any = true;
  }
  for (const RedisAnswer& password : passwords.items) {
    if (!is_hash(password)) {
      return fail(RedisFailure{Trouble::kLost, {}, "the server keeps passwords in another form"});
    }
    account.hashes.push_back(password.text);
  }
  return account;
}

std::string hash_of_value(const SecretText& value) {
  const std::string_view bytes = value.reveal();
  Digest digest{};
  ::EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, ::EVP_sha256(), nullptr);
  return hex_of(digest.data(), digest.size());
}

CredentialId id_of_user(const std::string& user) { return {{"user", user}}; }

CredentialId id_of_hash(const std::string& user, std::string_view hash) {
  const std::string salt = "nhisweep redis.acl-user " + user;
  std::array<unsigned char, kIdBytes> made{};
  ::PKCS5_PBKDF2_HMAC(hash.data(), static_cast<int>(hash.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), kIdRounds, ::EVP_sha256(),
                      static_cast<int>(made.size()), made.data());
  return {{"user", user}, {"password", hex_of(made.data(), made.size())}};
}

bool names_password(const CredentialId& id) { return id.count("password") != 0; }

bool is_id_of(const CredentialId& id, const std::string& user) {
  const auto name = id.find("user");
  if (name == id.end() || name->second != user) return false;
  const auto password = id.find("password");
  if (password == id.end()) return id.size() == 1;
  return id.size() == 2 && password->second.size() == 2 * kIdBytes && is_hex(password->second);
}

std::vector<RedisClient> clients_of(std::string_view list, std::string_view user) {
  std::vector<RedisClient> clients;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find('\n', at), list.size());
    const std::string_view line = list.substr(at, end - at);
    if (field_of(line, "user") == user) clients.push_back(client_of(line));
    at = end + 1;
  }
  return clients;
}

}  // namespace nhi

#include "scanner/definitions/names.hpp"

#include <algorithm>
#include <array>

#include "scanner/base/chars.hpp"

namespace nhi::definitions {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kNameBytesMax = 256;  // longer names are texts, not names

template <std::size_t N>
bool any_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 26> kSecretWords = {
    "password",     "passwd",       "pwd",       "passphrase",    "passcode",    "secret",
    "token",        "apikey",       "pass",      "storepass",     "keypass",     "keystorepw",
    "keypw",        "truststorepw", "pw",        "clientsecret",  "secretkey",   "accesstoken",
    "passwort",     "apitoken",     "authtoken", "storepassword", "keypassword", "dbpassword",
    "userpassword", "dbpass"};
// `api key` in two words.
constexpr std::array<std::string_view, 6> kKeyOwners = {"api",    "access",  "secret",
                                                        "shared", "account", "subscription"};
constexpr std::array<std::string_view, 11> kAccountWords = {
    "user", "username",  "login",  "account",   "uid",  "userid",
    "usr",  "principal", "dbuser", "loginname", "logon"};
constexpr std::array<std::string_view, 12> kTargetWords = {
    "url",      "uri",        "host",    "hostname", "server", "address",
    "endpoint", "servername", "jdbcurl", "dburl",    "dsn",    "addr"};
// Beside a secret word these say that the value is something about the secret.
constexpr std::array<std::string_view, 44> kAboutWords = {
    "url",         "uri",         "host",       "file",       "path",       "length",
    "minlength",   "expiry",      "expires",    "expiration", "days",       "policy",
    "field",       "location",    "header",     "type",       "min",        "max",
    "timeout",     "enabled",     "reset",      "endpoint",   "retrylimit", "lockoutperiod",
    "graceperiod", "reuseperiod", "reuselimit", "minupper",   "minlower",   "minnumeric",
    "minspecial",  "variable",    "algorithm",  "format",     "hint",       "prompt",
    "label",       "count",       "lifetime",   "refresh",    "auth",       "column",
    "regex",       "validation"};

NameRole role_of_last(const Words& words, std::size_t& used) {
  const std::string& last = words.back();
  used = 1;
  if (any_of(last, kSecretWords)) return NameRole::kSecret;
  if (words.size() > 1) {
    const std::string& before = words[words.size() - 2];
    used = 2;
    if (last == "key" && any_of(before, kKeyOwners)) return NameRole::kSecret;
    if (last == "word" && before == "pass") return NameRole::kSecret;
    const bool account_id =
        (last == "name" || last == "id") && (any_of(before, kAccountWords) || before == "client");
    if (account_id) return NameRole::kAccount;
    if (last == "name" && before == "host") return NameRole::kTarget;
    if (last == "string" && before == "connection") return NameRole::kTarget;
    used = 1;
  }
  if (any_of(last, kAccountWords)) return NameRole::kAccount;
  if (any_of(last, kTargetWords)) return NameRole::kTarget;
  if (last == "port") return NameRole::kPort;
  return NameRole::kOther;
}

std::string join(const Words& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out.push_back('.');
    out += word;
  }
  return out;
}

}  // namespace

std::vector<std::string> name_words(Bytes name) {
  Words words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::size_t i = 0; i < std::min(name.size(), kNameBytesMax); ++i) {
    const char c = name[i];
    if (!chars::is_letter(c) && !chars::is_digit(c)) {
      finish();
      continue;
    }
    const bool upper = chars::is_letter(c) && chars::lower(c) != c;
    if (upper && i > 0) {
      const char before = name[i - 1];
      const bool before_lower =
          chars::is_digit(before) || (chars::is_letter(before) && chars::lower(before) == before);
      const bool next_lower = i + 1 < name.size() && chars::is_letter(name[i + 1]) &&
                              chars::lower(name[i + 1]) == name[i + 1];
      // `cdsDb`, and the last capital of `URLPath`; but `ID` and `PW` stay whole.
      if (before_lower || (next_lower && chars::is_letter(before) && word.size() > 1)) finish();
    }
    word.push_back(chars::lower(c));
  }
  finish();
  return words;
}

NameParts name_parts(Bytes name) {
  NameParts parts;
  if (name.empty() || name.size() > kNameBytesMax) return parts;
  Words words = name_words(name);
  // `password1`, `db_user_2`: a number at the end is part of the stem.
  std::string number;
  if (words.size() > 1 && chars::all_are(words.back(), chars::is_digit)) {
    number = words.back();
    words.pop_back();
  }
  if (words.empty()) return parts;
  std::size_t used = 1;
  parts.role = role_of_last(words, used);
  if (parts.role == NameRole::kOther) {
    // The role may stand before a stem: `password_prod`, `user.pas`.
    for (std::size_t i = words.size() - 1; i-- > 0;) {
      const bool about =
          std::any_of(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end(),
                      [](const auto& word) { return any_of(word, kAboutWords); });
      if (about) break;
      Words head(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      const NameRole role = role_of_last(head, used);
      if (role != NameRole::kSecret) continue;
      // Words behind a secret word that are no place or stage are more likely about it.
      if (words.size() - i - 1 > 1) break;
      parts.role = role;
      head.resize(head.size() - used);
      head.insert(head.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      parts.stem = join(head);
      return parts;
    }
    return parts;
  }
  words.resize(words.size() - used);
  if (!number.empty()) words.push_back(number);
  parts.stem = join(words);
  return parts;
}

bool is_secret_name(Bytes name) { return name_parts(name).role == NameRole::kSecret; }

bool is_login_header(Bytes name) {
  static constexpr std::array<std::string_view, 12> kHeaders = {
      "authorization",   "proxy-authorization", "x-api-key",      "api-key",
      "apikey",          "x-auth-token",        "x-access-token", "ocp-apim-subscription-key",
      "x-functions-key", "private-token",       "x-apikey",       "subscription-key"};
  if (name.size() > 64) return false;
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), chars::lower);
  return any_of(folded, kHeaders);
}

}  // namespace nhi::definitions

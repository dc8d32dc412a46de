#include "rotators/mariadb/account.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "rotators/mariadb/verifier.hpp"

namespace nhi {
namespace {

constexpr int kIdRounds = 10'000;
constexpr std::size_t kIdBytes = 3;
constexpr std::size_t kNativeChars = 41;
constexpr std::size_t kEd25519Chars = 43;
constexpr std::size_t kMethodsMax = 64;
constexpr const char* kNoHash = "invalid";

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}
std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return text;
}

// Goes into a statement as it is.
bool is_plugin_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

AuthMethod method_from(const Json& object) {
  AuthMethod method{text_in(object, "plugin"), text_in(object, "authentication_string")};
  if (method.plugin.empty()) method.plugin = kNativePlugin;  // a row of before there were plugins
  if (method.plugin == kNativePlugin)
    method.text = method.text == kNoHash ? kNoHash : capitals(method.text);
  return method;
}

}  // namespace

bool AuthMethod::is_value() const {
  if (plugin == kNativePlugin) {
    return text.size() == kNativeChars && text.front() == '*' &&
           is_hex(std::string_view(text).substr(1));
  }
  return plugin == kEd25519Plugin && text.size() == kEd25519Chars;
}

bool AuthMethod::is_open() const { return plugin == kNativePlugin && text.empty(); }

AuthMethod dead_method() { return {kNativePlugin, kNoHash}; }

std::vector<AuthMethod> MariaAccount::values() const {
  std::vector<AuthMethod> values;
  std::copy_if(methods.begin(), methods.end(), std::back_inserter(values),
               [](const AuthMethod& method) { return method.is_value(); });
  return values;
}

Answer<std::optional<MariaAccount>> account_from(AccountName name, std::string_view priv) {
  const auto read = parse_json(priv);
  if (!read || !read->is_object()) {
    return refuse(PluginErrorCode::kUnsupported, "a row of mysql.global_priv cannot be read");
  }
  if (flag_in(*read, "is_role")) return std::optional<MariaAccount>();
  MariaAccount account;
  account.name = std::move(name);
  account.locked = flag_in(*read, "account_locked");
  account.expired = number_in(*read, "password_last_changed", 1) == 0;
  const AuthMethod own = method_from(*read);
  const Json& several = member(*read, "auth_or");
  if (!several.is_array() || several.empty()) {
    account.methods = {own};
  } else {
    // The place of the one that stands in the row itself is empty.
    for (const Json& entry : several) {
      account.methods.push_back(entry.empty() ? own : method_from(entry));
    }
  }
  const bool known = std::all_of(account.methods.begin(), account.methods.end(),
                                 [](const AuthMethod& it) { return is_plugin_name(it.plugin); });
  if (!known || account.methods.size() > kMethodsMax) {
    return refuse(PluginErrorCode::kUnsupported,
                  "the account has over 64 methods, or a plugin whose name is none");
  }
  return std::optional<MariaAccount>(std::move(account));
}

std::string clause_of(const std::vector<AuthMethod>& methods,
                      const std::function<std::string(std::string_view)>& quoted) {
  std::string clause = "IDENTIFIED VIA ";
  for (std::size_t i = 0; i < methods.size(); ++i) {
    if (i > 0) clause += " OR ";
    clause += methods[i].plugin;
    // Of a plugin that keeps a text "none" and "an empty one" are the same.
    const bool bare = methods[i].text.empty() && !methods[i].is_open();
    if (!bare) clause += " USING " + quoted(methods[i].text);
  }
  return clause;
}

Answer<std::vector<AuthMethod>> methods_of(const SecretText& value) {
  const auto native = native_verifier(value);
  const auto ed25519 = ed25519_verifier(value);
  if (!native || !ed25519) {
    return refuse(PluginErrorCode::kInternal, "no verifier can be made of the value");
  }
  return std::vector<AuthMethod>{{kNativePlugin, *native}, {kEd25519Plugin, *ed25519}};
}

CredentialId id_of_account(const AccountName& name) {
  return {{"user", name.user}, {"host", name.host}};
}

CredentialId id_of_value(const AccountName& name, const AuthMethod& method) {
  const std::string salt = "nhisweep mariadb.account " + name.user + "@" + name.host;
  const std::string kept = method.plugin + " " + method.text;
  std::array<unsigned char, kIdBytes> made{};
  ::PKCS5_PBKDF2_HMAC(kept.data(), static_cast<int>(kept.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), kIdRounds, ::EVP_sha256(),
                      static_cast<int>(made.size()), made.data());
  CredentialId id = id_of_account(name);
  id["password"] = fmt::format("{:02x}{:02x}{:02x}", made[0], made[1], made[2]);
  return id;
}

bool names_password(const CredentialId& id) { return id.count("password") != 0; }

std::optional<AccountName> account_in(const CredentialId& id, const std::string& user) {
  const auto name = id.find("user");
  const auto host = id.find("host");
  if (name == id.end() || name->second != user || host == id.end()) return std::nullopt;
  const auto password = id.find("password");
  const bool has_password = password != id.end();
  if (id.size() != (has_password ? 3U : 2U)) return std::nullopt;
  if (has_password && (password->second.size() != 2 * kIdBytes || !is_hex(password->second))) {
    return std::nullopt;
  }
  return AccountName{user, host->second};
}

}  // namespace nhi

#include "rotators/mariadb/target.hpp"

#include <algorithm>

#include "rotators/mariadb/verifier.hpp"

namespace nhi {
namespace {

constexpr std::uint16_t kUsualPort = 3306;
// Source: USERNAME_CHAR_LENGTH and HOSTNAME_LENGTH of MariaDB's mysql_com.h.
constexpr std::ptrdiff_t kUserCharsMax = 128;
constexpr std::size_t kAccountHostBytesMax = 255;

// Names come out of JSON, so that they are UTF-8.
std::ptrdiff_t count_chars(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

// Source: names of accounts are utf8mb3.
bool has_long_char(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0xF0U; });
}

// What is wrong with the name of a user; empty if nothing is.
std::string_view fault_of_user(std::string_view name) {
  if (name.empty()) return "is empty";
  if (count_chars(name) > kUserCharsMax) return "is over 128 characters: MariaDB would cut it";
  if (name.find('\0') != std::string_view::npos) return "has a NUL";
  if (has_long_char(name)) return "has a character over U+FFFF, which MariaDB has in no name";
  if (name.back() == ' ') return "ends with a space, which MariaDB does not tell apart";
  return {};
}

Answer<void> check_tls(const TlsChoice& tls) {
  if (tls.mode == "verify-ca") {
    return wrong_field("tls", "is verify-ca, which libmariadb does not know: use verify-full");
  }
  if (!tls.ca.empty() && (tls.mode == "require" || tls.mode == "disable")) {
    return wrong_field("ca", "is looked at with verify-full only");
  }
  return {};
}

}  // namespace

Answer<MariaTarget> target_of(const RotatorCall& call) {
  MariaTarget target;
  NHI_TRY(Endpoint node, target_endpoint(call, kUsualPort));
  NHI_TRY(target.nodes, further_nodes(call, "replicas", node.port));
  target.nodes.insert(target.nodes.begin(), std::move(node));
  NHI_TRY(target.tls, tls_choice(call));
  NHI_CHECK_OK(check_tls(target.tls));
  target.user = text_in(call.ref(), "user");
  target.account_host = text_in(call.ref(), "account_host");
  target.admin = text_in(call.config(), "admin");
  target.plugin = text_in(call.config(), "plugin");
  if (const auto fault = fault_of_user(target.user); !fault.empty()) {
    return wrong_field("user", fault);
  }
  if (const auto fault = fault_of_user(target.admin); !fault.empty()) {
    return wrong_field("admin", fault);
  }
  if (target.account_host.size() > kAccountHostBytesMax || has_long_char(target.account_host) ||
      target.account_host.find('\0') != std::string::npos) {
    return wrong_field("account_host", "is over 255 bytes, or has what MariaDB has in no name");
  }
  // Its own password is in use while it is changed, and a revoke would lock it out.
  if (target.user == target.admin) return wrong_field("user", "is the admin account itself");
  if (!target.plugin.empty() && target.plugin != kNativePlugin && target.plugin != kEd25519Plugin) {
    return wrong_field("plugin", "is none of mysql_native_password, ed25519");
  }
  return target;
}

std::vector<PluginField> ref_fields() {
  return {{"host", FieldKind::kText, true, "name, address, or the path of a socket"},
          {"port", FieldKind::kNumber, false, "3306 if absent"},
          {"user", FieldKind::kText, true, "of the account, as it is stored"},
          {"account_host", FieldKind::kText, false,
           "where the account may log in from, as it is stored: % or 10.%; may be absent where the "
           "user has one account"}};
}

std::vector<PluginField> config_fields() {
  std::vector<PluginField> fields = {
      {"admin", FieldKind::kText, true, "the user whose password is given as auth"},
      {"replicas", FieldKind::kList, false,
       "host:port of servers that must agree: values are tried and sessions ended there too"},
      {"plugin", FieldKind::kText, false,
       "of new values: mysql_native_password or ed25519; if absent that of the account's values"}};
  for (PluginField& field : tls_fields()) fields.push_back(std::move(field));
  return fields;
}

}  // namespace nhi

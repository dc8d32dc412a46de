#include "scanner/base/value_form.hpp"
#include "scanner/base/word_list.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "scanner/base/chars.hpp"
#include "scanner/base/value_parts.hpp"
#include "scanner/base/value_prefixes.hpp"

namespace nhi {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

using namespace chars;
using value_parts::made;

// --- values that are one fixed thing -----------------------------------------------------------

std::optional<ValueForm> empty_form(Bytes v) {
  static constexpr WordList kNulls(
      {"null", "nil", "none", "undefined", "~", "n/a", "(null)", "<null>", "nullptr", "dbnull"});
  static constexpr WordList kBooleans({"true", "false", "yes", "no", "on", "off"});
  if (v.empty()) return made(Form::kNone, "empty");
  if (v == "\"\"" || v == "''") return made(Form::kNone, "empty");
  if (kNulls.holds(v)) return made(Form::kNone, "null");
  if (kBooleans.holds(v)) return made(Form::kNone, "boolean");
  // `"Token"=hex:52,39` of the registry: too short for a secret.
  constexpr std::size_t kShortBinary = 24;
  if (v.size() < kShortBinary && starts_folded(v, "hex:") &&
      all_are(v.substr(4), [](char c) { return is_hex(c) || c == ','; })) {
    return made(Form::kNone, "binary");
  }
  return std::nullopt;
}

// Longest run of `c` in `v`.
std::size_t longest_run(Bytes v, char c) {
  std::size_t best = 0;
  std::size_t now = 0;
  for (const char one : v) {
    now = one == c ? now + 1 : 0;
    best = std::max(best, now);
  }
  return best;
}

std::optional<ValueForm> masked_form(Bytes v) {
  static constexpr WordList kWords(
      {"[redacted]",        "<redacted>",  "redacted",    "(redacted)", "[masked]",
       "<masked>",          "[hidden]",    "<hidden>",    "(hidden)",   "[filtered]",
       "<filtered>",        "[removed]",   "<removed>",   "[secret]",   "<sensitive>",
       "(sensitive value)", "(sensitive)", "[protected]", "--hidden--", "*sensitive*data*deleted*",
       "<encrypted>",       "[scrubbed]"});
  const auto masked = made(Form::kMasked, "masked");
  if (kWords.holds(v)) return masked;
  static constexpr CharSet kOneMark("*#.");
  static constexpr CharSet kMarks("xX*-");
  const char first = v.front();
  if (v.size() >= 3 && kOneMark(first) && all_are(v, [&](char c) { return c == first; })) {
    return masked;
  }
  if (v.size() >= 4 && all_are(v, kMarks) && v.find_first_of("xX*") != kNone) return masked;
  // U+2022 and U+25CF, what password boxes show.
  if (v.size() >= 9 && v.size() % 3 == 0 &&
      (v.starts_with("\xE2\x80\xA2") || v.starts_with("\xE2\x97\x8F"))) {
    bool same = true;
    for (std::size_t i = 3; i < v.size(); i += 3) same = same && v.substr(i, 3) == v.substr(0, 3);
    if (same) return masked;
  }
  // `ab****yz`: a few signs of it at both ends; `%2A%2A%2A` in a URL.
  const std::size_t stars = longest_run(v, '*');
  const auto shown_of = [](char c) { return is_word(c) || c == '*'; };
  if (stars >= 3 && v.size() - stars <= 6 && all_are(v, shown_of)) return masked;
  if (v.size() >= 9 && v.size() % 3 == 0) {
    bool encoded = true;
    for (std::size_t i = 0; i < v.size(); i += 3) encoded = encoded && v.substr(i, 3) == "%2A";
    if (encoded) return masked;
  }
  // AKIA************WXYZ: what a log leaves of a value. Real values hold no such run.
  if (longest_run(v, '*') >= 6) return masked;
  // U+2026 between the first and the last characters: what consoles show.
  const std::size_t ellipsis = v.find("\xE2\x80\xA6");
  if (ellipsis != kNone && v.size() <= 24) return masked;
  if (v.size() >= 8 && v.ends_with("...")) return masked;
  const std::size_t dots = v.find("...");
  const auto shown = [](char c) { return is_word(c) || c == '-'; };
  if (dots != kNone && dots + 3 >= 4 && v.size() - dots - 3 <= 8 && dots <= 12 &&
      all_are(v.substr(0, dots), shown) && all_are(v.substr(dots + 3), shown)) {
    return masked;
  }
  return std::nullopt;
}

bool is_mysql_hash(Bytes v) {
  return v.size() == 41 && v[0] == '*' && all_are(v.substr(1), is_hex);
}
bool is_postgres_hash(Bytes v) {
  return v.size() == 35 && v.starts_with("md5") && all_are(v.substr(3), is_hex);
}

// A hash of SQL Server in place of the password: version, salt and digest.
bool is_sql_server_hash(Bytes v) {
  return v.size() >= 54 && (starts_folded(v, "0x0100") || starts_folded(v, "0x0200")) &&
         all_are(v.substr(2), is_hex);
}

// `svc:$2y$05$…` of htpasswd; Compose doubles the sign.
bool is_htpasswd_entry(Bytes v) {
  const std::size_t colon = v.find(':');
  if (colon == kNone || colon == 0 || v.size() - colon < 20) return false;
  Bytes hash = v.substr(colon + 1);
  while (hash.starts_with("$$")) hash.remove_prefix(1);
  static constexpr std::string_view kHashes[] = {"$2a$", "$2b$", "$2y$", "$apr1$",
                                                 "$5$",  "$6$",  "{SHA}"};
  return std::any_of(std::begin(kHashes), std::end(kHashes),
                     [&](std::string_view one) { return hash.starts_with(one); });
}

// Tomcat's digest command: salt, iterations and digest in hex.
bool is_tomcat_digest(Bytes v) {
  const std::size_t first = v.find('$');
  const std::size_t second = first == kNone ? kNone : v.find('$', first + 1);
  if (second == kNone || first < 16 || v.size() - second - 1 < 32) return false;
  return all_are(v.substr(0, first), is_hex) && all_are(v.substr(second + 1), is_hex) &&
         all_are(v.substr(first + 1, second - first - 1), is_digit);
}

// `$9$` and `$8$` mean one thing to Cisco (verifiers) and another to Junos (reversible with a
// public key, and encrypted).
std::optional<ValueForm> router_form(Bytes v) {
  if (v.size() < 8) return std::nullopt;
  const bool has_salt_mark = v.find('$', 3) != kNone;
  if (v.starts_with("$9$")) {
    return has_salt_mark ? made(Form::kHashed, "cisco-scrypt") : made(Form::kReversible, "junos-9");
  }
  if (v.starts_with("$8$")) {
    return v.size() - 3 > 80 ? made(Form::kEncrypted, "junos-8")
                             : made(Form::kHashed, "cisco-pbkdf2");
  }
  return std::nullopt;
}

std::optional<ValueForm> key_form(Bytes v) {
  if (!v.starts_with("-----BEGIN ")) return std::nullopt;
  const Bytes frame = v.substr(0, v.find('\n'));
  const std::size_t head = std::min<std::size_t>(v.size(), 256);
  if (frame.find("PRIVATE KEY") == kNone) return std::nullopt;
  if (v.substr(0, head).find("ENCRYPTED") != kNone) {
    return made(Form::kEncrypted, "encrypted-key");
  }
  return made(Form::kKeyMaterial, "private-key");
}

// Ciphertexts known by their frame or by what their first bytes decode to.
std::optional<ValueForm> ciphertext_form(Bytes v) {
  const auto wrapped = [&](std::string_view open, std::string_view close) {
    return v.size() > open.size() + close.size() && starts_folded(v, open) && v.ends_with(close);
  };
  if (wrapped("enc(", ")")) return made(Form::kEncrypted, "jasypt");
  if (v.size() >= 20 && v.starts_with("vault:v") && is_digit(v[7]) && v[8] == ':') {
    return made(Form::kEncrypted, "vault-transit");
  }
  if (wrapped("![", "]")) return made(Form::kEncrypted, "mule");
  if (wrapped("enc ", "") && v.size() >= 20 && all_are(v.substr(4), is_base64)) {
    return made(Form::kReversible, "fortios");
  }
  if (wrapped("{", "}") && v.size() >= 26 && v[v.size() - 2] == '=' &&
      all_are(v.substr(1, v.size() - 2), is_base64)) {
    return made(Form::kEncrypted, "maven");
  }
  if (!all_are(v, is_base64)) return std::nullopt;
  // SealedSecret: 2 bytes of length 0x0200, then 512 bytes of RSA.
  if (v.size() >= 40 && v.starts_with("Ag") && v[2] >= 'A' && v[2] <= 'D') {
    return made(Form::kEncrypted, "sealed-secret");
  }
  // Cut or padded in another way it is still too long for anything that somebody typed.
  if (v.size() >= 300 && v.starts_with("Ag")) return made(Form::kEncrypted, "sealed-secret");
  if (v.size() >= 40 && v.starts_with("AQICAH")) return made(Form::kEncrypted, "aws-kms");
  if (v.size() >= 40 && v.starts_with("CiQA")) return made(Form::kEncrypted, "gcp-kms");
  return std::nullopt;
}

// The name that follows a reference prefix: the inside of one pair of brackets, or all the rest.
Bytes reference_name(Bytes v, std::size_t prefix) {
  Bytes rest = v.substr(prefix);
  if (v[prefix - 1] == '(' && rest.ends_with(')')) rest.remove_suffix(1);
  return trim(rest);
}

// Those of kValuePrefixes that begin with a byte, in their order: letters in lower case.
struct PrefixIndex {
  std::array<std::uint8_t, std::size(kValuePrefixes)> order{};
  std::array<std::uint8_t, 129> first{};  // by byte; ASCII only
};
constexpr PrefixIndex kPrefixIndex = [] {
  PrefixIndex index;
  std::size_t count = 0;
  for (std::size_t byte = 0; byte < 128; ++byte) {
    index.first[byte] = static_cast<std::uint8_t>(count);
    for (std::size_t i = 0; i < std::size(kValuePrefixes); ++i) {
      if (lower(kValuePrefixes[i].text.front()) == static_cast<char>(byte)) {
        index.order[count++] = static_cast<std::uint8_t>(i);
      }
    }
  }
  index.first[128] = static_cast<std::uint8_t>(count);
  return index;
}();
static_assert(kPrefixIndex.first[128] == std::size(kValuePrefixes));

std::optional<ValueForm> prefix_form(Bytes whole, Bytes v) {
  if (v.starts_with("{noop}")) {  // Spring: the rest is the password as it stands
    ValueForm form = made(Form::kPlaintext, "");
    form.literal = span_of(whole, v.substr(6));
    return form;
  }
  if (is_mysql_hash(v)) return made(Form::kHashed, "mysql");
  if (is_postgres_hash(v)) return made(Form::kHashed, "postgresql-md5");
  if (is_sql_server_hash(v)) return made(Form::kHashed, "sql-server");
  if (is_htpasswd_entry(v)) return made(Form::kHashed, "htpasswd");
  if (is_tomcat_digest(v)) return made(Form::kHashed, "tomcat-digest");
  if (starts_folded(v, "{plain}") || starts_folded(v, "{clear}")) {  // Dovecot
    ValueForm form = made(Form::kPlaintext, "");
    form.literal = span_of(whole, v.substr(7));
    return form;
  }
  if (v.ends_with("@vault")) return made(Form::kReference, "vault-reference");
  if (v.starts_with("RAW(") && v.size() > 5) {  // Camel: as it stands, not as a URL has it
    ValueForm form = made(Form::kPlaintext, "");
    form.literal = span_of(whole, v.substr(4, v.size() - (v.ends_with(')') ? 5 : 4)));
    return form;
  }
  const auto byte = static_cast<unsigned char>(lower(v.front()));
  if (byte >= 128) return std::nullopt;
  for (std::size_t i = kPrefixIndex.first[byte]; i < kPrefixIndex.first[byte + 1U]; ++i) {
    const ValuePrefix& prefix = kValuePrefixes[kPrefixIndex.order[i]];
    if (v.size() < prefix.text.size() + prefix.more) continue;
    if (prefix.folded ? !starts_folded(v, prefix.text) : !v.starts_with(prefix.text)) continue;
    ValueForm form = made(prefix.form, prefix.reason);
    if (prefix.form == Form::kReference) form.name = reference_name(v, prefix.text.size());
    if (prefix.form == Form::kBase64) form.literal = span_of(whole, v.substr(prefix.text.size()));
    return form;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Form form) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "plaintext",    "base64",    "reversible",  "encrypted", "hashed",
      "key material", "reference", "placeholder", "masked",    "none"};
  return kNames[static_cast<std::size_t>(form)];
}

ValueForm classify_value(Bytes value) {
  using namespace value_parts;
  const Bytes v = trim(value);
  if (auto form = empty_form(v)) return *form;
  if (auto form = masked_form(v)) return *form;
  if (auto form = router_form(v)) return *form;
  if (auto form = key_form(v)) return *form;
  if (auto form = ciphertext_form(v)) return *form;
  if (auto form = prefix_form(value, v)) return *form;
  if (auto form = mirth_form(v)) return *form;
  if (auto form = template_form(value, v)) return *form;
  if (auto form = bare_variable(v)) return *form;
  if (auto form = framed_name(v)) return *form;
  if (auto form = arm_form(v)) return *form;
  if (auto form = path_form(v)) return *form;
  if (auto form = code_form(value, v)) return *form;
  return {};
}

}  // namespace nhi

#include "scanner/base/value_parts.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"

namespace nhi::value_parts {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

bool has_known_extension(Bytes v) {
  static constexpr WordList kExtensions(
      {"jks",    "p12",   "pfx",      "pem",        "key",        "crt",    "cer",  "der",  "kdbx",
       "keytab", "ppk",   "keystore", "truststore", "properties", "env",    "json", "yaml", "yml",
       "txt",    "conf",  "cfg",      "ini",        "xml",        "config", "pub",  "asc",  "gpg",
       "bks",    "jceks", "pwd",      "secret",     "password",   "token"});
  const std::size_t dot = v.rfind('.');
  return dot != kNone && dot > 0 && kExtensions.holds(v.substr(dot + 1));
}

}  // namespace

// Base64 may hold slashes: a path needs a known top folder or a known extension.
std::optional<ValueForm> path_form(Bytes v) {
  static constexpr WordList kTops({"run",    "var",  "etc",   "opt",  "home",    "usr",
                                   "tmp",    "mnt",  "srv",   "root", "secrets", "certs",
                                   "keys",   "ssl",  "pki",   "app",  "data",    "vault",
                                   "config", "conf", "users", "proc", "dev"});
  const auto is_path_char = [](char c) {
    static constexpr CharSet kSigns("/\\.-: ~()$%{}@+");
    return is_word(c) || kSigns(c);
  };
  if (v.size() < 4 || v.size() > 1024 || !all_are(v, is_path_char)) return std::nullopt;
  const bool drive =
      is_letter(v[0]) && v[1] == ':' && (v[2] == '\\' || v[2] == '/') && v.substr(2, 2) != "//";
  if (drive || (v.starts_with("\\\\") && is_word(v[2]) && v.find('\\', 3) != kNone)) {
    return made(Form::kReference, "path", v);
  }
  const bool relative = v.starts_with("./") || v.starts_with("../") || v.starts_with("~/");
  if (v[0] == '/') {
    const Bytes top = v.substr(1, v.find('/', 1) == kNone ? kNone : v.find('/', 1) - 1);
    if (top.size() + 1 < v.size() && kTops.holds(top)) {
      return made(Form::kReference, "path", v);
    }
  }
  if (v.find(' ') != kNone || v.find("://") != kNone || v.find('@') != kNone) return std::nullopt;
  if (relative || has_known_extension(v)) return made(Form::kReference, "path", v);
  if (v.starts_with("projects/") && v.find("/secrets/") != kNone) {
    return made(Form::kReference, "secret-manager", v);
  }
  return std::nullopt;
}

// `System.getenv("X")`, `process.env.X || 'd'`, `ENV['X']`, `config.password`, `getPassword()`.
// `[host].passwd`: one member of one element, behind the name of a list.
bool is_member_of_element(Bytes tail) {
  if (tail.empty() || tail[0] != '[') return false;
  const std::size_t close = tail.find(']');
  if (close == kNone || close < 2 || close + 2 >= tail.size() || tail[close + 1] != '.') {
    return false;
  }
  return all_are(tail.substr(1, close - 1), is_word) && all_are(tail.substr(close + 2), is_word);
}

std::optional<ValueForm> code_form(Bytes whole, Bytes v) {
  static constexpr std::string_view kOwners[] = {
      "process.env.", "os.environ",    "system.",        "self.",        "this.", "var.",
      "local.",       "data.",         "module.",        "secrets.",     "env.",  "params.",
      "config.",      "settings.",     "options.",       "props.",       "args.", "input.",
      "inputs.",      "credentials.",  "configuration.", "environment.", "!ref ", "!sub ",
      "!getatt ",     "!importvalue ", "fn::",           "!secret ",     "!env ", "!vault "};
  static constexpr std::string_view kTagged = "!";
  static constexpr CharSet kOwnersBegin("poOPsStTvVlLdDmMeEcCaAiIfF!");
  std::size_t head = 0;
  while (head < v.size() && (is_word(v[head]) || v[head] == '.' || v[head] == ':' ||
                             (v[head] == '-' && head + 1 < v.size() && v[head + 1] == '>') ||
                             (v[head] == '>' && head > 0 && v[head - 1] == '-'))) {
    ++head;
  }
  const Bytes chain = v.substr(0, head);
  const Bytes tail = v.substr(head);
  const bool owned = !v.empty() && kOwnersBegin(v[0]) &&
                     std::any_of(std::begin(kOwners), std::end(kOwners), [&](std::string_view o) {
                       return lower(v[0]) == o[0] && starts_folded(v, o) && v.size() > o.size();
                     });
  static constexpr WordList kTags({"!ref", "!sub", "!getatt", "!importvalue", "!join", "!if",
                                   "!select", "!secret", "!env", "!vault", "!findinmap", "!base64",
                                   "!include", "!env_var"});
  if (kTags.holds(v)) return made(Form::kReference, "yaml-tag");  // its value stands behind it
  if (v.starts_with(kTagged) && owned) {
    return made(Form::kReference, "yaml-tag", trim(v.substr(v.find(' ') + 1)));
  }
  const bool named = chain.size() >= 3 && is_name(chain, ".:->");
  ValueForm form = made(Form::kReference, "code", chain);
  if (tail.empty()) return owned && named ? std::optional(form) : std::nullopt;
  if (named && is_member_of_element(tail)) return form;
  const bool brackets = (tail[0] == '(' && tail.find(')') != kNone) ||
                        (tail[0] == '[' && tail.size() > 2 && is_quote(tail[1]));
  if (!owned && !(brackets && (tail.ends_with(')') || tail.ends_with(']')))) return std::nullopt;
  if (!named) return std::nullopt;
  if (brackets) {
    const Bytes inner = trim(tail.substr(1));
    const bool like_code = !inner.empty() && !is_digit(inner[0]) &&
                           (is_word(inner[0]) || is_quote(inner[0]) || inner[0] == ')' ||
                            inner[0] == '$' || inner[0] == '&' || inner[0] == '*');
    if (!like_code) return std::nullopt;
    if (const Bytes key = quoted(tail, 0); !key.empty()) form.name = key;
    const bool lookup = chain.ends_with("env") || chain.ends_with("environ.get") ||
                        chain.ends_with(".get") || chain.ends_with("fetch") ||
                        chain.ends_with("getOrDefault") || chain.ends_with("getProperty");
    const std::size_t comma = tail.find(',');
    if (lookup && comma != kNone) {
      const Bytes literal = quoted(tail, comma);
      if (!literal.empty()) form.literal = span_of(whole, literal);
    }
  }
  const std::size_t fallback = form.literal.empty() ? default_mark(tail) : kNone;
  if (fallback != kNone && fallback != 0) {
    const Bytes literal = quoted(tail, fallback);
    if (!literal.empty()) form.literal = span_of(whole, literal);
  }
  return form;
}

std::optional<ValueForm> arm_form(Bytes v) {
  if (!v.starts_with('[') || !v.ends_with(")]")) return std::nullopt;
  const Bytes name = v.substr(1, v.find('(') == kNone ? 0 : v.find('(') - 1);
  if (!is_name(name)) return std::nullopt;
  return made(Form::kReference, "arm-template", quoted(v, 0));
}
}  // namespace nhi::value_parts

#include "scanner/match/value_place.hpp"

#include <algorithm>
#include <iterator>

#include "scanner/base/chars.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/value_text.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

bool is_code(Syntax syntax) {
  return syntax == Syntax::kCLike || syntax == Syntax::kScript || syntax == Syntax::kPowerShell;
}

// A name of the program's own: `foo.bar`, `foo->bar`, `Foo::bar`, `FOO_BAR`, `fooBar`, `arr[0]`.
bool is_expression(Bytes v) {
  std::size_t i = 0;
  while (i < v.size() && (v[i] == '&' || v[i] == '*' || v[i] == '!' || v[i] == '@' || v[i] == '$' ||
                          v[i] == '(' || v[i] == ':' || v[i] == '-')) {
    ++i;
  }
  if (i >= v.size()) return true;
  return is_letter(v[i]) || v[i] == '_';
}

// `CheckPassword("password", "x")`, `get_password("service", y)`: the call asks or computes, so its
// arguments are no settings.
bool is_asking_call(Bytes before) {
  static constexpr std::string_view kVerbs[] = {
      "check", "verify", "hash", "get",   "compare", "valid", "assert", "decode", "is",
      "has",   "find",   "auth", "match", "expect",  "run",   "exec",   "lookup", "chef"};
  const std::size_t open = before.rfind('(');
  if (open == kNone || before.find_first_of("=:;{", open) != kNone) return false;
  std::size_t start = open;
  while (start > 0 && is_word(before[start - 1])) --start;
  Bytes name = before.substr(start, open - start);
  while (name.starts_with('_')) name.remove_prefix(1);
  // JDBC's opens a connection with its arguments, GetBytes is the text itself; the second one of
  // the others is a default.
  static constexpr std::string_view kGivers[] = {"getconnection", "getenv",  "getproperty",
                                                 "getordefault",  "get_env", "getbytes"};
  if (std::any_of(std::begin(kGivers), std::end(kGivers),
                  [&](std::string_view giver) { return starts_folded(name, giver); })) {
    return false;
  }
  return std::any_of(std::begin(kVerbs), std::end(kVerbs), [&](std::string_view verb) {
    return starts_folded(name, verb) && name.size() > verb.size() + 2;
  });
}

// `%DB_HOST%\share`: a name between two signs, as long as people make them.
bool holds_cmd_variable(Bytes v) {
  constexpr std::size_t kNameMin = 3;
  for (std::size_t open = v.find('%'); open != kNone; open = v.find('%', open + 1)) {
    const std::size_t close = v.find('%', open + 1);
    if (close == kNone) return false;
    const Bytes name = v.substr(open + 1, close - open - 1);
    if (name.size() >= kNameMin && is_letter(name.front()) && all_are(name, is_word)) return true;
  }
  return false;
}

// Variables of the shell, of PHP and of Perl are replaced inside double quotes.
bool is_interpolated(const JudgedValue& c) {
  const bool replaces = c.context.syntax == Syntax::kShell ||
                        c.context.syntax == Syntax::kPowerShell ||
                        c.context.syntax == Syntax::kScript;
  if (!replaces || c.around.quote == '\'') return false;
  if (c.around.quote == '`') return true;  // the output of a command
  for (std::size_t i = 0; i + 1 < c.value.size(); ++i) {
    const char next = c.value[i + 1];
    if (c.value[i] == '$' && (is_letter(next) || next == '_' || next == '{' || next == '(')) {
      return true;
    }
  }
  return c.context.syntax == Syntax::kShell && holds_cmd_variable(c.value);
}

// `net use \\h\s x /user:u` in PowerShell, `curl -u u:x` in a text of several lines: a word that a
// command takes.
bool is_argument(const JudgedValue& c) {
  const char first = c.value.front();
  if (!is_letter(first) && !is_digit(first)) return false;
  const bool shell = c.context.syntax == Syntax::kPowerShell;
  if (c.assignment != nullptr) {
    return shell && c.assignment->notation == Notation::kFlag &&
           count_if_char(c.value, is_digit) != 0;
  }
  if (shell) return true;  // what is no word begins with a sign there
  const Bytes line = trim(c.around.before);
  if (line.empty() || !is_word(line.front())) return false;
  return holds_any(line, {" -", " /"}) && line.find_first_of("(={;,") == kNone;
}

// `bindpw x` is a setting. In a script it is a command unless it begins with `ENV` or `setenv`.
std::string_view judge_directive(const JudgedValue& c) {
  static constexpr WordList kSetters(
      {"env", "setenv", "set", "setx", "export", "fastcgi_param", "uwsgi_param", "enable", "arg"});
  // `kpasswd 464/tcp` of /etc/services; `auth SHA256` of OpenVPN.
  static constexpr WordList kDigests({"sha1", "sha224", "sha256", "sha384", "sha512", "md5"});
  const std::size_t slash = c.value.find('/');
  if (slash != kNone && all_are(c.value.substr(0, slash), is_digit)) return "port";
  if (kDigests.holds(c.value)) return "digest-name";
  // `key rndc-key2;`, `HostKey ssh_host_ed25519_key`: keys and tokens are named there, rarely held.
  constexpr std::size_t kMadeMin = 16;
  const bool chosen = c.family == NameFamily::kPassword || c.family == NameFamily::kSecret;
  if (!chosen && (c.value.size() < kMadeMin || c.value.find_first_of("_.") != kNone)) {
    return "name";
  }
  if (c.around.in_comment) return "comment";
  const Bytes line = trim(c.around.before);
  const Bytes word = line.substr(0, line.find_first_of(" \t"));
  const bool set = kSetters.holds(word);
  if (!set && word.size() != line.size()) return "prose";
  switch (c.context.syntax) {
    case Syntax::kConfig:
    case Syntax::kUnknown:
      return {};
    case Syntax::kShell:
      return set ? "" : "command";
    default:
      return "prose";
  }
}

std::string_view judge_unquoted(const JudgedValue& c) {
  const Surroundings& a = c.around;
  const Bytes v = c.value;
  const std::size_t open = v.find('(');
  if (trim(a.after).starts_with("}}")) return "template";
  const bool call = open != kNone && open > 0 && (is_word(v[open - 1]) || v[open - 1] == ')') &&
                    (v.find(')', open) != kNone || v.ends_with('(') || is_code(c.context.syntax));
  if (call || v.ends_with('{') || v.ends_with("->") || v.ends_with("();")) return "call";
  if (is_directive(c)) return judge_directive(c);
  if (is_code(c.context.syntax) && !a.in_string && !a.in_element && !a.in_comment &&
      !is_argument(c)) {
    return is_expression(v) ? "expression" : "unquoted";
  }
  // `password=Passwort ist zu kurz`: one word of a sentence. A pattern has said where the value is.
  const bool text = c.context.syntax == Syntax::kConfig || c.context.syntax == Syntax::kProse;
  if (text && c.assignment != nullptr && !a.in_string && mostly_wordy(c, 8) && a.after.size() > 2 &&
      a.after[0] == ' ' && is_letter(a.after[1]) && a.after.find('=') == kNone) {
    return "sentence";
  }
  if (v.front() == '*' && c.context.syntax == Syntax::kConfig && is_name(v.substr(1)))
    return "yaml-alias";
  return {};
}

// `{{ with secret "kv/data/db" }}`: the words of a template. Its defaults are read as values.
bool stands_in_template(Bytes before) {
  const std::size_t open = before.rfind("{{");
  if (open == kNone || before.find("}}", open) != kNone) return false;
  const Bytes inside = before.substr(open);
  if (inside.find("default") != kNone) return false;
  return inside.find("secret") != kNone || inside.find("lookup") != kNone;
}

}  // namespace

bool is_directive(const JudgedValue& c) {
  return c.assignment != nullptr && c.assignment->notation == Notation::kBlank && !c.quoted();
}

bool stands_under_digest(const JudgedValue& c) {
  static constexpr WordList kWords({"checksum", "digest", "hash", "sha256", "sha1", "md5"});
  if (c.assignment == nullptr) return false;
  const std::size_t at = c.around.before.rfind(c.around.key);
  if (at == kNone || at < 2 || c.around.before[at - 1] != '/') return false;
  const Bytes left = c.around.before.substr(0, at - 1);
  std::size_t start = left.size();
  while (start > 0 && (is_letter(left[start - 1]) || is_digit(left[start - 1]))) --start;
  return kWords.holds(left.substr(start));
}

// `http://key-broker-01.acme.nhs.uk:8080/fhir`: the name of a host with its port.
bool is_host_name(const JudgedValue& c) {
  if (c.assignment == nullptr || c.around.key.empty() || !is_digit(c.value.front())) return false;
  const std::size_t at = c.around.before.rfind(c.around.key);
  if (at == kNone || !c.around.before.ends_with(':')) return false;
  const Bytes left = c.around.before.substr(0, at);
  return left.ends_with("://") || left.ends_with('@');
}

// `"required": ["password", "dsn"]`: names of fields, one behind the other.
bool is_listed_name(const JudgedValue& c) {
  static constexpr WordList kLists(
      {"required",   "resourcenames", "fields", "columns", "properties", "include", "exclude",
       "only",       "except",        "hidden", "guarded", "fillable",   "keys",    "names",
       "attributes", "permit",        "filter", "params",  "redact",     "mask",    "sanitize"});
  if (c.assignment == nullptr || c.assignment->notation != Notation::kPair) return false;
  const std::size_t open = c.around.before.rfind('[');
  if (open == kNone) return false;
  Bytes left = trim(c.around.before.substr(0, open));
  while (!left.empty() && !is_word(left.back())) left.remove_suffix(1);
  std::size_t start = left.size();
  while (start > 0 && is_word(left[start - 1])) --start;
  return kLists.holds(left.substr(start));
}

// `Password=" providerName="x"`: behind an empty value the attribute ends, and another begins.
bool is_next_attribute(Bytes v) {
  if (v.size() < 3 || v.front() != ' ' || v.back() != '=') return false;
  const Bytes name = trim(v.substr(0, v.size() - 1));
  return all_are(name, [](char ch) { return is_word(ch) || ch == ':' || ch == '-' || ch == '.'; });
}

std::string_view judge_place(const JudgedValue& c) {
  const Surroundings& a = c.around;
  if (is_host_name(c)) return "host";
  if (is_listed_name(c)) return "list-of-names";
  // `PASSWORD :'app_password'`: a variable of psql.
  if (c.context.syntax == Syntax::kSql && c.quoted() && a.before.ends_with(" :")) {
    return "interpolation";
  }
  if (a.long_line && c.context.syntax == Syntax::kCLike && c.key == KeyKind::kMachine)
    return "minified";
  if (is_interpolated(c)) return "interpolation";
  if (stands_in_template(a.before)) return "template";
  if (c.assignment != nullptr && c.assignment->notation == Notation::kByteList) return {};
  if (!c.quoted()) return judge_unquoted(c);
  // Between the end of one literal and the start of the next: `"password=" + x + "`.
  const Bytes v = trim(c.value);
  const bool sign_first = !v.empty() && std::string_view("+,;:)&?|").find(v.front()) != kNone;
  const bool joins = sign_first && (v.size() == 1 || !is_word(v[1]));
  if (v.empty() || joins || v.starts_with("==") || v.starts_with(".md5") || v.ends_with(" +")) {
    return "between-literals";
  }
  const Bytes rest = trim(a.after);
  if (rest.starts_with("+") || rest.starts_with(". ") || rest.starts_with(".format") ||
      rest.starts_with("% ")) {
    return "concatenated";
  }
  const bool settings = c.context.syntax == Syntax::kConfig || c.nowhere();
  const bool first_of_object = trim(a.before).ends_with('{');  // "password": {"type": "string"}
  if (rest.starts_with("=>") || (rest.starts_with(":") && (!settings || first_of_object))) {
    return "key";
  }
  if (is_asking_call(a.before)) return "asking-call";
  if (is_next_attribute(c.value)) return "between-literals";
  return {};
}

}  // namespace nhi

#include "scanner/match/generic.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/stock_words.hpp"
#include "scanner/match/uuid.hpp"
#include "scanner/match/value_model.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;
// Most Slavic, Welsh and Baltic words that we tried lie under it, and 3 % of random words.
constexpr double kStrangeWordBitsMax = 4.8;

std::size_t count_if_char(Bytes v, bool (*test)(char)) {
  return static_cast<std::size_t>(std::count_if(v.begin(), v.end(), test));
}

bool is_code(Syntax syntax) {
  return syntax == Syntax::kCLike || syntax == Syntax::kScript || syntax == Syntax::kPowerShell;
}

bool mostly_wordy(const Candidate& c, std::size_t tenths) {
  return c.shape.letters != 0 && c.shape.wordy * 10 >= c.shape.letters * tenths;
}

// `123`, `2020`, `!`: what people put behind a stock word so that it passes.
bool has_trivial_rest(Bytes v) {
  std::string digits;
  std::size_t signs = 0;
  for (const char c : v) {
    if (is_digit(c))
      digits.push_back(c);
    else if (!is_letter(c) && c != '_' && c != '-' && c != ' ' && c != '.')
      ++signs;
  }
  if (signs > 2) return false;
  if (digits.size() <= 2) return true;
  bool steps = true;
  bool same = true;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    steps = steps && (digits[i] == digits[i - 1] + 1 || (digits[i] == '0' && digits[i - 1] == '9'));
    same = same && digits[i] == digits[0];
  }
  return steps || same ||
         (digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20")));
}

// `password = "password"`, `SECRET: "my_secret"`, `access_token: ACCESS_TOKEN`.
bool echoes_key(Bytes key, Bytes value) {
  const std::string k = folded_letters(key);
  const std::string v = folded_letters(value);
  if (k.size() < 3 || v.size() < 3) return false;
  if (k.find(v) != std::string::npos) return true;
  const bool held = v.find(k) != std::string::npos && k.size() >= 6;
  return held && (v.size() <= k.size() + 8 || v.ends_with(k));
}

bool is_number(Bytes v) {
  static constexpr CharSet kMarks("0123456789.,+-_eE");
  return all_are(v, kMarks) && count_if_char(v, is_digit) != 0;
}

bool is_hex_number(Bytes v) {
  return v.size() > 2 && v[0] == '0' && lower(v[1]) == 'x' && all_are(v.substr(2), is_hex);
}

bool holds_any(Bytes v, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return v.find(mark) != kNone; });
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

// --- what stands around ----------------------------------------------------------------------

// `CheckPassword("password", "x")`, `get_password("service", y)`: the call asks or computes, so its
// arguments are no settings.
bool is_asking_call(Bytes before) {
  static constexpr std::string_view kVerbs[] = {"check", "verify", "hash",   "get",   "compare",
                                                "valid", "assert", "decode", "is",    "has",
                                                "find",  "auth",   "match",  "expect"};
  const std::size_t open = before.rfind('(');
  if (open == kNone || before.find_first_of("=:;{", open) != kNone) return false;
  std::size_t start = open;
  while (start > 0 && is_word(before[start - 1])) --start;
  Bytes name = before.substr(start, open - start);
  while (name.starts_with('_')) name.remove_prefix(1);
  // JDBC's opens a connection with its arguments; the second one of the others is a default.
  static constexpr std::string_view kGivers[] = {"getconnection", "getenv", "getproperty",
                                                 "getordefault", "get_env"};
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
bool is_interpolated(const Candidate& c) {
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
bool is_argument(const Candidate& c) {
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

// The model has seen none.
bool is_directive(const Candidate& c) {
  return c.assignment != nullptr && c.assignment->notation == Notation::kBlank && !c.quoted();
}

// `bindpw x` is a setting. In a script it is a command unless it begins with `ENV` or `setenv`.
std::string_view judge_directive(const Candidate& c) {
  static constexpr WordList kSetters(
      {"env", "setenv", "set", "setx", "export", "fastcgi_param", "uwsgi_param", "enable", "arg"});
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

std::string_view judge_unquoted(const Candidate& c) {
  const Surroundings& a = c.around;
  const Bytes v = c.value;
  const std::size_t open = v.find('(');
  const bool call = open != kNone && open > 0 && (is_word(v[open - 1]) || v[open - 1] == ')') &&
                    (v.find(')', open) != kNone || v.ends_with('(') || is_code(c.context.syntax));
  if (call || v.ends_with('{') || v.ends_with("->") || v.ends_with("();")) return "call";
  if (is_directive(c)) return judge_directive(c);
  if (is_code(c.context.syntax) && !a.in_string && !a.in_element && !a.in_comment &&
      !is_argument(c)) {
    return is_expression(v) ? "expression" : "unquoted";
  }
  // `password=Passwort ist zu kurz`: one word of a sentence.
  const bool text = c.context.syntax == Syntax::kConfig || c.context.syntax == Syntax::kProse;
  if (text && !a.in_string && mostly_wordy(c, 8) && a.after.size() > 2 && a.after[0] == ' ' &&
      is_letter(a.after[1]) && a.after.find('=') == kNone) {
    return "sentence";
  }
  if (v.front() == '*' && c.context.syntax == Syntax::kConfig && is_name(v.substr(1)))
    return "yaml-alias";
  return {};
}

std::string_view judge_place(const Candidate& c) {
  const Surroundings& a = c.around;
  if (a.long_line && c.context.syntax == Syntax::kCLike && c.key == KeyKind::kMachine)
    return "minified";
  if (is_interpolated(c)) return "interpolation";
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
  if (rest.starts_with("=>") || (rest.starts_with(":") && c.context.syntax != Syntax::kConfig)) {
    return "key";
  }
  if (is_asking_call(a.before)) return "asking-call";
  return {};
}

// --- the value -------------------------------------------------------------------------------

// Words between spaces, in any language: capitals at the start, a full stop, letters beyond ASCII.
bool is_sentence(const Candidate& c) {
  const Bytes v = trim(c.value);
  const auto spaces = std::count(v.begin(), v.end(), ' ');
  const bool high = count_if_char(v, is_high) != 0;
  const bool ends = v.ends_with('.') || v.ends_with('!') || v.ends_with('?') || v.ends_with("...");
  if (spaces == 0) return false;
  if (c.shape.words >= 2 || spaces >= 4) return true;
  const bool no_digits = count_if_char(v, is_digit) == 0;
  return no_digits && (high || ends || is_upper(v.front()));
}

// Runs of neighbours cover most of it: `abcdefghijkl0123456789`, `1234567890qwerty`.
bool is_mostly_sequence(Bytes v) {
  static constexpr std::size_t kRunMin = 5;
  std::size_t covered = 0;
  std::size_t run = 1;
  for (std::size_t i = 1; i <= v.size(); ++i) {
    const bool step = i < v.size() && (v[i] == v[i - 1] + 1 || v[i] == v[i - 1] ||
                                       (v[i] == '0' && v[i - 1] == '9'));
    if (step) {
      ++run;
      continue;
    }
    if (run >= kRunMin) covered += run;
    run = 1;
  }
  return covered * 10 >= v.size() * 6;
}

bool is_version(Bytes v) {
  if (v.size() < 3 || (v[0] != '^' && v[0] != '~' && v[0] != 'v' && !is_digit(v[0]))) return false;
  return std::count(v.begin(), v.end(), '.') == 2 &&
         all_are(v.substr(1), [](char ch) { return is_digit(ch) || ch == '.'; });
}

// SOME_NAME: a constant or an environment variable, if one of its words is a stock word.
bool is_constant_name(Bytes v) {
  return v.find('_') != kNone && is_upper(v.front()) && count_stock_words(v) != 0 &&
         all_are(v, [](char ch) { return is_upper(ch) || is_digit(ch) || ch == '_'; });
}

// Settings of that name whose values are words of a format.
bool is_word_of_format(const Candidate& c) {
  // `<settings pass="specialize">`: the passes of Windows Setup.
  static constexpr WordList kPasses({"windowspe", "offlineservicing", "generalize", "specialize",
                                     "auditsystem", "audituser", "oobesystem"});
  // `passwd: files systemd`: the services of nsswitch.conf(5).
  static constexpr WordList kServices(
      {"files", "compat", "db", "nis", "nisplus", "systemd", "sss", "ldap", "winbind", "hesiod"});
  // `"password", "scram-sha-256"`: the methods of pg_hba.conf.
  static constexpr WordList kMethods(
      {"md5", "scram-sha-256", "gss", "sspi", "peer", "ident", "reject", "radius"});
  return (equals_folded(c.around.key, "pass") && kPasses.holds(c.value)) ||
         (c.around.key == "passwd" && kServices.holds(c.value)) ||
         (c.around.key == "password" && kMethods.holds(c.value));
}

// `'Test2::Event::Pass' => '1.302103'`: a module and its version.
bool is_module_version(const Candidate& c) {
  return c.around.before.find("::") != kNone && is_digit(c.value.front()) &&
         all_are(c.value, [](char ch) { return is_digit(ch) || ch == '.' || ch == '_'; });
}

// A percent sign and a letter stand in one of eight random passwords too: there the rest is no
// text.
bool is_template(const Candidate& c) {
  if (holds_any(c.value, {"${", "#{", "{{", "$(", "<%", "{0}", "$["})) return true;
  if (!holds_any(c.value, {"%s", "%v", "%d", "%@"})) return false;
  const bool digits = std::any_of(c.value.begin(), c.value.end(), is_digit);
  return c.shape.letters == 0 ? !digits : mostly_wordy(c, digits ? 8 : 5);
}

// `checksum/secret: 9f86d0…`, what Helm charts write on a pod.
bool stands_under_digest(const Candidate& c) {
  static constexpr WordList kWords({"checksum", "digest", "hash", "sha256", "sha1", "md5"});
  if (c.assignment == nullptr) return false;
  const std::size_t at = c.around.before.rfind(c.around.key);
  if (at == kNone || at < 2 || c.around.before[at - 1] != '/') return false;
  const Bytes left = c.around.before.substr(0, at - 1);
  std::size_t start = left.size();
  while (start > 0 && (is_letter(left[start - 1]) || is_digit(left[start - 1]))) --start;
  return kWords.holds(left.substr(start));
}

// `^(?=.*[A-Z]).{8,}$`: what a password must be like.
bool is_pattern(Bytes v) {
  if (!v.starts_with('^')) return v.find("(?=") != kNone;
  return v.ends_with('$') || v.find('[') != kNone || v.find("(?") != kNone;
}

bool holds_unicode_escape(Bytes v) {
  for (std::size_t at = v.find("\\u"); at != kNone; at = v.find("\\u", at + 1)) {
    if (at + 6 <= v.size() && all_are(v.substr(at + 2, 4), is_hex)) return true;
  }
  return false;
}

// `label.token`, `messages.password`: the words of a screen.
bool is_label_key(Bytes key) {
  static constexpr WordList kPlaces({"label", "labels", "message", "messages", "msg", "error",
                                     "errors", "title", "hint", "tooltip", "help", "caption",
                                     "text", "i18n", "placeholder", "form", "field"});
  return key.find('.') != kNone && kPlaces.holds(key.substr(0, key.find('.')));
}

// What base64 holds, if that is text.
std::string encoded_text(Bytes v) {
  constexpr std::size_t kLongest = 512;
  if (v.size() < 8 || v.size() > kLongest || v.size() % 4 != 0) return {};
  auto decoded = from_base64(v);
  const auto is_text = [](char c) { return (c >= ' ' && c <= '~') || is_space(c); };
  return decoded && all_are(*decoded, is_text) ? std::move(*decoded) : std::string();
}

// Bytes enough of each kind for something that nobody made up.
bool is_mixed(Bytes v) {
  return !v.empty() && shannon_bits_per_byte(v) >= entropy_floor(alphabet_size(v), v.size());
}

// The data of a Kubernetes secret are encoded, also those that stand for a value.
bool is_encoded_reference(Bytes v) {
  const std::string decoded = encoded_text(v);
  const Bytes text = trim(decoded);
  if (text.empty()) return false;
  const ValueForm form = classify_value(text);
  if (!holds_secret(form.form) && form.literal.empty()) return true;
  return !dummy_reason(text).empty() || (only_stock_words(text) && has_trivial_rest(text));
}

// `exec:/usr/bin/get-password` of Apache, `dbpass:/etc/app/dbpass` of systemd's LoadCredential.
bool names_file(Bytes v) {
  const std::size_t colon = v.find(':');
  if (colon == kNone || colon + 2 >= v.size() || v[colon + 1] != '/') return false;
  return v.substr(colon + 2).find('/') != kNone && v.find("//") == kNone &&
         all_are(v.substr(0, colon), [](char ch) { return is_word(ch) || ch == '.' || ch == '-'; });
}

std::string_view judge_text(const Candidate& c) {
  const Bytes v = c.value;
  if (is_word_of_format(c)) return "word-of-format";
  if (is_module_version(c)) return "version";
  if (count_if_char(v, is_high) * 3 > v.size()) return "foreign-text";
  const std::size_t scheme = v.find("://");
  if (scheme != kNone && scheme < 12 && v.find('@') == kNone) return "url";
  if (v.starts_with("//") && v.find('/', 2) != kNone && v.find('@') == kNone) return "url";
  if (is_sentence(c)) return "sentence";
  if (v.size() >= 2 && v.front() == '<' && v.back() == '>') return "placeholder";
  if (std::string_view("[({&;").find(v.front()) != kNone) return "structure";
  if (v.front() == '/' && v.find('/', 1) != kNone && c.shape.wordy * 3 >= v.size()) return "path";
  if (names_file(v)) return "path";
  if (v.ends_with(':')) return "label";
  if (is_pattern(v)) return "pattern";
  if (holds_unicode_escape(v)) return "escaped";  // its decoding is judged
  if (is_label_key(c.around.key) && count_if_char(v, is_digit) == 0) return "label";
  if (is_encoded_reference(v)) return "encoded-placeholder";
  if (is_mostly_sequence(v)) return "sequence";
  if (is_version(v)) return "version";
  if (is_constant_name(v)) return "constant-name";
  return {};
}

PlainVerdict refuse(std::string_view reason) { return {reason, Level::kLow, {}}; }

PlainVerdict judge_machine(const Candidate& c) {
  const Bytes v = c.value;
  if (is_number(v) || is_hex_number(v)) return refuse("number");
  if (v.size() < 8) return refuse("short");
  if (v.find(' ') != kNone) return refuse("sentence");
  const std::size_t digits = count_if_char(v, is_digit);
  if (is_uuid(v)) {
    return {{}, Level::kHigh, "identifier under the name of a key"};
  }
  if (only_stock_words(v)) return refuse("stock-words");
  if (!is_mixed(v) && !is_mixed(encoded_text(v))) return refuse("low-entropy");
  if (mostly_wordy(c, 7) && c.shape.letters * 2 >= v.size() && digits * 4 < v.size()) {
    return refuse("words");
  }
  return {
      {}, v.size() >= 10 ? Level::kHigh : Level::kMedium, "random value under the name of a key"};
}

void set(Match& match, Level confidence, std::string_view why) {
  match.confidence = confidence;
  match.why = why;
}

// Upper and lower case, a digit and a sign: somebody met a password policy.
bool meets_policy(Bytes v) {
  const std::size_t digits = count_if_char(v, is_digit);
  const std::size_t uppers = count_if_char(v, is_upper);
  const std::size_t letters = count_if_char(v, is_letter);
  return v.size() >= 8 && digits != 0 && uppers != 0 && letters > uppers &&
         digits + letters < v.size();
}

// `messages_es.properties`, `locales/pl.yml`: the words of a program's screens.
bool is_translation(const ViewContext& context) {
  static constexpr WordList kWords({"messages", "i18n", "l10n", "locale", "locales", "lang",
                                    "langs", "languages", "language", "translations", "nls",
                                    "strings"});
  const Bytes path = context.path.value_or(Bytes{});
  for (std::size_t at = 0; at < path.size();) {
    std::size_t end = at;
    while (end < path.size() && (is_letter(path[end]) || is_digit(path[end]))) ++end;
    if (kWords.holds(path.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

PlainVerdict judge_password(const Candidate& c) {
  const Bytes v = c.value;
  if (v.size() < 3) return refuse("short");
  if (is_number(v)) {
    return {
        {}, v.size() >= 8 ? Level::kMedium : Level::kLow, "digits under the name of a password"};
  }
  if (only_stock_words(v) && has_trivial_rest(v)) {
    return {{},
            meets_policy(v) ? Level::kMedium : Level::kLow,
            "stock words under the name of a password"};
  }
  // Among the codes of countries `PW` is Palau.
  if (c.around.key == "PW" && all_are(v, is_letter)) return refuse("words");
  const bool all_letters = all_are(v, [](char ch) {
    static constexpr CharSet kSigns("_-. :/,");
    return is_letter(ch) || is_high(ch) || kSigns(ch);
  });
  // `see wiki`, `set in vault`; the word for it in another language.
  const bool foreign = is_translation(c.context) || count_if_char(v, is_high) != 0;
  if (all_letters && (foreign || v.find(' ') != kNone)) {
    return {{}, Level::kLow, "plain words under the name of a password"};
  }
  if (all_letters && (mostly_wordy(c, 8) || c.shape.letters == 0)) {
    // Interface engines and small databases do run with such passwords (root and its first name).
    const bool chosen = c.deployed() && count_stock_words(v) == 0;
    return {{}, chosen ? Level::kMedium : Level::kLow, "plain words under the name of a password"};
  }
  if (v.find("12345") != kNone && c.shape.letters <= 4) {
    return {{}, Level::kLow, "a row of keys under the name of a password"};
  }
  // A word of a language that the letter model does not know reads like chance, but less so.
  const bool strange = all_letters && c.shape.bits < kStrangeWordBitsMax;
  return {{},
          strange || mostly_wordy(c, 8) ? Level::kMedium : Level::kHigh,
          "value under the name of a password"};
}

// A URL with a password in it: the pattern has said what it is, the words say how likely.
std::string_view judge_user_info(const Candidate& c, Match& match) {
  if (only_stock_words(c.value) && has_trivial_rest(c.value)) {
    set(match, Level::kLow, "stock words as a password");
  } else if (!mostly_wordy(c, 8) && c.value.find('%') == kNone && c.shape.letters >= 3) {
    set(match, std::max(match.confidence, Level::kHigh), "password in a URL");
  }
  return {};
}

}  // namespace

bool made_for_policy(const Candidate& c) {
  constexpr std::size_t kTypedMin = 10;
  constexpr std::size_t kMadeMin = 20;
  const Bytes v = c.value;
  if (!c.quoted() || c.context.test_path || mostly_wordy(c, 7)) return false;
  if (c.family == NameFamily::kPassword) return v.size() >= kTypedMin && meets_policy(v);
  const bool one_word = all_are(v, [](char ch) { return is_letter(ch) || is_digit(ch); });
  // `MLKEM768X25519PublicKey`: the name of a class.
  static constexpr std::string_view kNames[] = {"Key", "Keys", "Token", "Secret", "Auth"};
  const bool names = std::any_of(std::begin(kNames), std::end(kNames),
                                 [&](std::string_view name) { return v.ends_with(name); });
  return one_word && !names && v.size() >= kMadeMin && count_if_char(v, is_digit) >= 2 &&
         count_if_char(v, is_upper) >= 2 && count_if_char(v, is_lower) >= 2;
}

std::string_view refuse_place(const Candidate& c) {
  if (c.key == KeyKind::kOther && c.assignment == nullptr) return "key-name";
  // `pw` as a part of a word: `upward`.
  if (c.family == NameFamily::kPassword && c.key == KeyKind::kMachine) return "key-name";
  if (const auto reason = judge_place(c); !reason.empty()) return reason;
  return is_template(c) ? "template" : "";
}

PlainVerdict judge_plainly(const Candidate& c) {
  if (c.key == KeyKind::kOther) return refuse("key-name");
  if (c.key == KeyKind::kDigest || stands_under_digest(c)) return refuse("digest-name");
  if (c.assignment != nullptr && c.deployed() && names_something_else(c.around.key)) {
    return refuse("key-name");
  }
  if (const auto reason = judge_text(c); !reason.empty()) return refuse(reason);
  if (echoes_key(c.around.key, c.value)) {
    if (c.key == KeyKind::kMachine || count_if_char(c.value, is_digit) == 0) return refuse("echo");
    return {{}, Level::kLow, "repeats its name"};
  }
  return c.key == KeyKind::kMachine ? judge_machine(c) : judge_password(c);
}

Candidate make_candidate(const Rule& rule, Bytes view, const ViewContext& context,
                         const Match& match, const Assignment* assignment) {
  Candidate c;
  c.value = slice(view, match.secret);
  c.account = slice(view, match.account);
  const Bytes key = assignment != nullptr ? slice(view, assignment->key) : Bytes{};
  c.around = look_around(view, match.whole, match.secret, key);
  c.context = context;
  c.family = rule.names;
  c.assignment = assignment;
  c.shape = word_shape(c.value);
  if (!c.around.key.empty()) c.key = judge_key(c.around.key);
  return c;
}

std::string_view refuse_name(const Rule& rule, Bytes view, const ViewContext& context,
                             const Assignment* assignment) {
  if (assignment == nullptr || !rule.generic || !is_deployed(context)) return {};
  // What equals its account is kept under any name.
  const Bytes key = slice(view, assignment->key);
  if (key.empty() || !assignment->account.empty()) return {};
  switch (judge_key(key)) {
    case KeyKind::kOther:
      return "key-name";
    case KeyKind::kDigest:
      return "digest-name";
    default:
      return names_something_else(key) ? "key-name" : "";
  }
}

std::string_view judge_generic(const Rule& rule, Bytes view, const ViewContext& context,
                               Match& match, const Assignment* assignment) {
  const Candidate c = make_candidate(rule, view, context, match, assignment);
  if (c.value == c.account) {
    const bool chosen = c.deployed() && !only_stock_words(c.value);
    set(match, chosen ? Level::kMedium : Level::kLow, "equals its account");
    return {};
  }
  if (!rule.generic) return judge_user_info(c, match);
  if (const auto reason = refuse_place(c); !reason.empty()) return reason;
  PlainVerdict verdict = judge_plainly(c);
  if (assignment != nullptr && !is_directive(c)) verdict = judge_by_model(c, verdict);
  if (!verdict.refused.empty()) return verdict.refused;
  set(match, verdict.confidence, verdict.why);
  return {};
}

}  // namespace nhi

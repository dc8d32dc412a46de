#include "scanner/match/generic.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/match/key_name.hpp"
#include "scanner/match/letter_model.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/surroundings.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

struct Candidate {
  Bytes value;
  Surroundings around;
  Syntax syntax;
  KeyKind key;
  WordShape shape;
  bool quoted() const { return around.quote != '\0'; }
};

std::size_t count_if_char(Bytes v, bool (*test)(char)) {
  return static_cast<std::size_t>(std::count_if(v.begin(), v.end(), test));
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool is_code(Syntax syntax) {
  return syntax == Syntax::kCLike || syntax == Syntax::kScript || syntax == Syntax::kPowerShell;
}

// The words that people put where a password would be, and the ones names of fields are made of.
// A value made of nothing else says "a password stands here", or is so weak that it says nothing.
bool is_stock_word(Bytes word) {
  static constexpr std::string_view kWords[] = {
      "pass", "password", "passwd", "pwd", "passphrase", "passcode", "pw", "pword", "psw", "secret",
      "secrets", "token", "tokens", "key", "keys", "apikey", "api", "auth", "credential", "creds",
      "credentials", "login", "user", "username", "admin", "administrator", "root", "guest", "test",
      "tests", "tester", "testing", "testpass", "testpassword", "testpw", "mypass", "mypassword",
      "mysecret", "foo", "bar", "baz", "qux", "foobar", "foobaz", "barbaz", "quux", "example",
      "sample", "demo", "dummy", "fake", "mock", "default", "changeme", "change", "changeit", "new",
      "old", "my", "your", "the", "a", "an", "some", "any", "this", "is", "not", "no", "none",
      "value", "val", "string", "str", "text", "data", "abc", "abcd", "abcde", "abcdef", "xyz",
      "qwe", "qwer", "qwerty", "asdf", "asd", "hello", "world", "hunter", "letmein", "welcome",
      "super", "strong", "weak", "good", "bad", "right", "wrong", "correct", "invalid", "valid",
      "incorrect", "short", "long", "first", "second", "third", "one", "two", "three", "client",
      "server", "app", "service", "db", "database", "mysql", "postgres", "mongo", "redis", "rabbit",
      "rabbitmq", "mariadb", "sql", "smtp", "mail", "email", "ldap", "ftp", "ssh", "vault", "here",
      "enter", "insert", "replace", "put", "empty", "blank", "null", "nil", "public", "private",
      "access", "refresh", "bearer", "basic", "session", "id", "name", "in", "of", "for", "to",
      "with", "and", "or", "me", "it", "aaa", "bbb", "ccc", "xxx", "yyy", "zzz", "aaaa", "bbbb",
      "tset", "nopass", "nopasswd", "nopassword", "newpass", "newpassword", "oldpass", "wordpass",
      "oldpassword", "dev", "prod", "local", "localhost", "jwt", "oauth", "hash", "hashed", "salt",
      "code", "random", "generated", "something", "anything", "whatever", "temp", "tmp"};
  return is_any_of(word, kWords);
}

bool only_stock_words(Bytes v) {
  std::size_t words = 0;
  for (std::size_t at = 0; at < v.size();) {
    if (!is_letter(v[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < v.size() && is_letter(v[end]) && !(is_upper(v[end]) && !is_upper(v[end - 1]))) {
      ++end;
    }
    if (!is_stock_word(v.substr(at, end - at))) {
      // `PASSWORD1` is one run; `passwordSecret` was cut above; `adminpassword` is two words.
      const Bytes run = v.substr(at, end - at);
      bool split = false;
      for (std::size_t cut = 2; cut + 2 <= run.size() && !split; ++cut) {
        split = is_stock_word(run.substr(0, cut)) && is_stock_word(run.substr(cut));
      }
      if (!split) return false;
    }
    ++words;
    at = end;
  }
  return words != 0;
}

// `123`, `2020`, `!`: what people put behind a stock word so that it passes.
bool has_trivial_rest(Bytes v) {
  std::string digits;
  std::size_t signs = 0;
  for (const char c : v) {
    if (is_digit(c)) digits.push_back(c);
    else if (!is_letter(c) && c != '_' && c != '-' && c != ' ' && c != '.') ++signs;
  }
  if (signs > 2) return false;
  if (digits.size() <= 2) return true;
  bool steps = true;
  bool same = true;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    steps = steps && (digits[i] == digits[i - 1] + 1 || (digits[i] == '0' && digits[i - 1] == '9'));
    same = same && digits[i] == digits[0];
  }
  return steps || same || (digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20")));
}

std::string folded_letters(Bytes v) {
  std::string out;
  for (const char c : v) {
    if (is_letter(c) || is_digit(c)) out.push_back(lower(c));
  }
  return out;
}

// `password = "password"`, `SECRET: "my_secret"`, `access_token: ACCESS_TOKEN`.
bool echoes_key(Bytes key, Bytes value) {
  const std::string k = folded_letters(key);
  const std::string v = folded_letters(value);
  if (k.size() < 3 || v.size() < 3) return false;
  return k == v || k.find(v) != std::string::npos ||
         (v.find(k) != std::string::npos && v.size() <= k.size() + 8 && k.size() >= 6);
}

bool is_number(Bytes v) {
  return all_are(v, [](char c) {
    return is_digit(c) || std::string_view(".,+-_eE").find(c) != kNone;
  }) && count_if_char(v, is_digit) != 0;
}

bool is_hex_number(Bytes v) {
  return v.size() > 2 && v[0] == '0' && lower(v[1]) == 'x' && all_are(v.substr(2), is_hex);
}

bool is_uuid_shaped(Bytes v) {
  if (v.size() != 36) return false;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? v[i] != '-' : !is_hex(v[i])) return false;
  }
  return true;
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

std::string_view judge_place(const Candidate& c) {
  const Surroundings& a = c.around;
  if (a.long_line && (c.syntax == Syntax::kCLike) && c.key == KeyKind::kMachine) return "minified";
  // Code: a value without quotes is an expression or a type, unless it stands in a literal.
  if (is_code(c.syntax) && !c.quoted() && !a.in_string && !a.in_element) {
    if (!a.in_comment) return is_expression(c.value) ? "expression" : "unquoted";
  }
  // What follows the closing quote says that the literal is only a part or a key.
  Bytes rest = trim(a.after);
  if (c.quoted()) {
    if (rest.starts_with("+") || rest.starts_with(". ") || rest.starts_with(".format") ||
        rest.starts_with("% ")) {
      return "concatenated";
    }
    if (rest.starts_with("=>") || (rest.starts_with(":") && c.syntax != Syntax::kConfig)) {
      return "key";
    }
  }
  return {};
}

// --- the value -------------------------------------------------------------------------------

std::string_view judge_text(const Candidate& c) {
  const Bytes v = c.value;
  if (count_if_char(v, is_high) * 3 > v.size()) return "foreign-text";
  if (v.find("${") != kNone || v.find("#{") != kNone || v.find("{{") != kNone ||
      v.find("$(") != kNone || v.find("<%") != kNone || v.find("%s") != kNone ||
      v.find("%v") != kNone || v.find("{0}") != kNone) {
    return "template";
  }
  const std::size_t scheme = v.find("://");
  if (scheme != kNone && scheme < 12 && v.find('@') == kNone) return "url";
  const std::size_t spaces = static_cast<std::size_t>(std::count(v.begin(), v.end(), ' '));
  if (spaces >= 1 && (c.shape.words >= 2 || spaces >= 4)) return "sentence";
  if (v.size() >= 2 && (v.front() == '<' && v.back() == '>')) return "placeholder";
  if (v.front() == '[' || v.front() == '(' || v.front() == '{') return "structure";
  if (v.front() == '/' && v.find('/', 1) != kNone && c.shape.wordy * 3 >= v.size()) return "path";
  if (v.ends_with(":") || v.ends_with("=")) {
    if (c.key == KeyKind::kPassword) return "label";
  }
  return {};
}

std::string_view judge_machine(const Candidate& c, Match& match) {
  const Bytes v = c.value;
  if (is_number(v) || is_hex_number(v)) return "number";
  if (v.size() < 8) return "short";
  if (v.find(' ') != kNone) return "sentence";
  const std::size_t digits = count_if_char(v, is_digit);
  if (is_uuid_shaped(v)) {
    match.why = "identifier under the name of a key";
    match.confidence = Level::kMedium;
    return {};
  }
  if (only_stock_words(v)) return "stock-words";
  if (shannon_bits_per_byte(v) < entropy_floor(alphabet_size(v), v.size())) return "low-entropy";
  const bool wordy = c.shape.letters != 0 && c.shape.wordy * 10 >= c.shape.letters * 7 &&
                     c.shape.letters * 2 >= v.size();
  if (wordy && digits * 4 < v.size()) return "words";
  match.confidence = v.size() >= 16 ? Level::kHigh : Level::kMedium;
  match.why = "random value under the name of a key";
  return {};
}

std::string_view judge_password(const Candidate& c, Match& match) {
  const Bytes v = c.value;
  match.why = "value under the name of a password";
  if (v.size() < 3) return "short";
  if (is_number(v)) {
    match.confidence = Level::kLow;
    match.why = "only digits under the name of a password";
    return {};
  }
  if (only_stock_words(v) && has_trivial_rest(v)) {
    match.confidence = Level::kLow;
    match.why = "stock words under the name of a password";
    return {};
  }
  const bool all_letters = all_are(v, [](char ch) {
    return is_letter(ch) || ch == '_' || ch == '-' || ch == '.' || ch == ' ';
  });
  const bool wordy = c.shape.letters != 0 && c.shape.wordy * 10 >= c.shape.letters * 8;
  if (all_letters && wordy) {
    match.confidence = Level::kLow;
    match.why = "plain words under the name of a password";
    return {};
  }
  if (all_letters && c.shape.letters == 0) {
    match.confidence = Level::kLow;
    return {};
  }
  match.confidence = wordy ? Level::kMedium : Level::kHigh;
  return {};
}

}  // namespace

std::string_view judge_generic(const Rule& rule, Bytes view, const ViewContext& context,
                               Match& match) {
  Candidate c{slice(view, match.secret), look_around(view, match.whole, match.secret),
              context.syntax, KeyKind::kPassword, {}};
  c.shape = word_shape(c.value);
  if (!rule.generic) {  // user-info of a URL: the pattern has said what it is
    if (only_stock_words(c.value) && has_trivial_rest(c.value)) {
      match.confidence = Level::kLow;
      match.why = "stock words as a password";
    }
    return {};
  }
  c.key = c.around.key.empty() ? KeyKind::kPassword : judge_key(c.around.key);
  if (c.key == KeyKind::kOther) return "key-name";
  if (c.key == KeyKind::kDigest) return "digest-name";
  if (const auto reason = judge_place(c); !reason.empty()) return reason;
  if (const auto reason = judge_text(c); !reason.empty()) return reason;
  if (echoes_key(c.around.key, c.value)) {
    if (c.key == KeyKind::kMachine || count_if_char(c.value, is_digit) == 0) return "echo";
    match.confidence = Level::kLow;
    match.why = "repeats its name";
    return {};
  }
  return c.key == KeyKind::kMachine ? judge_machine(c, match) : judge_password(c, match);
}

}  // namespace nhi

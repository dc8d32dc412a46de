#include "scanner/match/value_features.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/match/randomness.hpp"
#include "scanner/match/stock_words.hpp"
#include "scanner/match/uuid.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = std::string_view::npos;

// Collects features; with a list of names it also says what they are called.
class Collector {
 public:
  explicit Collector(std::vector<std::string>* names) : names_(names) {}
  void add(std::string_view name, double value) { add(name, {}, value); }
  /// `word` completes the name: "name has", "token".
  void add(std::string_view name, std::string_view word, double value) {
    NHI_ASSERT(out_.count < kFeatureMax);
    out_.values.at(out_.count++) =
        static_cast<std::int16_t>(std::lround(std::clamp(value, -1000.0, 3000.0)));
    if (names_ == nullptr) return;
    names_->emplace_back(name);
    if (!word.empty()) names_->back().append(" ").append(word);
  }
  [[nodiscard]] const Features& features() const { return out_; }

 private:
  Features out_;
  std::vector<std::string>* names_;
};

double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

template <class Test>
std::size_t count_of(Bytes text, Test test) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), test));
}

// --- the name ----------------------------------------------------------------------------------

// Words that shift what a name means; each is a question of its own.
constexpr std::string_view kKeyWords[] = {
    "password", "passwd",    "pass",    "pwd",     "secret",  "token",  "key",      "keys",
    "auth",     "api",       "access",  "private", "public",  "client", "consumer", "app",
    "user",     "db",        "test",    "id",      "name",    "url",    "hash",     "salt",
    "nonce",    "csrf",      "session", "cookie",  "refresh", "next",   "encrypt",  "encryption",
    "sign",     "signature", "oauth",   "basic",   "bearer",  "header", "type",     "file",
    "path",     "cache",     "primary", "foreign", "default", "value",  "expected", "invalid",
    "bad",      "wrong",     "new",     "old",     "admin",   "root",   "master",   "aes",
    "hmac",     "jwt",       "ssh",     "gpg",     "license", "site",   "google",   "aws",
    "github",   "error",     "message", "label",   "field",   "param",  "author",   "version"};

void add_key(Collector& out, const JudgedValue& c) {
  const Bytes key = c.around.key;
  out.add("name: family", static_cast<double>(c.family));
  out.add("name: kind", static_cast<double>(c.key));
  out.add("name: length", static_cast<double>(key.size()));
  out.add("name: all capitals", count_of(key, is_lower) == 0 ? 1 : 0);
  out.add("name: has capitals and small letters",
          count_of(key, is_lower) != 0 && count_of(key, is_upper) != 0 ? 1 : 0);
  out.add("name: separators",
          static_cast<double>(count_of(key, [](char ch) { return ch == '_' || ch == '-'; })));
  out.add("name: dots", static_cast<double>(std::count(key.begin(), key.end(), '.')));
  out.add("name: digits", static_cast<double>(count_of(key, is_digit)));
  const std::size_t dot = key.rfind('.');
  const Bytes last = dot == kNone ? key : key.substr(dot + 1);
  std::size_t stem_end = 0;
  for (std::size_t at = 0; at < last.size(); ++at) {
    if (!may_begin_stem(last[at])) continue;
    for (const NameStem& stem : kNameStems) {
      if (stem.family == c.family && starts_folded(last.substr(at), stem.text)) {
        stem_end = at + stem.text.size();
      }
    }
  }
  out.add("name: characters behind its stem", static_cast<double>(last.size() - stem_end));
  std::array<Bytes, kKeyWordsMax> words;
  const std::size_t count = split_key(key, words);
  for (const std::string_view word : kKeyWords) {
    const bool held = std::any_of(words.begin(), words.begin() + count,
                                  [&](Bytes one) { return equals_folded(one, word); });
    out.add("name: has", word, held ? 1 : 0);
  }
}

// --- the place -----------------------------------------------------------------------------------

bool asks(Bytes before) {
  static constexpr std::string_view kVerbs[] = {"assert", "expect", "equal", "should", "must",
                                                "raise",  "throw",  "log",   "print",  "echo"};
  static constexpr CharSet kFirstLetters("aAeEsSmMrRtTlLpP");
  // One look along what may be a long line.
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (!kFirstLetters(before[at])) continue;
    for (const std::string_view verb : kVerbs) {
      if (starts_folded(before.substr(at), verb)) return true;
    }
  }
  return false;
}

void add_place(Collector& out, const JudgedValue& c) {
  const Surroundings& a = c.around;
  const auto notation = c.assignment == nullptr ? Notation::kSetting : c.assignment->notation;
  const auto is = [&](Notation one) { return notation == one ? 1.0 : 0.0; };
  out.add("place: setting", is(Notation::kSetting));
  out.add("place: comparison", is(Notation::kCompare));
  out.add("place: pair", is(Notation::kPair));
  out.add("place: call", is(Notation::kCall));
  out.add("place: element", is(Notation::kElement));
  out.add("place: named value", is(Notation::kNamed));
  out.add("place: option", is(Notation::kFlag));
  out.add("place: blank", is(Notation::kBlank));
  out.add("place: byte list", is(Notation::kByteList));
  out.add("place: quote", a.quote == '"' ? 1 : a.quote == '\'' ? 2 : a.quote == '`' ? 3 : 0);
  out.add("place: escaped quote", a.escaped ? 1 : 0);
  out.add("place: in a literal", a.in_string ? 1 : 0);
  out.add("place: comment", a.in_comment ? 1 : 0);
  out.add("place: whole line", c.assignment != nullptr && c.assignment->whole_line ? 1 : 0);
  out.add("place: typed", c.assignment != nullptr && c.assignment->type_named ? 1 : 0);
  out.add("place: test path", c.context.test_path ? 1 : 0);
  for (std::size_t i = 0; i < 9; ++i) {
    static constexpr std::string_view kNames[] = {
        "language: unknown", "language: C-like",     "language: script",
        "language: shell",   "language: PowerShell", "language: settings",
        "language: data",    "language: SQL",        "language: prose"};
    out.add(kNames[i], static_cast<std::size_t>(c.context.syntax) == i ? 1 : 0);
  }
  out.add("place: line before", static_cast<double>(std::min<std::size_t>(a.before.size(), 300)));
  out.add("place: line behind", static_cast<double>(std::min<std::size_t>(a.after.size(), 300)));
  out.add("place: asks or reports", asks(a.before) ? 1 : 0);
  const Bytes behind = trim(a.after);
  out.add("place: sign behind",
          behind.empty() ? 0 : static_cast<double>(std::string_view(",;)]}").find(behind[0]) + 2));
}

// --- the value -----------------------------------------------------------------------------------

std::size_t longest_run(Bytes v, bool (*same)(char, char)) {
  std::size_t best = v.empty() ? 0 : 1;
  std::size_t run = 1;
  for (std::size_t i = 1; i < v.size(); ++i) {
    run = same(v[i - 1], v[i]) ? run + 1 : 1;
    best = std::max(best, run);
  }
  return best;
}

int class_of(char c) { return is_digit(c) ? 0 : is_lower(c) ? 1 : is_upper(c) ? 2 : 3; }

std::size_t class_changes(Bytes v) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < v.size(); ++i)
    changes += class_of(v[i]) != class_of(v[i - 1]) ? 1 : 0;
  return changes;
}

std::size_t humps(Bytes v) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < v.size(); ++i) count += is_lower(v[i - 1]) && is_upper(v[i]) ? 1 : 0;
  return count;
}

constexpr std::string_view kValueWords[] = {
    "example", "your",    "test",      "dummy",   "fake",   "sample", "placeholder", "change",
    "insert",  "replace", "xxx",       "foo",     "bar",    "todo",   "none",        "null",
    "true",    "false",   "undefined", "default", "secret", "token",  "password",    "pass",
    "key",     "user",    "name",      "value",   "admin",  "abc",    "123",         "http",
    "invalid", "wrong",   "some",      "my",      "get",    "hash"};

void add_counts(Collector& out, Bytes v) {
  const std::size_t n = v.size();
  out.add("value: length", static_cast<double>(n));
  out.add("value: digits, %", percent(count_of(v, is_digit), n));
  out.add("value: capitals, %", percent(count_of(v, is_upper), n));
  out.add("value: small letters, %", percent(count_of(v, is_lower), n));
  out.add("value: signs, %", percent(count_of(v, [](char c) { return class_of(c) == 3; }), n));
  out.add("value: beyond ASCII, %", percent(count_of(v, is_high), n));
  out.add("value: digits", static_cast<double>(count_of(v, is_digit)));
  static constexpr std::string_view kSigns = " ._-/:@=,;()[]{}<>%$#\\*+!?&|'\"";
  for (std::size_t i = 0; i < kSigns.size(); ++i) {
    const std::string_view sign = kSigns.substr(i, 1);
    out.add("value: number of", sign == " " ? "blanks" : sign,
            static_cast<double>(std::count(v.begin(), v.end(), sign[0])));
  }
}

void add_texture(Collector& out, const JudgedValue& c) {
  const Bytes v = c.value;
  const std::size_t n = v.size();
  const double bits = shannon_bits_per_byte(v);
  const std::size_t alphabet = alphabet_size(v);
  std::string distinct(v);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  out.add("value: alphabet", static_cast<double>(alphabet));
  out.add("value: entropy, hundredths", bits * 100);
  out.add("value: entropy over the floor of chance, hundredths",
          (bits - entropy_floor(alphabet, n)) * 100);
  out.add("value: distinct characters, %", percent(distinct.size(), n));
  out.add("value: letters in runs, %", percent(c.shape.letters, n));
  out.add("value: letters that read like words, %", percent(c.shape.wordy, c.shape.letters));
  out.add("value: words", static_cast<double>(c.shape.words));
  out.add("value: strangeness of its letters, hundredths", c.shape.bits * 100);
  out.add("value: stock words", static_cast<double>(count_stock_words(v)));
  out.add("value: only stock words", only_stock_words(v) ? 1 : 0);
  out.add("value: changes of class, %", percent(class_changes(v), n));
  out.add("value: humps", static_cast<double>(humps(v)));
  out.add("value: longest run of letters", static_cast<double>(longest_run(v, [](char a, char b) {
            return is_letter(a) && is_letter(b);
          })));
  out.add("value: longest run of digits", static_cast<double>(longest_run(v, [](char a, char b) {
            return is_digit(a) && is_digit(b);
          })));
  out.add("value: longest repeat",
          static_cast<double>(longest_run(v, [](char a, char b) { return a == b; })));
  out.add("value: longest sequence",
          static_cast<double>(longest_run(v, [](char a, char b) { return b == a + 1; })));
}

void add_shape(Collector& out, const JudgedValue& c) {
  const Bytes v = c.value;
  out.add("value: UUID", is_uuid(v) ? 1 : 0);
  out.add("value: hex", all_are(v, is_hex) ? 1 : 0);
  out.add("value: base64 with padding",
          v.size() % 4 == 0 && v.ends_with('=') && all_are(v, is_base64) ? 1 : 0);
  out.add("value: base64 length", v.size() % 4 == 0 ? 1 : 0);
  out.add("value: starts with a capital", !v.empty() && is_upper(v[0]) ? 1 : 0);
  out.add("value: starts with a letter", !v.empty() && is_letter(v[0]) ? 1 : 0);
  out.add("value: starts with a sign", !v.empty() && class_of(v[0]) == 3 ? 1 : 0);
  out.add("value: ends with a letter or digit", !v.empty() && class_of(v.back()) != 3 ? 1 : 0);
  out.add("value: a name", is_name(v) ? 1 : 0);
  out.add("value: a dotted name", is_name(v, ".-") ? 1 : 0);
  const std::string key = folded_letters(c.around.key);
  const std::string value = folded_letters(v);
  out.add("value: stands in its name", !value.empty() && key.find(value) != kNone ? 1 : 0);
  out.add("value: holds its name", key.size() > 2 && value.find(key) != kNone ? 1 : 0);
  out.add("value: equals the account", !c.account.empty() && c.account == v ? 1 : 0);
  for (const std::string_view word : kValueWords) {
    out.add("value: holds", word, contains_folded(v, word) ? 1 : 0);
  }
}

Features collect(const JudgedValue& c, const PlainVerdict& plain, std::vector<std::string>* names) {
  Collector out(names);
  out.add("rules of thumb", plain.refused.empty() ? 1 + static_cast<double>(plain.confidence) : 0);
  static constexpr std::string_view kReasons[] = {
      "sentence", "words",  "low-entropy", "stock-words", "echo",      "key-name", "digest-name",
      "short",    "number", "path",        "url",         "structure", "sequence", "constant-name"};
  for (const std::string_view reason : kReasons) {
    out.add("rules of thumb: refused as", reason, plain.refused == reason ? 1 : 0);
  }
  add_key(out, c);
  add_place(out, c);
  add_counts(out, c.value);
  add_texture(out, c);
  add_shape(out, c);
  return out.features();
}

}  // namespace

Features value_features(const JudgedValue& candidate, const PlainVerdict& plain) {
  return collect(candidate, plain, nullptr);
}

std::vector<std::string> feature_names() {
  std::vector<std::string> names;
  (void)collect(JudgedValue{}, PlainVerdict{}, &names);
  return names;
}

}  // namespace nhi

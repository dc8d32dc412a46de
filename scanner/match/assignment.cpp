#include "scanner/match/assignment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/match/cursor.hpp"
#include "scanner/match/value_reader.hpp"
#include "scanner/rules/name_family.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kKeyLeftMax = 64;
constexpr std::size_t kTagMax = 160;

bool is_key_char(char c) { return is_word(c) || c == '-' || c == '$'; }

std::size_t key_start(Bytes view, std::size_t stem_start) {
  std::size_t start = stem_start;
  while (start > 0 && stem_start - start < kKeyLeftMax) {
    const char c = view[start - 1];
    const bool dot = c == '.' && start > 1 && (is_word(view[start - 2]) || view[start - 2] == ')');
    if (!is_key_char(c) && !dot) break;
    --start;
  }
  // `--password`, `-p`: the dashes belong to the option, not to its name.
  while (start < stem_start && view[start] == '-') ++start;
  return start;
}

std::size_t key_end(Bytes view, std::size_t stem_end) {
  std::size_t end = stem_end;
  while (end < view.size() && end - stem_end < kKeyRightMax) {
    const char c = view[end];
    const char next = end + 1 < view.size() ? view[end + 1] : '\0';
    const bool dash = c == '-' && is_word(next);
    const bool dot = c == '.' && is_letter(next);
    if (!is_word(c) && !dash && !dot) break;
    ++end;
  }
  return end;
}

// `pWord` in `StopWord`.
bool crosses_words(Bytes stem) {
  for (std::size_t i = 1; i < stem.size(); ++i) {
    if (is_lower(stem[i - 1]) && is_upper(stem[i])) return true;
  }
  return false;
}

// A later stem names the value: in `secret_key` that is `key`.
bool holds_later_stem(Bytes view, std::size_t from, std::size_t end) {
  for (std::size_t at = from; at < end; ++at) {
    if (!may_begin_stem(view[at])) continue;
    if (stem_at(view.substr(at, end - at)) != NameFamily::kNone) return true;
  }
  return false;
}

// Reads on from the end of the key. One object a name; `out` is filled as it goes.
class Reader {
 public:
  Reader(Bytes view, Assignment& out)
      : view_(view), out_(out), cursor_(view, end_of_key(out)), value_(view, out, cursor_) {}

  bool read() {
    eat_closers();
    const std::size_t behind = cursor_.at();
    if (read_element() || read_named()) return true;
    cursor_.to(behind);
    if (!read_operator()) return false;
    return value_.read_value(notation_, colon_);
  }
  /// Every byte that what was read may depend on, a user's name before it and the closing tag
  /// behind it included. Literals are sought up to the end of their line.
  [[nodiscard]] Span looked() const {
    constexpr std::size_t kBeforeMax = 160;  // begins_line(), ends_a_value(), names_the_key()
    constexpr std::size_t kBehindMax = 256;  // white space and a tag
    const std::uint64_t start = out_.key.start > kBeforeMax ? out_.key.start - kBeforeMax : 0;
    const std::size_t from = std::min(cursor_.farthest(), view_.size());
    const std::size_t most = std::min(view_.size(), from + kAssignmentBytesMax);
    std::size_t end = from;
    while (end < most && !(is_line_end(view_[end]) && (end == 0 || view_[end - 1] != '\\'))) ++end;
    return {start, end + kBehindMax};
  }

 private:
  static std::size_t end_of_key(const Assignment& out) {
    return static_cast<std::size_t>(out.key.end);
  }
  [[nodiscard]] char before_key() const {
    return out_.key.start > 0 ? view_[static_cast<std::size_t>(out_.key.start) - 1] : '\0';
  }

  // `"name"`, `['name']`, `name()`, `name[32]`, `\"name\"`.
  void eat_closers() {
    for (int i = 0; i < 4; ++i) {
      const char c = cursor_.peek();
      if (is_quote(c)) {
        key_quoted_ = true;
        cursor_.skip(1);
      } else if (c == '\\' && is_quote(cursor_.peek(1))) {
        key_quoted_ = true;
        cursor_.skip(2);
      } else if (c == ']' || c == ')') {
        closed_ = true;
        cursor_.skip(1);
      } else if (c == '(' && cursor_.peek(1) == ')') {
        closed_ = true;
        cursor_.skip(2);
      } else if (c == '[' && !key_quoted_) {
        const std::size_t from = cursor_.at();
        cursor_.skip(1);
        cursor_.eat_while(is_word, 16);
        if (!cursor_.eat("]")) cursor_.to(from);
        return;
      } else if (c == '*' && cursor_.peek(1) == '*') {  // **Password**: x
        cursor_.skip(2);
      } else {
        return;
      }
    }
  }

  // `<name …>value</name>`
  bool read_element() {
    std::size_t at = static_cast<std::size_t>(out_.key.start);
    const std::size_t least = at > 32 ? at - 32 : 0;
    while (at > least && (is_word(view_[at - 1]) || view_[at - 1] == ':' || view_[at - 1] == '-')) {
      --at;
    }
    if (at == 0 || view_[at - 1] != '<' || key_quoted_) return false;
    cursor_.eat_while([](char c) { return c != '<' && c != '>'; }, kTagMax);
    if (cursor_.before() == '/' || !cursor_.eat(">")) return false;
    // `https://svc:<password>@host</url>` is no element.
    std::size_t end = at;
    while (end < view_.size() &&
           (is_word(view_[end]) || view_[end] == ':' || view_[end] == '-' || view_[end] == '.')) {
      ++end;
    }
    return value_.read_text(Notation::kElement) &&
           closes(slice(view_, {at, end}), static_cast<std::size_t>(out_.whole.end));
  }

  // Is what follows `at`, white space aside, the end of the element `name`?
  [[nodiscard]] bool closes(Bytes name, std::size_t at) const {
    Bytes rest = view_.substr(at, kTagMax);
    rest = trim(rest);
    return rest.starts_with("</") && rest.substr(2).starts_with(name);
  }

  // name="password" value="x"; <entry key="password">x</entry>; <string>password</string> and the
  // next; name: PASSWORD, value: x on the next line.
  bool read_named() {
    const std::size_t from = cursor_.at();
    if (cursor_.eat("</")) return read_neighbour();
    if (!names_the_key()) return false;
    cursor_.eat_space();
    cursor_.eat(",");
    cursor_.eat_space();
    if (read_value_word()) return true;
    cursor_.to(from);
    if (!key_quoted_) return false;
    cursor_.eat_while([](char c) { return c != '<' && c != '>'; }, kTagMax);
    const bool closes = cursor_.before() == '/';
    if (!cursor_.eat(">")) return false;
    cursor_.eat_space();
    if (!closes) {
      const std::size_t text = cursor_.at();
      static constexpr std::string_view kTags[] = {"<value>", "<string>", "<val>"};
      for (const std::string_view tag : kTags) cursor_.eat_folded(tag);
      if (value_.read_text(Notation::kNamed)) return true;
      cursor_.to(text);
    }
    return cursor_.eat("<") && read_value_word();
  }

  // `value = "x"`, `"value": "x"`
  bool read_value_word() {
    if (is_quote(cursor_.peek())) cursor_.skip(1);
    static constexpr std::string_view kWords[] = {"parametervalue", "value", "val", "string",
                                                  "text"};
    bool named = false;
    for (const std::string_view word : kWords) {
      if (!named) named = cursor_.eat_folded(word);
    }
    if (!named) return false;
    if (is_quote(cursor_.peek())) cursor_.skip(1);
    cursor_.eat_blanks();
    if (!cursor_.eat("=") && !cursor_.eat(":")) {
      return cursor_.eat(">") && value_.read_text(Notation::kNamed);
    }
    cursor_.eat_blanks();
    return value_.read_quoted(Notation::kNamed) || value_.read_bare(Notation::kNamed);
  }

  // Is it `name="…`, `key: …`, `id='…`?
  [[nodiscard]] bool names_the_key() const {
    std::size_t at = static_cast<std::size_t>(out_.key.start);
    const auto back = [&](auto test, std::size_t most) {
      for (std::size_t i = 0; i < most && at > 0 && test(view_[at - 1]); ++i) --at;
    };
    // The rest of the name: `connection:db.password`, `db password`.
    back([](char c) { return is_word(c) || c == '.' || c == ':' || c == '-' || c == ' '; }, 80);
    const std::size_t first = at;
    Bytes around = view_.substr(first > 24 ? first - 24 : 0, std::min<std::size_t>(first, 24));
    Bytes inside = view_.substr(first, static_cast<std::size_t>(out_.key.start) - first);
    // `- name: DB_PASSWORD`: the walk above went over the word itself.
    const std::size_t colon = inside.find(": ");
    if (colon != Bytes::npos) around = inside.substr(0, colon);
    if (colon == Bytes::npos) {
      if (around.empty() || !is_quote(around.back())) return false;
      around.remove_suffix(1);
      around = trim(around);
      if (around.empty() || (around.back() != '=' && around.back() != ':')) return false;
      around.remove_suffix(1);
    }
    around = trim(around);
    while (!around.empty() && is_quote(around.back())) around.remove_suffix(1);
    std::size_t word = around.size();
    while (word > 0 && is_letter(around[word - 1])) --word;
    static constexpr std::string_view kWords[] = {"name", "key", "id", "property", "parameterkey"};
    return is_any_of(around.substr(word), kWords);
  }

  // `<string>password</string><string>x</string>`, `<key>Password</key>\n<string>x</string>`
  bool read_neighbour() {
    cursor_.eat_while([](char c) { return is_word(c) || c == ':' || c == '-' || c == '.'; }, 64);
    if (!cursor_.eat(">")) return false;
    for (int depth = 0; depth < 2; ++depth) {
      cursor_.eat_space();
      if (cursor_.peek() != '<' || cursor_.peek(1) == '/') return false;
      const std::size_t tag = cursor_.at();
      cursor_.eat_while([](char c) { return c != '>' && !is_line_end(c); }, kTagMax);
      if (cursor_.before() == '/' || !cursor_.eat(">")) return false;
      const Bytes name = view_.substr(tag + 1, cursor_.at() - tag - 2);
      static constexpr std::string_view kTexts[] = {"string", "value", "val", "text",
                                                    "param-value"};
      if (is_any_of(name, kTexts) && value_.read_text(Notation::kNamed)) return true;
    }
    return false;
  }

  // --- the operator ----------------------------------------------------------------------------

  bool read_operator() {
    const std::size_t blanks = cursor_.eat_blanks();
    const char c = cursor_.peek();
    if (c == ',' && key_quoted_) {
      if (closed_ || ends_a_value()) return false;
      cursor_.skip(1);
      if (cursor_.rest().starts_with("default")) cursor_.skip(7);  // Python: default="x"
      return settle(Notation::kPair);
    }
    if (c == ';' && key_quoted_) return read_php_length();
    if (c == '(' && !key_quoted_ && !closed_ && blanks == 0) {
      if (makes_credentials()) return false;  // of a user and a secret, in this order
      cursor_.skip(1);
      return settle(Notation::kCall);
    }
    if (read_property() || read_assign_sign()) return true;
    if (blanks == 0) return false;
    return read_blank();
  }

  // `new PSCredential("user", …)`
  [[nodiscard]] bool makes_credentials() const {
    const Bytes key = slice(view_, out_.key);
    static constexpr std::string_view kEndings[] = {"credential", "credentials"};
    return std::any_of(std::begin(kEndings), std::end(kEndings), [&](std::string_view ending) {
      return key.size() >= ending.size() &&
             equals_folded(key.substr(key.size() - ending.size()), ending);
    });
  }

  // `"password": "vault-of:db-password", "ttl"`: the name ends a text that is a value itself.
  [[nodiscard]] bool ends_a_value() const {
    constexpr std::size_t kReach = 128;
    std::size_t at = static_cast<std::size_t>(out_.key.start);
    const std::size_t least = at > kReach ? at - kReach : 0;
    while (at > least && !is_quote(view_[at - 1]) && !is_line_end(view_[at - 1])) --at;
    if (at == least || !is_quote(view_[at - 1])) return false;
    --at;
    while (at > least && is_blank(view_[at - 1])) --at;
    return at > least && (view_[at - 1] == ':' || view_[at - 1] == '=');
  }

  // `Password { get; set; } =` (C#), `Password As String =` (Visual Basic)
  bool read_property() {
    const std::size_t from = cursor_.at();
    if (cursor_.eat("{")) {
      cursor_.eat_while([](char c) { return is_letter(c) || c == ' ' || c == ';'; }, 48);
      if (!cursor_.eat("}")) cursor_.to(from);
    } else if (cursor_.eat_folded("as ")) {
      cursor_.eat_while(is_word, 24);
    }
    if (cursor_.at() == from) return false;
    cursor_.eat_blanks();
    if (cursor_.peek() == '=' && cursor_.peek(1) != '=' && cursor_.eat("=")) {
      out_.type_named = true;
      return settle(Notation::kSetting);
    }
    cursor_.to(from);
    return false;
  }

  // Serialised by PHP: s:8:"password";s:16:"…"
  bool read_php_length() {
    if (!cursor_.eat(";s:")) return false;
    return cursor_.eat_while(is_digit, 6) != 0 && cursor_.eat(":") && settle(Notation::kPair);
  }

  bool settle(Notation notation) {
    notation_ = notation;
    return true;
  }

  bool read_assign_sign() {
    static constexpr CharSet kFirst("=!.:?|+<-");
    static constexpr std::string_view kCompared[] = {"===", "!==", "==", "!=", ".equals(", ".eql("};
    static constexpr std::string_view kSet[] = {
        "::=", ":=", "=>", "||=", "\?\?=", "?=", "+=", "||", "\?\?", "<-", "->", "=", ": =", "::"};
    if (!kFirst(cursor_.peek())) return false;
    for (const std::string_view sign : kCompared) {
      if (cursor_.eat(sign)) {
        return sign == "==" && cursor_.eat(">") ? settle(Notation::kSetting)
                                                : settle(Notation::kCompare);
      }
    }
    for (const std::string_view sign : kSet) {
      if (!cursor_.eat(sign)) continue;
      if (sign == "->" && is_letter(cursor_.peek())) return false;  // a member
      if (sign == "::") return false;                               // a scope
      return settle(Notation::kSetting);
    }
    if (cursor_.peek() == '?' && cursor_.peek(1) == ':') cursor_.skip(1);
    if (!cursor_.eat(":")) return false;
    colon_ = true;
    eat_type();
    return settle(Notation::kSetting);
  }

  // `: String =`, `: &'static str =`
  void eat_type() {
    const std::size_t from = cursor_.at();
    cursor_.eat_blanks();
    const bool starts_quoted = cursor_.peek() == '\'';
    cursor_.eat_while(
        [](char c) {
          return is_word(c) || std::string_view("&'<>[]?.| ").find(c) != std::string_view::npos;
        },
        40);
    const bool sign = cursor_.at() > from + 1 && cursor_.peek() == '=' && cursor_.peek(1) != '=' &&
                      cursor_.peek(1) != '>';
    // `key: c2VjcmV0Cg=` and `key: 'a=b'` are values with a sign in them.
    const bool apart = is_blank(cursor_.before()) || is_quote(cursor_.peek(1));
    if (sign && apart && !starts_quoted) {
      cursor_.skip(1);
      out_.type_named = true;
    } else {
      cursor_.to(from);
    }
  }

  // `--password x`; `password string = "x"` (Go); `password "x"` (Ruby, SQL); `bindpw x`.
  bool read_blank() {
    const char first = before_key();
    if (first == '-' || (first == '/' && is_blank(char_before(2)))) {
      return settle(Notation::kFlag);
    }
    // In backticks stands what prose calls by its name: `pass `-v` to it`.
    const bool quoted = cursor_.peek() == '"' || cursor_.peek() == '\'';
    if (quoted && !key_quoted_ && !closed_) return settle(Notation::kBlank);
    static constexpr std::string_view kTypes[] = {"string", "[]byte", "str", "varchar", "text"};
    const std::size_t from = cursor_.at();
    for (const std::string_view type : kTypes) {
      if (cursor_.eat_folded(type)) break;
    }
    if (cursor_.at() == from) {
      const bool bare = !key_quoted_ && !closed_ && !is_quote(cursor_.peek());
      return bare && settle(Notation::kBlank);
    }
    cursor_.eat_blanks();
    out_.type_named = true;
    return cursor_.eat("=") && settle(Notation::kSetting);
  }

  [[nodiscard]] char char_before(std::size_t count) const {
    return out_.key.start >= count ? view_[static_cast<std::size_t>(out_.key.start) - count] : '\0';
  }

  Bytes view_;
  Assignment& out_;
  Cursor cursor_;
  ValueReader value_;
  Notation notation_ = Notation::kSetting;
  bool key_quoted_ = false;
  bool colon_ = false;
  bool closed_ = false;
};

// How far from a password's name that of its user may begin; and what is looked at of that.
constexpr std::size_t kUserReach = 160;
constexpr std::size_t kAccountReach = kUserReach + kKeyLeftMax + 160;

// The user who is named right before the password: `username: svc, password: …`.
Span find_account(Bytes view, const Assignment& password) {
  constexpr std::size_t kBetweenMax = 16;
  static constexpr std::string_view kUsers[] = {"user", "login", "account", "uid"};
  const auto end = static_cast<std::size_t>(password.key.start);
  const Bytes left = view.substr(0, end);
  static constexpr CharSet kFirst("uUlLaA");
  static constexpr CharSet kSecond("sSoOcCiI");
  for (std::size_t at = end; at-- > 0 && end - at < kUserReach;) {
    if (!kFirst(left[at]) || at + 1 >= end || !kSecond(left[at + 1])) continue;
    const auto starts = [&](std::string_view word) { return starts_folded(left.substr(at), word); };
    if (!std::any_of(std::begin(kUsers), std::end(kUsers), starts)) continue;
    Assignment user;
    user.key = {key_start(left, at), key_end(left, at + 1)};
    if (!Reader(left, user).read()) return {};
    const Bytes between = left.substr(static_cast<std::size_t>(user.value.end));
    const bool beside =
        between.size() <= kBetweenMax && all_are(between, [](char c) {
          return is_space(c) || is_quote(c) || std::string_view(",;/|&\\{-").find(c) != Bytes::npos;
        });
    const bool one_word = all_are(slice(left, user.value), [](char c) { return !is_space(c); });
    return beside && one_word ? user.value : Span{};
  }
  return {};
}

// `<add key="db.url" value="x" />`, `{"key": "db.url", "value": "x"}`: `key` says what the value is
// of, and what it is set to is a name.
bool is_key_of_pair(Bytes view, const Assignment& out) {
  constexpr std::size_t kBetweenMax = 64;
  if (out.quote == '\0' || !equals_folded(slice(view, out.key), "key")) return false;
  static constexpr std::string_view kElements[] = {"<entry ", "<prop ",    "<property ", "<param ",
                                                   "<item ",  "<setting ", "<string ",   "<int "};
  const Bytes left = view.substr(0, static_cast<std::size_t>(out.key.start));
  const bool attribute = std::any_of(std::begin(kElements), std::end(kElements),
                                     [&](std::string_view tag) { return left.ends_with(tag); });
  if (attribute) return true;
  Cursor cursor(view, static_cast<std::size_t>(out.value.end));
  cursor.eat_while([](char c) { return is_quote(c) || is_space(c) || c == ','; }, kBetweenMax);
  if (!cursor.eat_folded("value")) return false;
  if (is_quote(cursor.peek())) cursor.skip(1);
  cursor.eat_blanks();
  return cursor.peek() == '=' || cursor.peek() == ':';
}

}  // namespace

std::optional<Span> key_around(Bytes view, Span stem) {
  const auto start = static_cast<std::size_t>(stem.start);
  const std::size_t end = key_end(view, static_cast<std::size_t>(stem.end));
  // Most names are not followed by anything that gives them a value.
  if (end >= view.size()) return std::nullopt;
  if (crosses_words(slice(view, stem)) || holds_later_stem(view, start + 1, end)) {
    return std::nullopt;
  }
  return Span{key_start(view, start), end};
}

std::optional<Assignment> read_assignment(Bytes view, Span stem, Span key, Span* looked) {
  const auto start = static_cast<std::size_t>(stem.start);
  Assignment out;
  out.key = key;
  Reader reader(view, out);
  const bool read = reader.read();
  if (looked != nullptr) *looked = reader.looked();
  if (!read || is_key_of_pair(view, out)) return std::nullopt;
  if (stem_at(view.substr(start)) == NameFamily::kPassword) {
    out.account = find_account(view, out);
    if (looked != nullptr) looked->start -= std::min(looked->start, std::uint64_t{kAccountReach});
  }
  if (!out.account.empty()) out.whole.start = std::min(out.whole.start, out.account.start);
  return out;
}

std::optional<Assignment> read_assignment(Bytes view, Span stem) {
  const auto key = key_around(view, stem);
  return key ? read_assignment(view, stem, *key, nullptr) : std::nullopt;
}

}  // namespace nhi

#include "scanner/match/assignment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/rules/name_family.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kKeyLeftMax = 64;
constexpr std::size_t kKeyRightMax = 40;
constexpr std::size_t kGapMax = 80;  // blanks and line ends between name and value
constexpr std::size_t kQuotedMax = 2048;
constexpr std::size_t kBareMax = 512;
constexpr std::size_t kTagMax = 160;
constexpr std::size_t kListItemsMin = 8;

bool is_key_char(char c) { return is_word(c) || c == '-' || c == '$'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Walks over the view; every step is bounded by the view's end.
class Cursor {
 public:
  Cursor(Bytes view, std::size_t at) : view_(view), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ >= view_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < view_.size() ? view_[at_ + ahead] : '\0';
  }
  [[nodiscard]] char before() const { return at_ > 0 ? view_[at_ - 1] : '\0'; }
  [[nodiscard]] Bytes rest() const { return view_.substr(std::min(at_, view_.size())); }
  void to(std::size_t at) { at_ = at; }
  void skip(std::size_t count) { at_ += count; }

  bool eat(std::string_view text) {
    if (!rest().starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  bool eat_folded(std::string_view lower_text) {
    if (!starts_folded(rest(), lower_text)) return false;
    at_ += lower_text.size();
    return true;
  }
  template <class Test>
  std::size_t eat_while(Test test, std::size_t most) {
    const std::size_t from = at_;
    while (at_ < view_.size() && at_ - from < most && test(view_[at_])) ++at_;
    return at_ - from;
  }
  std::size_t eat_blanks() { return eat_while(is_blank, kGapMax); }
  void eat_space() { eat_while(is_space, kGapMax); }

 private:
  Bytes view_;
  std::size_t at_;
};

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

// A later stem names the value: in `secret_key` that is `key`.
bool holds_later_stem(Bytes view, std::size_t from, std::size_t end) {
  for (std::size_t at = from; at < end; ++at) {
    if (stem_at(view.substr(at, end - at)) != NameFamily::kNone) return true;
  }
  return false;
}

// Reads on from the end of the key. One object a name; `out` is filled as it goes.
class Reader {
 public:
  Reader(Bytes view, Assignment& out) : view_(view), out_(out), cursor_(view, end_of_key(out)) {}

  bool read() {
    eat_closers();
    const std::size_t behind = cursor_.at();
    if (read_element() || read_named()) return true;
    cursor_.to(behind);
    if (!read_operator()) return false;
    return read_value();
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
    return read_text(Notation::kElement);
  }

  // Text up to the next tag.
  bool read_text(Notation notation) {
    cursor_.eat_space();
    const bool cdata = cursor_.eat("<![CDATA[");
    const std::size_t from = cursor_.at();
    cursor_.eat_while([](char c) { return c != '<' && c != '>' && !is_line_end(c) && c != ']'; },
                      kQuotedMax);
    const std::size_t end = cursor_.at();
    if (cdata) cursor_.eat("]]>");
    cursor_.eat_space();
    return cursor_.rest().starts_with("</") && take(from, end, notation);
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
      for (const std::string_view tag : {"<value>", "<string>", "<val>"}) cursor_.eat_folded(tag);
      if (read_text(Notation::kNamed)) return true;
      cursor_.to(text);
    }
    return cursor_.eat("<") && read_value_word();
  }

  // `value = "x"`, `"value": "x"`
  bool read_value_word() {
    if (is_quote(cursor_.peek())) cursor_.skip(1);
    bool named = false;
    for (const std::string_view word : {"parametervalue", "value", "val", "string", "text"}) {
      if (!named) named = cursor_.eat_folded(word);
    }
    if (!named) return false;
    if (is_quote(cursor_.peek())) cursor_.skip(1);
    cursor_.eat_blanks();
    if (!cursor_.eat("=") && !cursor_.eat(":")) {
      return cursor_.eat(">") && read_text(Notation::kNamed);
    }
    cursor_.eat_blanks();
    return read_quoted(Notation::kNamed) || read_bare(Notation::kNamed);
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
      static constexpr std::string_view kTexts[] = {"string", "value", "val", "text"};
      if (is_any_of(name, kTexts) && read_text(Notation::kNamed)) return true;
    }
    return false;
  }

  // --- the operator ----------------------------------------------------------------------------

  bool read_operator() {
    const std::size_t blanks = cursor_.eat_blanks();
    const char c = cursor_.peek();
    if (c == ',' && key_quoted_) {
      cursor_.skip(1);
      if (cursor_.rest().starts_with("default")) cursor_.skip(7);  // Python: default="x"
      return settle(Notation::kPair);
    }
    if (c == ';' && key_quoted_) return read_php_length();
    if (c == '(' && !key_quoted_ && !closed_ && blanks == 0) {
      cursor_.skip(1);
      return settle(Notation::kCall);
    }
    if (read_assign_sign()) return true;
    if (blanks == 0) return false;
    return read_blank();
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
    for (const std::string_view sign : {"===", "!==", "==", "!=", ".equals(", ".eql("}) {
      if (cursor_.eat(sign)) {
        return sign == "==" && cursor_.eat(">") ? settle(Notation::kSetting)
                                                : settle(Notation::kCompare);
      }
    }
    for (const std::string_view sign : {"::=", ":=", "=>", "||=", "\?\?=", "?=", "+=", "||", "\?\?",
                                        "<-", "->", "=", ": =", "::"}) {
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
    cursor_.eat_while(
        [](char c) {
          return is_word(c) || std::string_view("&'<>[]?.| ").find(c) != std::string_view::npos;
        },
        40);
    const bool named = cursor_.at() > from + 1 && cursor_.peek() == '=' && cursor_.peek(1) != '=' &&
                       cursor_.peek(1) != '>';
    if (named) {
      cursor_.skip(1);
      out_.type_named = true;
    } else {
      cursor_.to(from);
    }
  }

  // `--password x`; `password string = "x"` (Go); `password "x"` (Ruby, SQL).
  bool read_blank() {
    const char first = before_key();
    if (first == '-' || (first == '/' && is_blank(char_before(2)))) {
      return settle(Notation::kFlag);
    }
    // In backticks stands what prose calls by its name: `pass `-v` to it`.
    const bool quoted = cursor_.peek() == '"' || cursor_.peek() == '\'';
    if (quoted && !key_quoted_ && !closed_) return settle(Notation::kBlank);
    const std::size_t from = cursor_.at();
    for (const std::string_view type : {"string", "[]byte", "str", "varchar", "text"}) {
      if (cursor_.eat_folded(type)) break;
    }
    if (cursor_.at() == from) return false;
    cursor_.eat_blanks();
    out_.type_named = true;
    return cursor_.eat("=") && settle(Notation::kSetting);
  }

  [[nodiscard]] char char_before(std::size_t count) const {
    return out_.key.start >= count ? view_[static_cast<std::size_t>(out_.key.start) - count] : '\0';
  }

  // --- the value -------------------------------------------------------------------------------

  bool read_value() {
    const bool tight = !is_space(cursor_.peek());
    cursor_.eat_blanks();
    const std::size_t line = cursor_.at();
    cursor_.eat_space();
    const std::size_t from = cursor_.at();
    for (int depth = 0; depth < 3; ++depth) {
      if (read_quoted(notation_)) return true;
      if (!eat_wrapper()) break;
      cursor_.eat_space();
    }
    cursor_.to(from);
    if (read_byte_list()) return true;
    cursor_.to(line);
    if (line != from || is_line_end(cursor_.peek())) return false;
    if (notation_ == Notation::kSetting) {
      return read_bare_line() ||
             (bare_allowed(tight) && read_bare(notation_) && stands_alone(tight));
    }
    return notation_ == Notation::kFlag && read_flag_value();
  }

  // Among other settings of a line a bare value stands tight behind its sign: `a=b&token=x`.
  [[nodiscard]] bool bare_allowed(bool tight) const {
    // `arn:aws:…:secret:name` is one word.
    if (colon_ && tight) return before_key() == '-' || before_key() == '/';
    return tight || before_key() == ';' || before_key() == ' ' || before_key() == ',';
  }

  // `password: Huidig wachtwoord` is the beginning of a sentence.
  [[nodiscard]] bool stands_alone(bool tight) {
    if (tight || !colon_) return true;
    cursor_.eat_blanks();
    return cursor_.done() || is_line_end(cursor_.peek()) ||
           std::string_view(",;)}]|\"'").find(cursor_.peek()) != std::string_view::npos;
  }

  // `String(`, `new X(`, `(char*)`, `[`: what may stand between the sign and the literal.
  bool eat_wrapper() {
    if (cursor_.eat("[") || cursor_.eat("{")) return true;
    if (cursor_.peek() == '(') {
      cursor_.skip(1);
      cursor_.eat_while([](char c) { return is_word(c) || c == '*' || c == ' ' || c == '.'; }, 24);
      cursor_.eat(")");
      return true;
    }
    cursor_.eat_folded("new ");
    const std::size_t from = cursor_.at();
    cursor_.eat_while(
        [](char c) { return is_word(c) || c == '.' || c == ':' || c == '[' || c == ']'; }, 48);
    const Bytes name = view_.substr(from, cursor_.at() - from);
    if (name.empty() || !cursor_.eat("(")) return false;
    return wraps_literals(name);
  }

  static bool wraps_literals(Bytes name) {
    const std::size_t dot = name.find_last_of(".:");
    const Bytes last = dot == Bytes::npos ? name : name.substr(dot + 1);
    static constexpr std::string_view kWrappers[] = {"string",
                                                     "securestring",
                                                     "secretstring",
                                                     "secretstr",
                                                     "some",
                                                     "just",
                                                     "of",
                                                     "str",
                                                     "bytes",
                                                     "byte",
                                                     "bytearray",
                                                     "b",
                                                     "[]byte",
                                                     "from",
                                                     "new",
                                                     "buffer",
                                                     "unicode",
                                                     "u",
                                                     "mark_safe",
                                                     "tostring",
                                                     "valueof",
                                                     "to_bytes",
                                                     "b64decode",
                                                     "unhexlify",
                                                     "fromhex",
                                                     "decodestring",
                                                     "hexdecode",
                                                     "decodehex",
                                                     "parse",
                                                     "secretkeyspec",
                                                     "ivparameterspec",
                                                     "frombase64string",
                                                     "getbytes",
                                                     "splithexstring",
                                                     "ptr",
                                                     "fromstring"};
    return is_any_of(last, kWrappers) || is_upper(last);
  }
  // A constructor: `Password("x")`.
  static bool is_upper(Bytes name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

  bool read_quoted(Notation notation) {
    const std::size_t from = cursor_.at();
    cursor_.eat_while(
        [](char c) {
          return std::string_view("@$lLuUbBrRfFnNsS").find(c) != std::string_view::npos;
        },
        2);
    const bool escaped = cursor_.peek() == '\\' && is_quote(cursor_.peek(1));
    if (escaped) cursor_.skip(1);
    const char quote = cursor_.peek();
    if (!is_quote(quote)) {
      cursor_.to(from);
      return false;
    }
    std::size_t marks = 0;
    while (cursor_.peek() == quote && marks < 3) {
      cursor_.skip(1);
      ++marks;
    }
    if (marks == 2 && quote != '`') {  // empty
      cursor_.to(from);
      return false;
    }
    const std::size_t start = cursor_.at();
    const std::size_t end = find_close(quote, escaped);
    if (end == start || end == view_.size()) {
      cursor_.to(from);
      return false;
    }
    out_.quote = quote;
    cursor_.to(end + marks + (escaped ? 1 : 0));
    return take(start, end, notation);
  }

  // Where the literal ends: on its line, at the quote that is escaped as the first one was.
  [[nodiscard]] std::size_t find_close(char quote, bool escaped) const {
    const std::size_t most = std::min(view_.size(), cursor_.at() + kQuotedMax);
    for (std::size_t at = cursor_.at(); at < most; ++at) {
      const char c = view_[at];
      if (is_line_end(c)) break;
      if (c == '\\') {
        const bool closes = escaped && at + 1 < most && view_[at + 1] == quote;
        if (closes) return at;
        ++at;
      } else if (c == quote) {
        return escaped ? view_.size() : at;
      }
    }
    return view_.size();
  }

  // The only thing on its line but for a comment: every character but quotes belongs to it.
  bool read_bare_line() {
    if (!begins_line()) return false;
    const std::size_t from = cursor_.at();
    cursor_.eat_while([](char c) { return !is_space(c) && !is_quote(c) && c != '<' && c != '>'; },
                      kBareMax);
    const std::size_t end = cursor_.at();
    cursor_.eat_blanks();
    if (cursor_.peek() == '#' || cursor_.peek() == ';') {
      cursor_.eat_while([](char c) { return !is_line_end(c); }, kBareMax);
    }
    cursor_.eat("\\");
    if (!cursor_.done() && !is_line_end(cursor_.peek())) {
      cursor_.to(from);
      return false;
    }
    out_.whole_line = true;
    return take(from, end, notation_);
  }

  // Indentation, comment marks, `export`, `- `, and names in front of the last dot.
  [[nodiscard]] bool begins_line() const {
    const std::size_t key = static_cast<std::size_t>(out_.key.start);
    const Bytes left = view_.substr(key > 128 ? key - 128 : 0, std::min<std::size_t>(key, 128));
    const std::size_t line = left.find_last_of("\r\n");
    if (line == Bytes::npos && key > 128) return false;
    Bytes text = trim(line == Bytes::npos ? left : left.substr(line + 1));
    while (!text.empty() && std::string_view("-#;*/>!").find(text.front()) != Bytes::npos) {
      text = trim(text.substr(1));
    }
    const std::size_t blank = text.find_first_of(" \t");
    if (blank != Bytes::npos) {
      static constexpr std::string_view kWords[] = {
          "export", "set",      "setx", "env", "arg",   "declare", "local",
          "const",  "readonly", "let",  "var", "final", "property"};
      if (!is_any_of(text.substr(0, blank), kWords)) return false;
      text = trim(text.substr(blank));
    }
    return all_are(text, [](char c) {
      return is_word(c) || std::string_view("\"'$./:[]-").find(c) != Bytes::npos;
    });
  }

  bool read_bare(Notation notation) {
    const std::size_t from = cursor_.at();
    cursor_.eat_while(
        [](char c) {
          return !is_space(c) && !is_quote(c) &&
                 std::string_view(";&,<>(){}|\\").find(c) == std::string_view::npos;
        },
        kBareMax);
    // A call is taken with its bracket, so that it is seen to be one.
    if (cursor_.peek() == '(') cursor_.skip(1);
    return take(from, cursor_.at(), notation);
  }

  bool read_flag_value() {
    if (cursor_.peek() == '-' || cursor_.peek() == '/') return false;
    const std::size_t from = cursor_.at();
    cursor_.eat_while(
        [](char c) {
          return !is_space(c) && !is_quote(c) &&
                 std::string_view("|;<>&").find(c) == std::string_view::npos;
        },
        kBareMax);
    return take(from, cursor_.at(), Notation::kFlag);
  }

  // `{0x01, 0x02}`, `new byte[] {1, 2}`, `[]byte{1, 2}`, `[1, 2]`: numbers up to the line's end.
  bool read_byte_list() {
    cursor_.eat_folded("new ");
    cursor_.eat_while([](char c) { return is_word(c) || c == '[' || c == ']' || c == '.'; }, 40);
    cursor_.eat_blanks();
    const char open = cursor_.before() == '[' ? '[' : cursor_.peek();
    if (open != '{' && open != '[' && open != '(') return false;
    if (cursor_.peek() == open) cursor_.skip(1);
    cursor_.eat_space();
    const std::size_t from = cursor_.at();
    std::size_t items = 0;
    std::size_t end = from;
    while (cursor_.at() - from < kQuotedMax) {
      if (cursor_.eat_while([](char c) { return is_hex(c) || c == 'x' || c == 'X'; }, 8) == 0)
        break;
      end = cursor_.at();
      ++items;
      if (!cursor_.eat(",")) break;
      cursor_.eat_blanks();
    }
    return items >= kListItemsMin && is_digit(view_[from]) && take(from, end, Notation::kByteList);
  }

  bool take(std::size_t from, std::size_t end, Notation notation) {
    while (end > from && is_blank(view_[end - 1])) --end;
    if (out_.quote == '\0' && notation != Notation::kElement && notation != Notation::kNamed) {
      while (end > from && (view_[end - 1] == ';' || view_[end - 1] == ',')) --end;
    }
    if (end < from + 2) return false;
    out_.value = {from, end};
    out_.notation = notation;
    out_.whole = {out_.key.start, std::max<std::uint64_t>(end, cursor_.at())};
    return true;
  }

  Bytes view_;
  Assignment& out_;
  Cursor cursor_;
  Notation notation_ = Notation::kSetting;
  bool key_quoted_ = false;
  bool colon_ = false;
  bool closed_ = false;
};

// The user who is named right before the password: `username: svc, password: …`.
Span find_account(Bytes view, const Assignment& password) {
  constexpr std::size_t kReach = 160;
  constexpr std::size_t kBetweenMax = 16;
  static constexpr std::string_view kUsers[] = {"user", "login", "account", "uid"};
  const auto end = static_cast<std::size_t>(password.key.start);
  const Bytes left = view.substr(0, end);
  for (std::size_t at = end; at-- > 0 && end - at < kReach;) {
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

}  // namespace

std::optional<Assignment> read_assignment(Bytes view, Span stem) {
  const auto start = static_cast<std::size_t>(stem.start);
  Assignment out;
  const std::size_t end = key_end(view, static_cast<std::size_t>(stem.end));
  // Most names are not followed by anything that gives them a value.
  if (end >= view.size()) return std::nullopt;
  if (holds_later_stem(view, start + 1, end)) return std::nullopt;
  out.key = {key_start(view, start), end};
  if (!Reader(view, out).read()) return std::nullopt;
  if (stem_at(view.substr(start)) == NameFamily::kPassword) out.account = find_account(view, out);
  if (!out.account.empty()) out.whole.start = std::min(out.whole.start, out.account.start);
  return out;
}

}  // namespace nhi

#include "scanner/match/value_reader.hpp"

#include <algorithm>
#include <string_view>

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kQuotedMax = 2048;
constexpr std::size_t kBareMax = 512;
constexpr std::size_t kListItemsMin = 8;

}  // namespace

// Text up to the next tag.
bool ValueReader::read_text(Notation notation) {
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

bool ValueReader::read_value(Notation notation, bool colon) {
  notation_ = notation;
  colon_ = colon;
  const bool tight = !is_space(cursor_.peek());
  cursor_.eat_blanks();
  const std::size_t line = cursor_.at();
  cursor_.eat_space();
  const std::size_t from = cursor_.at();
  for (int depth = 0; depth < 3; ++depth) {
    if (read_quoted(notation_)) return true;
    if (!eat_wrapper()) break;
    cursor_.eat_space();
    eat_value_member();
  }
  cursor_.to(from);
  if (read_byte_list()) return true;
  cursor_.to(line);
  if (colon_ && read_block()) return true;
  cursor_.to(line);
  if (line != from || is_line_end(cursor_.peek())) return false;
  if (notation_ == Notation::kSetting) {
    return read_bare_line() || (bare_allowed(tight) && read_bare(notation_) && stands_alone(tight));
  }
  if (notation_ == Notation::kBlank) return read_directive();
  return notation_ == Notation::kFlag && read_flag_value();
}

// YAML: `password: >-` and one word on the next line, which is indented.
bool ValueReader::read_block() {
  if (!cursor_.eat("|") && !cursor_.eat(">")) return false;
  cursor_.eat_while([](char c) { return c == '-' || c == '+' || is_digit(c); }, 2);
  cursor_.eat_blanks();
  cursor_.eat("\r");
  if (!cursor_.eat("\n") || cursor_.eat_blanks() == 0) return false;
  const std::size_t from = cursor_.at();
  cursor_.eat_while([](char c) { return !is_space(c); }, kBareMax);
  const std::size_t end = cursor_.at();
  cursor_.eat_blanks();
  return (cursor_.done() || is_line_end(cursor_.peek())) && take(from, end, notation_);
}

// `"password": {"value": "x"}`, `{"type": "securestring", "defaultValue": "x"}` of ARM templates.
void ValueReader::eat_value_member() {
  const std::size_t from = cursor_.at();
  if (cursor_.eat("\"type\"")) {
    cursor_.eat_while([](char c) { return c != ',' && c != '}' && c != '{'; }, 40);
    cursor_.eat(",");
    cursor_.eat_space();
  }
  if (cursor_.eat("\"value\"") || cursor_.eat("\"defaultValue\"")) {
    cursor_.eat_blanks();
    if (cursor_.eat(":")) {
      cursor_.eat_space();
      return;
    }
  }
  cursor_.to(from);
}

// `bindpw x`, `SetEnv DB_PASSWORD x`: one word with a digit up to the end of the line.
bool ValueReader::read_directive() {
  constexpr std::size_t kWordMin = 6;
  const std::size_t from = cursor_.at();
  // `/etc/pam.d/passwd 5c9dc0…`, a list of files: the name is a word of its own.
  if (before_key() != '\0' && !is_space(before_key())) return false;
  const char first = cursor_.peek();
  if (!is_word(first) && std::string_view("!$%@^~+?").find(first) == Bytes::npos) return false;
  cursor_.eat_while([](char c) { return !is_space(c) && !is_quote(c); }, kBareMax);
  const std::size_t end = cursor_.at();
  const Bytes word = view_.substr(from, end - from);
  if (word.size() < kWordMin) return false;
  cursor_.eat_blanks();
  if (!cursor_.done() && !is_line_end(cursor_.peek())) return false;
  const bool digit = std::any_of(word.begin(), word.end(), is_digit);
  const bool letter = std::any_of(word.begin(), word.end(), is_letter);
  if (!digit || !letter || !begins_line()) return false;
  out_.whole_line = true;
  return take(from, end, Notation::kBlank);
}

// Among other settings of a line a bare value stands tight behind its sign: `a=b&token=x`.
bool ValueReader::bare_allowed(bool tight) const {
  // `arn:aws:…:secret:name` is one word.
  if (colon_ && tight) return before_key() == '-' || before_key() == '/';
  return tight || before_key() == ';' || before_key() == ' ' || before_key() == ',';
}

// `password: Huidig wachtwoord` and `password.new=Nouvo Modpas` begin a sentence; what follows
// `PGPASSWORD=x` is a command.
bool ValueReader::stands_alone(bool tight) {
  const Bytes key = slice(view_, out_.key);
  const bool variable = all_are(key, [](char c) { return !is_lower(c) && c != '.'; });
  const bool first = begins_line() && !variable;
  if (!first && (tight || !colon_)) return true;
  cursor_.eat_blanks();
  if (first && cursor_.peek() == ',') return false;
  return cursor_.done() || is_line_end(cursor_.peek()) ||
         std::string_view(",;)}]|&\\\"'").find(cursor_.peek()) != std::string_view::npos;
}

// `String(`, `new X(`, `(char*)`, `[`: what may stand between the sign and the literal.
bool ValueReader::eat_wrapper() {
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

bool ValueReader::wraps_literals(Bytes name) {
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
  const bool constructs = !last.empty() && is_upper(last.front());  // `Password("x")`
  return constructs || is_any_of(last, kWrappers);
}
bool ValueReader::read_quoted(Notation notation) {
  const std::size_t from = cursor_.at();
  cursor_.eat_while(
      [](char c) {
        static constexpr CharSet kPrefixes("@$lLuUbBrRfFnNsS");
        return kPrefixes(c);
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
  // Three quotes may be closed by one, and the view end there.
  cursor_.to(end + (escaped ? 1 : 0));
  cursor_.eat_while([quote](char c) { return c == quote; }, marks);
  return take(start, end, notation);
}

// Where the literal ends: on its line, at the quote that is escaped as the first one was.
std::size_t ValueReader::find_close(char quote, bool escaped) const {
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
bool ValueReader::read_bare_line() {
  if (!begins_line()) return false;
  const std::size_t from = cursor_.at();
  // `{{ .Values.password | default "x" | quote }}` of Helm: blanks and quotes are a part of it.
  const Bytes ahead = view_.substr(from, kBareMax);
  const std::size_t close = ahead.starts_with("{{") ? ahead.find("}}") : Bytes::npos;
  if (close < ahead.find('\n')) {
    cursor_.to(from + close + 2);
  } else {
    cursor_.eat_while([](char c) { return !is_space(c) && !is_quote(c); }, kBareMax);
  }
  const std::size_t end = cursor_.at();
  const Bytes text = view_.substr(from, end - from);
  if (text.find("</") != Bytes::npos || text.find("/>") != Bytes::npos) {  // markup
    cursor_.to(from);
    return false;
  }
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
bool ValueReader::begins_line() const {
  const std::size_t key = static_cast<std::size_t>(out_.key.start);
  const Bytes left = view_.substr(key > 128 ? key - 128 : 0, std::min<std::size_t>(key, 128));
  const std::size_t line = find_last(left, kLineEnds);
  if (line == Bytes::npos && key > 128) return false;
  Bytes text = trim(line == Bytes::npos ? left : left.substr(line + 1));
  static constexpr CharSet kMarks("-#;*/>!");
  while (!text.empty() && kMarks(text.front())) {
    text = trim(text.substr(1));
  }
  if (text.starts_with("arn:")) return false;  // one word with colons in it
  const std::size_t blank = text.find_first_of(" \t");
  if (blank != Bytes::npos) {
    static constexpr std::string_view kWords[] = {
        "export",   "set", "setx", "env",   "arg",      "declare", "local",         "const",
        "readonly", "let", "var",  "final", "property", "setenv",  "fastcgi_param", "uwsgi_param"};
    if (!is_any_of(text.substr(0, blank), kWords)) return false;
    text = trim(text.substr(blank));
  }
  return all_are(text, [](char c) {
    static constexpr CharSet kSigns("\"'$./:[]-");
    return is_word(c) || kSigns(c);
  });
}

bool ValueReader::read_bare(Notation notation) {
  const std::size_t from = cursor_.at();
  cursor_.eat_while(
      [](char c) {
        static constexpr CharSet kEnds(" \t\r\n\"'`;&,<>(){}|\\");
        return !kEnds(c);
      },
      kBareMax);
  // A call is taken with its bracket, so that it is seen to be one.
  if (cursor_.peek() == '(') cursor_.skip(1);
  return take(from, cursor_.at(), notation);
}

bool ValueReader::read_flag_value() {
  if (cursor_.peek() == '-' || cursor_.peek() == '/') return false;
  const std::size_t from = cursor_.at();
  cursor_.eat_while(
      [](char c) {
        static constexpr CharSet kEnds(" \t\r\n\"'`|;<>&");
        return !kEnds(c);
      },
      kBareMax);
  return take(from, cursor_.at(), Notation::kFlag);
}

// `{0x01, 0x02}`, `new byte[] {1, 2}`, `[]byte{1, 2}`, `[1, 2]`: numbers up to the line's end.
bool ValueReader::read_byte_list() {
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
    if (cursor_.eat_while([](char c) { return is_hex(c) || c == 'x' || c == 'X'; }, 8) == 0) break;
    end = cursor_.at();
    ++items;
    if (!cursor_.eat(",")) break;
    cursor_.eat_blanks();
  }
  return items >= kListItemsMin && is_digit(view_[from]) && take(from, end, Notation::kByteList);
}

bool ValueReader::take(std::size_t from, std::size_t end, Notation notation) {
  while (end > from && is_blank(view_[end - 1])) --end;
  // `-passin pass:x` of OpenSSL.
  const bool marked = notation == Notation::kFlag && end - from > 5 &&
                      starts_folded(view_.substr(from, end - from), "pass:");
  if (marked) from += 5;
  if (out_.quote == '\0' && notation != Notation::kElement && notation != Notation::kNamed) {
    while (end > from && (view_[end - 1] == ';' || view_[end - 1] == ',')) --end;
  }
  if (end < from + 2) return false;
  out_.value = {from, end};
  out_.notation = notation;
  out_.whole = {out_.key.start, std::max<std::uint64_t>(end, cursor_.at())};
  return true;
}

}  // namespace nhi

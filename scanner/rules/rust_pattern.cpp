// Patterns of Kingfisher: Rust's regex crate over bytes, Unicode off, as RE2 over bytes.
//
// Source: regex-syntax 0.8 (ast/parse.rs, hir/translate.rs) for the syntax; Kingfisher 2.14
// (rule.rs) for how a pattern is compiled: `regex::bytes`, `unicode(false)`, comments taken out by
// an expression of its own before.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "scanner/base/chars.hpp"
#include "scanner/rules/foreign_pattern.hpp"
#include "scanner/rules/rust_syntax.hpp"

namespace nhi {
namespace {

constexpr std::uint32_t kRepeatMax = 1000;    // RE2's own
constexpr std::uint32_t kCountMax = 100'000;  // no pattern of sense counts further
constexpr std::size_t kPatternBytesMax = 64 * 1024;

Unexpected<Error> refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), {}, std::move(hint));
}

class RustTranslator {
 public:
  explicit RustTranslator(std::string_view pattern) { in_.text = pattern; }

  Result<std::string> run() {
    while (true) {
      skip_free_space();
      if (in_.at >= in_.text.size()) break;
      if (out_.size() > kPatternBytesMax)
        return refuse("is over 64 KiB when its counts are written out");
      NHI_CHECK_OK(step());
    }
    if (!groups_.empty()) return refuse("has a group that does not end");
    if (folds_foreign_) {
      return refuse("ignores the case of a character outside of ASCII",
                    "patterns match bytes, which have no such case; name both characters");
    }
    return std::move(out_);
  }

 private:
  struct Group {
    bool free_spacing = false;  // as it was outside
    bool any_case = false;      // likewise
    bool lines = false;         // likewise
    std::size_t start = 0;      // in out_
    std::uint32_t captures = 0;
  };

  [[nodiscard]] char peek(std::size_t ahead = 0) const { return in_.peek(ahead); }
  [[nodiscard]] bool starts(std::string_view word) const { return in_.starts(word); }
  void skip_free_space() { in_.skip_free_space(); }

  // What a count behind it would repeat.
  void begin_atom() {
    atom_ = out_.size();
    atom_captures_ = captures_;
    repeated_ = false;
  }

  Result<void> step() {
    const char c = in_.text[in_.at];
    switch (c) {
      case '(':
        return take_group();
      case ')':
        return end_group();
      case '[':
        return take_class();
      case '\\':
        return take_escape();
      case '{':
        return take_count();
      case '*':
      case '+':
      case '?':
        return take_operator();
      case '|':
      case '.':
      case '^':
        begin_atom();
        out_ += c;
        ++in_.at;
        return {};
      case '$':
        // Vectorscan, which finds the ends, lets `$` stand before a last line feed; Rust confirms.
        begin_atom();
        out_ += lines_ ? "$" : "(?:$|\\n\\z)";
        ++in_.at;
        return {};
      default:
        return take_character();
    }
  }

  Result<void> take_character() {
    begin_atom();
    if (!chars::is_high(in_.text[in_.at])) {
      out_ += literal_of(in_.text[in_.at++]);
      return {};
    }
    const std::size_t from = in_.at;
    while (in_.at < in_.text.size() && chars::is_high(in_.text[in_.at]) &&
           (in_.at == from || (static_cast<unsigned char>(in_.text[in_.at]) & 0xC0U) == 0x80U)) {
      ++in_.at;
    }
    put_bytes(in_.text.substr(from, in_.at - from));
    return {};
  }

  void note_foreign() { folds_foreign_ = folds_foreign_ || in_.any_case; }

  void put_bytes(std::string_view bytes) {
    note_foreign();
    out_ += "(?:" + escaped_bytes(bytes) + ")";
  }

  Result<void> take_operator() {
    const char c = in_.text[in_.at++];
    if (repeated_) return refuse("repeats a repeat", "put the inner one into a group: (?:...)");
    repeated_ = true;
    out_ += c;
    if (peek() == '?') {
      out_ += '?';
      ++in_.at;
    }
    return {};
  }

  bool take_number(std::uint32_t& into) {
    skip_free_space();
    const std::size_t from = in_.at;
    std::uint64_t value = 0;
    while (chars::is_digit(peek())) {
      value =
          std::min<std::uint64_t>(value * 10 + static_cast<unsigned>(peek() - '0'), kCountMax + 1);
      ++in_.at;
    }
    into = static_cast<std::uint32_t>(value);
    const bool any = in_.at > from;
    skip_free_space();
    return any;
  }

  Result<void> take_count() {
    constexpr const char* kBadCount = "has a brace that counts nothing";
    if (repeated_) return refuse("repeats a repeat", "put the inner one into a group: (?:...)");
    ++in_.at;
    std::uint32_t least = 0;
    if (!take_number(least)) return refuse(kBadCount, "a brace as a character is written \\{");
    std::optional<std::uint32_t> most = least;
    if (peek() == ',') {
      ++in_.at;
      std::uint32_t given = 0;
      most.reset();
      if (take_number(given)) most = given;
    }
    if (peek() != '}') return refuse(kBadCount, "a brace as a character is written \\{");
    ++in_.at;
    skip_free_space();
    const bool lazy = peek() == '?';
    if (lazy) ++in_.at;
    if (most.value_or(least) < least) return refuse("counts down");
    if (most.value_or(least) > kCountMax) return refuse("counts over 100,000");
    return put_count(least, most, lazy);
  }

  // RE2 counts to a thousand: more is said in several steps, which mean the same.
  Result<void> put_count(std::uint32_t least, std::optional<std::uint32_t> most, bool lazy) {
    const std::string atom = out_.substr(atom_);
    const bool captures = captures_ != atom_captures_;
    out_.resize(atom_);
    bool first = true;
    const auto put = [&](const std::string& count) {
      out_ += atom + count + (lazy ? "?" : "");
      first = false;
    };
    while (most.value_or(least) > kRepeatMax && least >= kRepeatMax) {
      put("{1000}");
      least -= kRepeatMax;
      if (most) *most -= kRepeatMax;
    }
    while (most && *most > kRepeatMax) {
      put("{" + std::to_string(least) + ",1000}");
      *most -= kRepeatMax;
      least = 0;
    }
    const bool split = !first;
    if (!most) {
      put(least == 0 ? "*" : least == 1 ? "+" : "{" + std::to_string(least) + ",}");
    } else if (*most == least) {
      if (first || least > 0) put("{" + std::to_string(least) + "}");
    } else {
      put("{" + std::to_string(least) + "," + std::to_string(*most) + "}");
    }
    if (split && captures) return refuse("counts a group that captures over 1000 times");
    repeated_ = true;
    return {};
  }

  Result<void> take_group() {
    const std::size_t start = out_.size();
    ++in_.at;
    skip_free_space();
    std::string opening = "(";
    const Group group{in_.free_spacing, in_.any_case, lines_, start, captures_};
    if (peek() != '?') {
      ++captures_;
    } else if (starts("?P<") || starts("?<")) {
      if (starts("?<=") || starts("?<!")) {
        return refuse("looks behind",
                      "RE2 has no look-around; match the context, capture the value");
      }
      ++captures_;
      in_.at += starts("?P<") ? 3 : 2;
      const std::size_t end = in_.text.find('>', in_.at);
      if (end == std::string_view::npos) return refuse("has a group whose name does not end");
      const std::string name(in_.text.substr(in_.at, end - in_.at));
      if (!chars::is_name(name)) return refuse("has a group whose name is no word");
      opening += "?P<" + name + ">";
      in_.at = end + 1;
    } else {
      ++in_.at;
      bool scoped = false;
      NHI_TRY(const std::string flags, take_flags(scoped));
      if (!scoped) {
        if (!flags.empty()) out_ += "(?" + flags + ")";
        begin_atom();
        repeated_ = true;  // there is nothing to repeat
        return {};
      }
      opening += "?" + flags + ":";
    }
    if (groups_.size() >= kRustDepthMax) return refuse("is nested too deeply");
    groups_.push_back(group);
    out_ += opening;
    begin_atom();
    repeated_ = true;
    return {};
  }

  // Behind `(?`: flags up to `)` or `:`; `x` is ours, `i`, `m`, `s` and `U` are RE2's too.
  Result<std::string> take_flags(bool& scoped) {
    std::string on;
    std::string off;
    bool negated = false;
    for (; in_.at < in_.text.size(); ++in_.at) {
      const char c = in_.text[in_.at];
      if (c == ')' || c == ':') {
        scoped = c == ':';
        ++in_.at;
        if (!off.empty()) on.append(1, '-').append(off);
        return on;
      }
      if (c == '-' && !negated) {
        negated = true;
      } else if (c == 'x') {
        in_.free_spacing = !negated;
      } else if (c == 'i' || c == 'm' || c == 's' || c == 'U') {
        if (c == 'i') in_.any_case = !negated;
        if (c == 'm') lines_ = !negated;
        (negated ? off : on) += c;
      } else if (c == 'u' && negated) {
        continue;  // Unicode is off as it is
      } else if (c == '=' || c == '!') {
        return refuse("looks around",
                      "RE2 has no look-around; match the context, capture the value");
      } else {
        return refuse("has a flag that is not honoured: '" + std::string(1, c) + "'");
      }
    }
    return refuse("has a group that does not end");
  }

  Result<void> end_group() {
    if (groups_.empty()) return refuse("ends a group that is not open");
    const Group group = groups_.back();
    groups_.pop_back();
    in_.free_spacing = group.free_spacing;
    in_.any_case = group.any_case;
    lines_ = group.lines;
    out_ += ')';
    ++in_.at;
    atom_ = group.start;
    atom_captures_ = group.captures;
    repeated_ = false;
    return {};
  }

  Result<void> take_escape() {
    begin_atom();
    const char c = peek(1);
    if (c == '\0') return refuse("ends in a backslash");
    constexpr std::string_view kSame = "dDwWBAz";
    if (kSame.find(c) != std::string_view::npos) {
      out_ += {'\\', c};
    } else if (c == 's' || c == 'S') {
      out_ += c == 's' ? "[\\t-\\r ]" : "[^\\t-\\r ]";
    } else if (c == 'b') {
      if (peek(2) == '{') return refuse("holds '\\b{', which is not honoured");
      out_ += "\\b";
    } else if (c == 'x' || c == 'u' || c == 'U') {
      bool byte = false;
      const auto value = take_rust_number(in_, byte);
      if (!value || *value > 0x10FFFF) return refuse("holds a number that is no character");
      if (*value < 0x80) {
        out_ += escaped_bytes(std::string{static_cast<char>(*value)});
      } else if (byte) {
        note_foreign();
        out_ += escaped_bytes(std::string{static_cast<char>(*value)});
      } else {
        put_bytes(utf8_of(*value));
      }
      return {};
    } else if (const auto control = rust_control(c)) {
      out_ += literal_of(*control);
    } else if (chars::is_letter(c) || chars::is_digit(c) || chars::is_high(c) || c == '<' ||
               c == '>') {
      return refuse_rust_escape(c);
    } else {
      out_ += literal_of(c);
    }
    in_.at += 2;
    return {};
  }

  Result<void> take_class() {
    begin_atom();
    NHI_TRY(const RustClass made, take_rust_class(in_));
    if (made.members.none()) return refuse("holds an empty class");
    for (std::size_t i = 0x80; i < made.members.size(); ++i) {
      // One byte above ASCII may fold to another in RE2, all of them together may not.
      if (made.members.test(i) != made.members.test(0xFF)) note_foreign();
    }
    out_ += class_text(made);
    return {};
  }

  RustPlace in_;
  std::string out_;
  std::vector<Group> groups_;
  std::uint32_t captures_ = 0;
  std::size_t atom_ = 0;  // in out_, where the last atom starts
  std::uint32_t atom_captures_ = 0;
  bool repeated_ = true;        // nothing stands before that could be repeated
  bool lines_ = false;          // the flag m holds here
  bool folds_foreign_ = false;  // it holds for a byte outside of ASCII
};

// Kingfisher takes comments out before it compiles. Behind a `#` that follows white space it takes
// letters and white space for a comment to the end of a line, over several lines if it can.
Result<std::string> without_comments(std::string_view pattern) {
  static const re2::RE2 comment(R"((?m)(\(\?#[^)]*\))|(\s#[\sa-zA-Z]*$))", re2::RE2::Latin1);
  std::string text;
  re2::StringPiece rest(pattern.data(), pattern.size());
  re2::StringPiece found;
  while (comment.Match(rest, 0, rest.size(), re2::RE2::UNANCHORED, &found, 1)) {
    const std::string_view piece(found.data(), found.size());
    const std::size_t line_end = piece.find('\n', 1);
    if (piece[0] != '(' && line_end != std::string_view::npos &&
        std::any_of(piece.begin() + static_cast<std::ptrdiff_t>(line_end), piece.end(),
                    chars::is_letter)) {
      return refuse("has a comment after which Kingfisher takes the next line for a comment too",
                    "put a digit or a full stop into the comment");
    }
    text.append(rest.data(), static_cast<std::size_t>(found.data() - rest.data()));
    rest.remove_prefix(static_cast<std::size_t>(found.data() - rest.data()) + found.size());
  }
  text.append(rest.data(), rest.size());
  return text;
}

}  // namespace

Result<std::string> from_rust_pattern(std::string_view pattern) {
  NHI_TRY(const std::string text, without_comments(pattern));
  return RustTranslator(text).run();
}

}  // namespace nhi

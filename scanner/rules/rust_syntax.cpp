#include "scanner/rules/rust_syntax.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "scanner/base/chars.hpp"
#include "scanner/rules/foreign_pattern.hpp"
#include "scanner/rules/pattern_facts.hpp"

namespace nhi {
namespace {

Unexpected<Error> refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), {}, std::move(hint));
}

bool is_blank(char c) { return chars::is_space(c) || c == '\v' || c == '\f'; }

// Every byte of \d, \w or \s; the capital letter is the rest.
ByteSet class_of(char letter) {
  ByteSet set;
  for (unsigned i = 0; i < 0x80; ++i) {
    const char c = static_cast<char>(i);
    const char kind = chars::lower(letter);
    const bool in = kind == 'd'   ? chars::is_digit(c)
                    : kind == 'w' ? chars::is_word(c)
                                  : is_blank(c);
    if (in) set.set(i);
  }
  return chars::is_upper(letter) ? ~set : set;
}

std::string member(unsigned value) {
  const char c = static_cast<char>(value);
  if (chars::is_letter(c) || chars::is_digit(c)) return {c};
  constexpr std::string_view kPlain = " !\"#%&',/:;<=>@`~_.+*?(){}|$";
  if (value < 0x80 && kPlain.find(c) != std::string_view::npos) return {c};
  if (value > 0x20 && value < 0x7F) return {'\\', c};
  return escaped_bytes({&c, 1});
}

std::string ranges_of(const ByteSet& set) {
  std::string text;
  for (unsigned low = 0; low < set.size(); ++low) {
    if (!set.test(low)) continue;
    unsigned high = low;
    while (high + 1 < set.size() && set.test(high + 1)) ++high;
    text += member(low);
    if (high > low + 1) text += '-';
    if (high > low) text += member(high);
    low = high;
  }
  return text;
}

class ClassReader {
 public:
  explicit ClassReader(RustPlace& place) : place_(place) {}

  Result<RustClass> read_class(std::size_t depth) {
    if (depth >= kRustDepthMax) return refuse("is nested too deeply");
    RustClass made;
    ++place_.at;
    place_.skip_free_space();
    if (place_.peek() == '^') {
      made.negated = true;
      ++place_.at;
      place_.skip_free_space();
    }
    bool first = true;
    while (place_.peek() == '-') {
      made.members.set('-');
      first = false;
      ++place_.at;
      place_.skip_free_space();
    }
    while (place_.at < place_.text.size() && (first || place_.peek() != ']')) {
      NHI_CHECK_OK(read_item(made, depth));
      first = false;
      place_.skip_free_space();
    }
    if (place_.peek() != ']') return refuse("has a class that does not end");
    ++place_.at;
    return made;
  }

 private:
  Result<void> read_item(RustClass& made, std::size_t depth) {
    if (place_.starts("[:")) {
      if (take_named(made)) return {};
    }
    if (place_.peek() == '[') {
      NHI_TRY(const RustClass inner, read_class(depth + 1));
      if (inner.negated && place_.any_case)
        return refuse("negates a class within a class, without case");
      made.members |= inner.negated ? ~inner.members : inner.members;
      return {};
    }
    if (place_.starts("&&") || place_.starts("--") || place_.starts("~~")) {
      return refuse("calculates with classes", "write the characters that are meant");
    }
    const char c = place_.peek(1);
    constexpr std::string_view kClasses = "dDwWsS";
    if (place_.peek() == '\\' && kClasses.find(c) != std::string_view::npos && c != '\0') {
      made.members |= class_of(c);
      place_.at += 2;
      return {};
    }
    NHI_TRY(const unsigned low, read_member());
    place_.skip_free_space();
    if (place_.peek() != '-' || after_dash() == ']' || after_dash() == '-') {
      made.members.set(low);
      return {};
    }
    ++place_.at;
    place_.skip_free_space();
    NHI_TRY(const unsigned high, read_member());
    if (high < low) return refuse("has a range that runs down");
    for (unsigned i = low; i <= high; ++i) made.members.set(i);
    return {};
  }

  // The character behind a `-`, past free space.
  [[nodiscard]] char after_dash() const {
    const std::size_t at = place_.past_free_space(place_.at + 1);
    return at < place_.text.size() ? place_.text[at] : '\0';
  }

  bool take_named(RustClass& made) {
    const std::size_t end = place_.text.find(":]", place_.at + 2);
    if (end == std::string_view::npos || end - place_.at > 12) return false;
    const std::string name(place_.text.substr(place_.at, end + 2 - place_.at));
    const re2::RE2 regex("[" + name + "]", re2::RE2::Latin1);
    if (!regex.ok()) return false;
    for (unsigned i = 0; i < made.members.size(); ++i) {
      const char c = static_cast<char>(i);
      if (re2::RE2::FullMatch(re2::StringPiece(&c, 1), regex)) made.members.set(i);
    }
    place_.at = end + 2;
    return true;
  }

  Result<unsigned> read_member() {
    const char c = place_.peek();
    if (place_.at >= place_.text.size()) return refuse("has a class that does not end");
    if (chars::is_high(c)) return refuse_member();
    if (c != '\\') {
      ++place_.at;
      return static_cast<unsigned char>(c);
    }
    const char escaped = place_.peek(1);
    if (escaped == 'x' || escaped == 'u' || escaped == 'U') {
      bool byte = false;
      const auto value = take_rust_number(place_, byte);
      if (!value || *value > 0x10FFFF) return refuse("holds a number that is no character");
      if (*value > (byte ? 0xFFU : 0x7FU)) return refuse_member();
      return *value;
    }
    const auto control = rust_control(escaped);
    const bool word = chars::is_letter(escaped) || chars::is_digit(escaped);
    if (!control && (word || chars::is_high(escaped) || escaped == '\0')) {
      return refuse_rust_escape(escaped);
    }
    place_.at += 2;
    return static_cast<unsigned char>(control.value_or(escaped));
  }

  static Unexpected<Error> refuse_member() {
    return refuse("holds a class with a character outside of ASCII",
                  "patterns match bytes; put the character beside the class: (?:[a-z]|\\x{e9})");
  }

  RustPlace& place_;
};

}  // namespace

std::size_t RustPlace::past_free_space(std::size_t from) const {
  while (free_spacing && from < text.size()) {
    if (text[from] == '#') {
      from = std::min(text.find('\n', from), text.size());
    } else if (is_blank(text[from])) {
      ++from;
    } else {
      break;
    }
  }
  return from;
}

std::optional<std::uint32_t> take_rust_number(RustPlace& place, bool& byte) {
  const char kind = place.peek(1);
  byte = kind == 'x' && place.peek(2) != '{';
  place.at += 2;
  if (kind == 'x' || place.peek() == '{') return take_hex_escape(place.text, place.at);
  const std::size_t digits = kind == 'u' ? 4 : 8;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i, ++place.at) {
    const char c = chars::lower(place.peek());
    if (!chars::is_hex(c)) return std::nullopt;
    value = value << 4U | static_cast<std::uint32_t>(chars::is_digit(c) ? c - '0' : c - 'a' + 10);
  }
  return value;
}

std::optional<char> rust_control(char letter) {
  constexpr std::string_view kLetters = "afnrtv";
  constexpr std::string_view kValues = "\a\f\n\r\t\v";
  const std::size_t found = kLetters.find(letter);
  return found == std::string_view::npos ? std::nullopt : std::optional(kValues[found]);
}

Unexpected<Error> refuse_rust_escape(char c) {
  if (c == 'p' || c == 'P') {
    return refuse("holds a Unicode class",
                  "patterns match bytes; name the ASCII characters that are meant");
  }
  if (chars::is_digit(c)) return refuse("refers back to a group", "RE2 has no back-references");
  return refuse(std::string("holds '\\") + c + "', which is not honoured");
}

std::string literal_of(char c) {
  if (chars::is_word(c) || c == ' ') return {c};
  const auto value = static_cast<unsigned char>(c);
  if (value > 0x20 && value < 0x7F) {
    constexpr std::string_view kPlain = "!\"#%&',/:;<=>@`~";
    return kPlain.find(c) != std::string_view::npos ? std::string{c} : std::string{'\\', c};
  }
  return escaped_bytes({&c, 1});
}

Result<RustClass> take_rust_class(RustPlace& place) { return ClassReader(place).read_class(0); }

std::string class_text(const RustClass& made) {
  const std::string members = made.members.all() ? "\\x00-\\xff" : ranges_of(made.members);
  return (made.negated ? "[^" : "[") + members + "]";
}

}  // namespace nhi

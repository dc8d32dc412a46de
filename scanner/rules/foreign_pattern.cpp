#include "scanner/rules/foreign_pattern.hpp"

#include <re2/re2.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/rules/pattern_facts.hpp"

namespace nhi {
namespace {

constexpr std::uint32_t kCodePointMax = 0x10FFFF;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

Unexpected<Error> refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), {}, std::move(hint));
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : text_(pattern) {}

  Result<std::string> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\') {
        NHI_CHECK_OK(take_escape());
      } else if (c == '[') {
        NHI_CHECK_OK(take_class());
      } else if (c == '(') {
        NHI_CHECK_OK(take_group());
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        NHI_CHECK_OK(take_utf8());
      } else {
        out_ += c;
        ++at_;
      }
    }
    if (foreign_ && any_case_) {
      return refuse("ignores the case of a character outside of ASCII",
                    "patterns match bytes, which have no such case; name both characters");
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool starts(std::string_view word) const {
    return text_.substr(at_, word.size()) == word;
  }

  void put(std::uint32_t value) {
    const std::string bytes = utf8_of(value);
    if (bytes.size() == 1) {
      out_ += escaped_bytes(bytes);
      return;
    }
    foreign_ = true;
    out_ += "(?:" + escaped_bytes(bytes) + ")";
  }

  // The code point at at_, moved past it; none for bytes that are no UTF-8.
  std::optional<std::uint32_t> code_point() {
    const auto lead = static_cast<unsigned char>(text_[at_]);
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text_.size() - at_ < size) return std::nullopt;
    std::uint32_t value = lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(text_[at_ + i]);
      if ((byte & 0xC0U) != 0x80U) return std::nullopt;
      value = value << 6 | (byte & 0x3FU);
    }
    at_ += size;
    return value;
  }

  Result<void> take_utf8() {
    const auto value = code_point();
    if (!value) return refuse("is not UTF-8");
    put(*value);
    return {};
  }

  Result<void> take_group() {
    if (!starts("(?P<") && !starts("(?<")) {
      if (starts("(?")) note_flags();
      out_ += '(';
      ++at_;
      return {};
    }
    if (starts("(?<=") || starts("(?<!")) {
      return refuse("looks behind", "RE2 has no look-around; match the context, capture the value");
    }
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) return refuse("has a group whose name does not end");
    out_ += '(';
    at_ = end + 1;
    return {};
  }

  void note_flags() {
    for (std::size_t at = at_ + 2; at < text_.size(); ++at) {
      if (text_[at] == 'i') any_case_ = true;
      if (text_[at] < 'A' || text_[at] > 'z') break;  // `-`, `:` or `)`
    }
  }

  static Unexpected<Error> refuse_property() {
    return refuse("holds a Unicode class",
                  "patterns match bytes; name the ASCII characters that are meant");
  }

  Result<void> take_escape() {
    const char c = peek(1);
    if (c == 'p' || c == 'P') return refuse_property();
    if (c == 'C') return refuse("holds '\\C', which Go does not know");
    if (c == 'Q') return take_quoted();
    const std::size_t before = at_;
    if (const auto value = number_escape()) {
      if (*value > kCodePointMax) return refuse("holds a number that is no character");
      if (*value < 0x80) {
        out_ += text_.substr(before, at_ - before);
      } else {
        put(*value);
      }
      return {};
    }
    at_ = before + 1;
    out_ += '\\';
    if (at_ >= text_.size()) return {};  // RE2 says what is wrong
    if (static_cast<unsigned char>(text_[at_]) >= 0x80) return refuse("escapes a letter");
    out_ += text_[at_++];
    return {};
  }

  Result<void> take_quoted() {
    const std::size_t end = std::min(text_.find("\\E", at_ + 2), text_.size());
    at_ += 2;
    while (at_ < end) {
      if (static_cast<unsigned char>(text_[at_]) >= 0x80) {
        NHI_CHECK_OK(take_utf8());
      } else {
        out_ += re2::RE2::QuoteMeta(re2::StringPiece(text_.data() + at_, 1));
        ++at_;
      }
    }
    at_ = std::min(end + 2, text_.size());
    return {};
  }

  // `\x41`, `\x{41}`, `\101`, `\0`; at_ stands at the backslash and is moved past it.
  std::optional<std::uint32_t> number_escape() {
    if (peek(1) == 'x') {
      at_ += 2;
      return take_hex_escape(text_, at_);
    }
    const bool octal = peek(1) == '0' || (is_octal(peek(1)) && is_octal(peek(2)));
    if (!octal) return std::nullopt;
    std::uint32_t value = 0;
    ++at_;
    for (int i = 0; i < 3 && is_octal(peek()); ++i, ++at_) {
      value = value * 8 + static_cast<std::uint32_t>(peek() - '0');
    }
    return value;
  }

  static Unexpected<Error> refuse_member() {
    return refuse("holds a class with a character outside of ASCII",
                  "patterns match bytes; put the character beside the class: (?:[a-z]|\\x{e9})");
  }

  Result<void> take_class() {
    out_ += text_[at_++];
    if (peek() == '^') out_ += text_[at_++];
    for (bool first = true; at_ < text_.size() && (first || text_[at_] != ']'); first = false) {
      if (starts("[:")) {
        const std::size_t end = text_.find(":]", at_ + 2);
        if (end != std::string_view::npos) {
          out_ += text_.substr(at_, end + 2 - at_);
          at_ = end + 2;
          continue;
        }
      }
      if (static_cast<unsigned char>(text_[at_]) >= 0x80) return refuse_member();
      if (text_[at_] != '\\') {
        out_ += text_[at_++];
        continue;
      }
      if (peek(1) == 'p' || peek(1) == 'P') return refuse_property();
      const std::size_t before = at_;
      const auto value = number_escape();
      if (value && *value >= 0x80) return refuse_member();
      if (!value) at_ = std::min(before + 2, text_.size());
      out_ += text_.substr(before, at_ - before);
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  bool foreign_ = false;   // a character outside of ASCII stands in it
  bool any_case_ = false;  // the flag i stands somewhere
};

re2::RE2::Options byte_options() {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemoryBytes);
  return options;
}

}  // namespace

std::string utf8_of(std::uint32_t value) {
  const auto tail = [value](unsigned shift) {
    return static_cast<char>(0x80U | ((value >> shift) & 0x3FU));
  };
  if (value < 0x80) return {static_cast<char>(value)};
  if (value < 0x800) return {static_cast<char>(0xC0U | value >> 6), tail(0)};
  if (value < 0x10000) return {static_cast<char>(0xE0U | value >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | value >> 18), tail(12), tail(6), tail(0)};
}

std::string escaped_bytes(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    text += "\\x";
    text += kHex[value >> 4];
    text += kHex[value & 15U];
  }
  return text;
}

Result<std::string> from_go_pattern(std::string_view pattern) { return Translator(pattern).run(); }

Result<std::uint32_t> count_groups(std::string_view pattern) {
  const re2::RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), byte_options());
  if (!regex.ok()) return refuse("is refused by RE2: " + regex.error());
  return static_cast<std::uint32_t>(regex.NumberOfCapturingGroups());
}

Result<void> check_foreign_pattern(std::string_view pattern) {
  NHI_TRY([[maybe_unused]] const std::uint32_t groups, count_groups(pattern));
  return {};
}

}  // namespace nhi

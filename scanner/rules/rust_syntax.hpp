// rust_syntax.hpp - what patterns of Rust's regex are made of below groups and counts: free space,
// escapes and classes of characters. For the translator in rust_pattern.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/rules/match_shape.hpp"

namespace nhi {

/// Groups, and classes, within each other; Rust's own limit.
inline constexpr std::size_t kRustDepthMax = 250;

/// A place in a pattern, and how it is to be read there.
struct RustPlace {
  std::string_view text;
  std::size_t at = 0;
  bool free_spacing = false;
  bool any_case = false;

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at + ahead < text.size() ? text[at + ahead] : '\0';
  }
  [[nodiscard]] bool starts(std::string_view word) const {
    return text.substr(at, word.size()) == word;
  }
  /// Where what follows `from` starts: past white space and comments under free spacing.
  [[nodiscard]] std::size_t past_free_space(std::size_t from) const;
  void skip_free_space() { at = past_free_space(at); }
};

/// `\xNN`, `\x{N}`, `\uNNNN`, `\UNNNNNNNN`; moves past it. None if there is no such number.
/// `byte` says that it was written as two digits behind `\x`.
[[nodiscard]] std::optional<std::uint32_t> take_rust_number(RustPlace& place, bool& byte);
/// The character that `\n` and its like stand for.
[[nodiscard]] std::optional<char> rust_control(char letter);
/// What is wrong with a backslash before `c`.
[[nodiscard]] Unexpected<Error> refuse_rust_escape(char c);

/// `c` as itself in a pattern of RE2.
[[nodiscard]] std::string literal_of(char c);

struct RustClass {
  ByteSet members;
  bool negated = false;
};
/// The class whose bracket stands at `place`; moves past it.
/// Errors: kBadRule with what is wrong in `what`, and a hint; no subject.
[[nodiscard]] Result<RustClass> take_rust_class(RustPlace& place);
/// The same for RE2. Shapes: `members` is not empty.
[[nodiscard]] std::string class_text(const RustClass& made);

}  // namespace nhi

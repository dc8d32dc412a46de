// scan.hpp - shared by the tokenizers of this room; not for other rooms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/grammar/token.hpp"

namespace nhi::grammar {

/// kMalformed at `offset`; the subject is "line:column".
[[nodiscard]] Error malformed(Bytes document, std::size_t offset, std::string_view what);
/// kTooLarge at `offset`.
[[nodiscard]] Error too_large(Bytes document, std::size_t offset, std::string_view what);

/// Bytes of a byte-order mark at the start.
[[nodiscard]] std::size_t bom_bytes(Bytes document);

/// Appends `length` document bytes that stand as they are.
void append_copy(Scalar& scalar, Bytes document, std::size_t start, std::size_t end);
/// Appends `text` that came from document bytes [start, end).
void append_replaced(Scalar& scalar, std::size_t start, std::size_t end, std::string_view text);
/// UTF-8 of `code_point`; U+FFFD for what is none.
[[nodiscard]] std::string utf8_of(std::uint32_t code_point);
/// Reads up to `digits` hex digits at `at`; false unless all are there.
[[nodiscard]] bool read_hex(Bytes document, std::size_t at, std::size_t digits,
                            std::uint32_t& value);
/// `\uXXXX` at `at` (which points at the backslash), joined with a following low surrogate.
/// Returns the bytes used, or 0 if it is not one.
[[nodiscard]] std::size_t read_u_escape(Bytes document, std::size_t at, std::string& text);

[[nodiscard]] constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace nhi::grammar

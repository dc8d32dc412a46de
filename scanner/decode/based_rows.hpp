// based_rows.hpp - what a row of base64 digits has before and behind it. For this room.
#pragma once

#include <cstddef>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// A shorter line is not the beginning of a wrapped text.
inline constexpr std::size_t kWrappedLineMin = 20;

[[nodiscard]] constexpr std::size_t base64_size(std::size_t digits) {
  return digits / 4 * 3 + (digits % 4 == 3 ? 2 : digits % 4 == 2 ? 1 : 0);
}
[[nodiscard]] constexpr bool is_base64_digit(char byte) {
  const char lower = static_cast<char>(byte | 0x20);
  return (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z') || byte == '+' ||
         byte == '/' || byte == '-' || byte == '_';
}

/// The letter of `\n` in front of a row belongs to the escape, not to the row.
[[nodiscard]] std::size_t after_escape(Bytes bytes, std::size_t start);

/// The row on the next line, if one starts right after the line end and its indentation.
[[nodiscard]] Span row_on_next_line(Bytes bytes, std::size_t at);

}  // namespace nhi

// byte_rows.hpp - rows of digits in a view, 64 bytes at a look.
#pragma once

#include <cstddef>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Digits of base64 in both alphabets, without padding; digits of hexadecimal numbers.
enum class DigitKind : unsigned char { kBase64, kHex };

/// The longest row that next_row can be asked for.
inline constexpr std::size_t kRowLookMax = 64;

/// The first row of at least `least` digits from `from` on, to its end; empty if there is none.
/// Shapes: `least` from 1 to kRowLookMax.
[[nodiscard]] Span next_row(Bytes bytes, std::size_t from, std::size_t least, DigitKind kind);

}  // namespace nhi

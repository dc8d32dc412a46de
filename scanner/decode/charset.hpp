// charset.hpp - UTF-16 and UTF-32: whole blobs, and stretches inside something else.
#pragma once

#include <functional>

#include "scanner/base/bytes.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {

[[nodiscard]] constexpr bool is_charset(Encoding encoding) {
  return encoding >= Encoding::kUtf16Le && encoding <= Encoding::kUtf32Be;
}

/// Over this many runs a map costs more than 64 MiB (32 bytes a run): the blob is then not taken as
/// one text, and its stretches of ASCII in UTF-16 become views of their own.
inline constexpr std::uint64_t kCharsetRunsMax = 2'000'000;
/// Fewer characters in a row are no stretch of UTF-16 text.
inline constexpr std::size_t kWideStretchMin = 8;

/// A stretch of UTF-16 text in bytes that are something else as a whole: a program, a registry
/// hive, a log to which two programs wrote. At most kRegionBytesMax long; longer ones come in parts
/// that overlap by kMatchBytesMax.
struct WideStretch {
  Span span;
  Encoding encoding = Encoding::kUtf16Le;
};
/// Hands over every stretch, ascending. Stretches of the same parity that stand close are joined.
void find_wide_stretches(Bytes bytes, const std::function<void(const WideStretch&)>& visit);

/// As decode_charset, but the offsets in the map start at `start` and a byte-order mark is kept out
/// only at the very beginning of `bytes`.
[[nodiscard]] Decoded decode_charset_at(Bytes bytes, Encoding charset, std::uint64_t start);

}  // namespace nhi

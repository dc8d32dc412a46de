// utf8_walk.hpp - one code point after the other; not for other rooms.
#pragma once

#include <cstdint>

#include "scanner/base/bytes.hpp"

namespace nhi::sinks {

struct CodePoint {
  std::uint32_t code = 0;  // the byte itself if it is not valid
  Bytes bytes;
  bool valid = false;
};

/// Takes the first code point of `rest`, which is not empty; a byte that begins none is one of its
/// own. Overlong forms and surrogates are not valid (RFC 3629).
[[nodiscard]] inline CodePoint take_code_point(Bytes& rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const std::uint32_t first = byte(0);
  std::size_t length = 1;
  std::uint32_t least = 0;
  std::uint32_t code = first;
  if (first >= 0xF0 && first <= 0xF4) {
    length = 4, least = 0x10000, code = first & 0x07U;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3, least = 0x800, code = first & 0x0FU;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2, least = 0x80, code = first & 0x1FU;
  }
  bool valid = (first < 0x80 || length > 1) && rest.size() >= length;
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0U) == 0x80U;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  valid = valid && code >= least && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  CodePoint point;
  point.bytes = rest.substr(0, valid ? length : 1);
  point.code = valid ? code : first;
  point.valid = valid;
  rest.remove_prefix(point.bytes.size());
  return point;
}

}  // namespace nhi::sinks

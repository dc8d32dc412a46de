// utf8.hpp - code points as bytes, for the decoders of this room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nhi {

/// At most four bytes of output; what one encoded sequence stands for.
struct ShortText {
  std::array<char, 4> bytes{};
  std::uint8_t length = 0;
  [[nodiscard]] std::string_view view() const { return {bytes.data(), length}; }
};

inline constexpr std::uint32_t kReplacement = 0xFFFD;

[[nodiscard]] constexpr bool is_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code <= 0xDFFF;
}
[[nodiscard]] constexpr bool is_high_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code <= 0xDBFF;
}
[[nodiscard]] constexpr bool is_low_surrogate(std::uint32_t code) {
  return code >= 0xDC00 && code <= 0xDFFF;
}
[[nodiscard]] constexpr std::uint32_t join_surrogates(std::uint32_t high, std::uint32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/// `code` as UTF-8; surrogates and values over 10FFFF become U+FFFD.
[[nodiscard]] constexpr ShortText to_utf8(std::uint32_t code) {
  if (is_surrogate(code) || code > 0x10FFFF) code = kReplacement;
  ShortText out;
  const auto put = [&](std::uint32_t byte) {
    out.bytes[out.length++] = static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return out;
}

[[nodiscard]] constexpr unsigned char byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

/// Value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// Tab, line feed, carriage return and printable ASCII: what text files of ASCII are made of.
[[nodiscard]] constexpr bool is_ascii_text(unsigned char byte) {
  return (byte >= 0x20 && byte <= 0x7E) || byte == '\t' || byte == '\n' || byte == '\r';
}

}  // namespace nhi

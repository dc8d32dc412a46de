// percent.hpp - percent-encoding (RFC 3986, 2.1); not for other rooms.
#pragma once

#include "scanner/base/chars.hpp"
#include "scanner/base/secret_buffer.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi::sinks {

/// A `%` that begins no code stands for itself.
[[nodiscard]] inline SecretText percent_decoded(Bytes text) {
  SecretBuffer out(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && chars::is_hex(text[i + 1]) &&
        chars::is_hex(text[i + 2])) {
      out.add(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      out.add(text[i]);
    }
  }
  return out.secret();
}

/// Everything but the unreserved characters is encoded: right wherever in a URL it stands.
[[nodiscard]] inline SecretText percent_encoded(Bytes text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  SecretBuffer out(text.size() * 3);
  for (const char c : text) {
    if (chars::is_word(c) || c == '-' || c == '.' || c == '~') {
      out.add(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.add('%').add(kDigits[byte >> 4U]).add(kDigits[byte & 0xFU]);
    }
  }
  return out.secret();
}

}  // namespace nhi::sinks

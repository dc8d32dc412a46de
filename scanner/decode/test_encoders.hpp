// test_encoders.hpp - the way in, for tests of the way out: plain encoders, each a few lines, that
// share nothing with the decoders.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/decode/views.hpp"

namespace nhi::test {

using Random = std::mt19937;

inline std::string code_units(std::string_view ascii, std::size_t unit, bool big) {
  std::string out;
  for (const char letter : ascii) {
    std::string one(unit, '\0');
    one[big ? unit - 1 : 0] = letter;
    out += one;
  }
  return out;
}

inline std::string hex_byte(char byte) { return to_hex(std::string_view(&byte, 1)); }

/// ASCII (and for byte encodings any bytes) under one encoding. With `all`, every byte is written
/// as a sequence; without, the first, the last, and about every third one between.
inline std::string encode(Encoding encoding, std::string_view text, Random& random, bool all) {
  switch (encoding) {
    case Encoding::kUtf16Le:
      return code_units(text, 2, false);
    case Encoding::kUtf16Be:
      return code_units(text, 2, true);
    case Encoding::kUtf32Le:
      return code_units(text, 4, false);
    case Encoding::kUtf32Be:
      return code_units(text, 4, true);
    case Encoding::kBase64:
      return to_base64(text);
    case Encoding::kHex:
      return to_hex(text);
    case Encoding::kCdata:
      return "<![CDATA[" + std::string(text) + "]]>";
    default:
      break;
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    const auto value = static_cast<unsigned>(static_cast<unsigned char>(byte));
    const bool must = all || i == 0 || i + 1 == text.size() || byte == '&' || byte == '%' ||
                      byte == '\\' || byte == '<' || byte == '"' || value < 0x20 || value >= 0x7F;
    if (!must && random() % 3 != 0) {
      out += byte;
    } else if (encoding == Encoding::kPercent) {
      out += '%' + hex_byte(byte);
    } else if (encoding == Encoding::kXmlEntity) {
      out += random() % 2 == 0 ? "&#" + std::to_string(value) + ";" : "&#x" + hex_byte(byte) + ";";
    } else if (value < 0x80 && random() % 2 == 0) {
      out += "\\u00" + hex_byte(byte);
    } else {
      out += "\\x" + hex_byte(byte);
    }
  }
  return out;
}

/// What one view said about a text that was looked for.
struct Sighting {
  std::vector<Encoding> chain;
  Span in_blob;
  Span in_text;
  bool stands_in_parent = false;
};

/// Every place where `wanted` stands in a view of `blob`.
inline std::vector<Sighting> sightings(Bytes blob, std::string_view wanted,
                                       const DecodeLimits& limits = {}) {
  std::vector<Sighting> seen;
  for_each_view(blob, limits, [&](const View& view) {
    for (std::size_t at = view.bytes.find(wanted); at != Bytes::npos;
         at = view.bytes.find(wanted, at + 1)) {
      const Span span{at, at + wanted.size()};
      seen.push_back(
          {view.chain(), view.to_blob(span), view.to_text(span), view.stands_in_parent(span)});
    }
    return true;
  });
  return seen;
}

inline bool seen_at(const std::vector<Sighting>& seen, Span blob_range) {
  for (const Sighting& sighting : seen) {
    if (sighting.in_blob == blob_range) return true;
  }
  return false;
}

/// Prose and numbers, without anything that an encoding would touch.
inline std::string noise(Random& random, std::size_t lines) {
  static constexpr std::string_view kWords[] = {"ward", "theatre", "pas", "route", "is", "up",
                                                "17",   "on",      "=",   "to",    ",",  "a"};
  std::string out;
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t word = 3 + random() % 9; word > 0; --word) {
      out += std::string(kWords[random() % std::size(kWords)]) + " ";
    }
    out += "\n";
  }
  return out;
}

/// A value that no noise holds: the same seed gives the same value.
inline std::string canary(Random& random, std::size_t length) {
  static constexpr std::string_view kLetters =
      "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string out = "cnry";
  while (out.size() < length) out += kLetters[random() % kLetters.size()];
  return out;
}

inline std::string chain_text(const std::vector<Encoding>& chain) {
  std::string out;
  for (const Encoding step : chain) out += std::string(to_string(step)) + ">";
  return out;
}

}  // namespace nhi::test

// decode_trace.hpp - what is encoded in a text, and where: for the next version of it.
//
// Parts of a text that were kept need not be decoded again to know that nothing is in them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Bytes that were decoded: in the first step, in the second and later, in the third and later.
struct DecodedSums {
  std::uint64_t first = 0;
  std::uint64_t deeper = 0;
  std::uint64_t deepest = 0;
  friend bool operator==(const DecodedSums&, const DecodedSums&) = default;
};

/// An escape and what it stands for.
struct TracedSequence {
  std::uint32_t start = 0;
  std::uint16_t size = 0;
  std::uint8_t text_size = 0;
  bool opens = false;
  std::array<char, 4> text{};
  friend bool operator==(const TracedSequence&, const TracedSequence&) = default;
};

/// A part of the text that was decoded into a view of its own, with all that was decoded of that.
struct TracedPart {
  Span span;
  std::uint64_t hash = 0;  // of the sequences in it
  DecodedSums sums;
  bool live = false;  // something stands in it
  friend bool operator==(const TracedPart&, const TracedPart&) = default;
};

/// Of one text.
struct DecodeTrace {
  static constexpr std::size_t kSequenceKinds = 4;  // entities, %, \, CDATA

  std::array<std::vector<TracedSequence>, kSequenceKinds> sequences;  // ascending
  std::array<std::vector<TracedPart>, kSequenceKinds> regions;        // ascending
  std::vector<TracedPart> texts;                                      // base64, hexadecimal
  friend bool operator==(const DecodeTrace&, const DecodeTrace&) = default;
};

}  // namespace nhi

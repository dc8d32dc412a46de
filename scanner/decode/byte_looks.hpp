// byte_looks.hpp - 64 bytes at one look: which are digits, where rows of them begin. For this room.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "scanner/base/bytes.hpp"
#include "scanner/decode/byte_rows.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace nhi::looks {

inline constexpr std::size_t kLook = 64;

template <DigitKind kKind>
constexpr bool is_digit(char c) {
  const char lower = static_cast<char>(c | 0x20);
  if (c >= '0' && c <= '9') return true;
  if constexpr (kKind == DigitKind::kHex) return lower >= 'a' && lower <= 'f';
  return (lower >= 'a' && lower <= 'z') || c == '+' || c == '/' || c == '-' || c == '_';
}

#ifdef __SSE2__

// Every processor of this architecture has these instructions. Bytes are compared as unsigned:
// x is at most n if min(x, n) is x.
inline __m128i at_most(__m128i bytes, char most) {
  return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(most)), bytes);
}
inline __m128i in_range(__m128i bytes, char first, char last) {
  return at_most(_mm_sub_epi8(bytes, _mm_set1_epi8(first)), static_cast<char>(last - first));
}
inline __m128i is(__m128i bytes, char wanted) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted));
}

template <DigitKind kKind>
inline __m128i digits(__m128i bytes) {
  const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  const __m128i numbers = in_range(bytes, '0', '9');
  if constexpr (kKind == DigitKind::kHex) return _mm_or_si128(numbers, in_range(lower, 'a', 'f'));
  const __m128i standard = _mm_or_si128(is(bytes, '+'), is(bytes, '/'));
  const __m128i url = _mm_or_si128(is(bytes, '-'), is(bytes, '_'));
  return _mm_or_si128(_mm_or_si128(numbers, in_range(lower, 'a', 'z')),
                      _mm_or_si128(standard, url));
}

// One bit for each of 64 bytes.
template <DigitKind kKind>
std::uint64_t look(const char* at) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < kLook; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    const auto bits = static_cast<unsigned>(_mm_movemask_epi8(digits<kKind>(bytes)));
    mask |= static_cast<std::uint64_t>(bits) << i;
  }
  return mask;
}

#else

template <DigitKind kKind>
std::uint64_t look(const char* at) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < kLook; ++i) {
    mask |= static_cast<std::uint64_t>(is_digit<kKind>(at[i])) << i;
  }
  return mask;
}

#endif

// The same of what is left of the view; what lies behind its end is no digit.
template <class Look>
[[gnu::always_inline]] inline std::uint64_t look_at(Bytes bytes, std::size_t at, Look look) {
  if (at + kLook <= bytes.size()) return look(bytes.data() + at);
  std::array<char, kLook> rest{};
  std::memcpy(rest.data(), bytes.data() + at, bytes.size() - at);
  return look(rest.data());
}

template <class Look>
[[gnu::always_inline]] inline std::size_t row_end(Bytes bytes, std::size_t at, Look look) {
  while (at < bytes.size()) {
    const std::uint64_t mask = look_at(bytes, at, look);
    if (~mask != 0) return at + static_cast<std::size_t>(std::countr_one(mask));
    at += kLook;
  }
  return at;
}

// Bits at which `least` set bits in a row begin.
[[gnu::always_inline]] inline std::uint64_t row_starts(std::uint64_t mask, std::size_t least) {
  if (least >= 8 && least <= 16) {  // most that are asked for: no loop
    mask &= mask >> 1U;
    mask &= mask >> 2U;
    mask &= mask >> 4U;
    return mask & mask >> (least - 8);
  }
  for (std::size_t seen = 1; seen < least;) {
    const std::size_t step = seen < least - seen ? seen : least - seen;
    mask &= mask >> step;
    seen += step;
  }
  return mask;
}

template <class Look>
[[gnu::always_inline]] inline Span find_row(Bytes bytes, std::size_t at, std::size_t least,
                                            Look look) {
  while (at + least <= bytes.size()) {
    const std::uint64_t mask = look_at(bytes, at, look);
    const std::uint64_t starts = row_starts(mask, least);
    if (starts != 0) {
      const auto first = static_cast<std::size_t>(std::countr_zero(starts));
      const auto ones = static_cast<std::size_t>(std::countr_one(mask >> first));
      // Zeros come in from above: a row up to the last bit may go on.
      if (first + ones < kLook) return {at + first, at + first + ones};
      return {at + first, row_end(bytes, at + kLook, look)};
    }
    // What is at the end of this look may be the beginning of a row.
    at += kLook - static_cast<std::size_t>(std::countl_one(mask));
  }
  return {};
}

#ifdef __x86_64__

// Which classes of upper half bytes go with a lower half: a byte is a digit if both share a class.
struct HalfTables {
  std::array<char, 16> lower;
  std::array<char, 16> upper;
};
template <DigitKind kKind>
inline constexpr HalfTables kHalves = [] {
  HalfTables tables{};
  std::array<unsigned, 16> members{};  // by upper half, one bit a lower half
  for (unsigned byte = 0; byte < 128; ++byte) {
    if (is_digit<kKind>(static_cast<char>(byte))) members[byte >> 4U] |= 1U << (byte & 15U);
  }
  unsigned classes = 0;
  for (std::size_t half = 0; half < 16; ++half) {
    if (members[half] == 0) continue;
    std::size_t same = 0;
    while (members[same] != members[half]) ++same;
    if (same == half) {
      const unsigned mark = 1U << classes++;
      tables.upper[half] = static_cast<char>(mark);
      for (std::size_t low = 0; low < 16; ++low) {
        if ((members[half] >> low & 1U) != 0) {
          tables.lower[low] = static_cast<char>(tables.lower[low] | static_cast<char>(mark));
        }
      }
    } else {
      tables.upper[half] = tables.upper[same];
    }
  }
  return tables;
}();

template <DigitKind kKind>
[[gnu::target("avx2")]] inline std::uint64_t look_wide(const char* at) {
  const __m256i lower = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(kHalves<kKind>.lower.data())));
  const __m256i upper = _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(kHalves<kKind>.upper.data())));
  const __m256i half = _mm256_set1_epi8(0x0F);
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < kLook; i += 32) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i));
    const __m256i low = _mm256_shuffle_epi8(lower, _mm256_and_si256(bytes, half));
    const __m256i high =
        _mm256_shuffle_epi8(upper, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
    const auto bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(none));
    mask |= static_cast<std::uint64_t>(~bits) << i;
  }
  return mask;
}

#endif

}  // namespace nhi::looks

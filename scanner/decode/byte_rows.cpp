#include "scanner/decode/byte_rows.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "scanner/base/result.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nhi {
namespace {

constexpr std::size_t kLook = 64;
static_assert(kRowLookMax == kLook);

#ifdef __SSE2__

// Every processor of this architecture has these instructions. Bytes are compared as unsigned:
// x is at most n if min(x, n) is x.
__m128i at_most(__m128i bytes, char most) {
  return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(most)), bytes);
}
__m128i in_range(__m128i bytes, char first, char last) {
  return at_most(_mm_sub_epi8(bytes, _mm_set1_epi8(first)), static_cast<char>(last - first));
}
__m128i is(__m128i bytes, char wanted) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted)); }

template <DigitKind kKind>
__m128i digits(__m128i bytes) {
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
bool is_digit(char c) {
  const char lower = static_cast<char>(c | 0x20);
  if (c >= '0' && c <= '9') return true;
  if constexpr (kKind == DigitKind::kHex) return lower >= 'a' && lower <= 'f';
  return (lower >= 'a' && lower <= 'z') || c == '+' || c == '/' || c == '-' || c == '_';
}

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
template <DigitKind kKind>
std::uint64_t look_at(Bytes bytes, std::size_t at) {
  if (at + kLook <= bytes.size()) return look<kKind>(bytes.data() + at);
  std::array<char, kLook> rest{};
  std::memcpy(rest.data(), bytes.data() + at, bytes.size() - at);
  return look<kKind>(rest.data());
}

template <DigitKind kKind>
std::size_t row_end(Bytes bytes, std::size_t at) {
  while (at < bytes.size()) {
    const std::uint64_t mask = look_at<kKind>(bytes, at);
    if (~mask != 0) return at + static_cast<std::size_t>(std::countr_one(mask));
    at += kLook;
  }
  return at;
}

// Bits at which `least` set bits in a row begin.
std::uint64_t row_starts(std::uint64_t mask, std::size_t least) {
  for (std::size_t seen = 1; seen < least;) {
    const std::size_t step = seen < least - seen ? seen : least - seen;
    mask &= mask >> step;
    seen += step;
  }
  return mask;
}

template <DigitKind kKind>
Span find_row(Bytes bytes, std::size_t at, std::size_t least) {
  while (at + least <= bytes.size()) {
    const std::uint64_t mask = look_at<kKind>(bytes, at);
    const std::uint64_t starts = row_starts(mask, least);
    if (starts != 0) {
      const auto first = static_cast<std::size_t>(std::countr_zero(starts));
      const auto ones = static_cast<std::size_t>(std::countr_one(mask >> first));
      // Zeros come in from above: a row up to the last bit may go on.
      if (first + ones < kLook) return {at + first, at + first + ones};
      return {at + first, row_end<kKind>(bytes, at + kLook)};
    }
    // What is at the end of this look may be the beginning of a row.
    at += kLook - static_cast<std::size_t>(std::countl_one(mask));
  }
  return {};
}

}  // namespace

Span next_row(Bytes bytes, std::size_t from, std::size_t least, DigitKind kind) {
  NHI_ASSERT(least >= 1 && least <= kLook && from <= bytes.size());
  return kind == DigitKind::kHex ? find_row<DigitKind::kHex>(bytes, from, least)
                                 : find_row<DigitKind::kBase64>(bytes, from, least);
}

}  // namespace nhi

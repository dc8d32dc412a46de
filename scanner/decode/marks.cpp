#include "scanner/decode/marks.hpp"

#include <array>
#include <cstdint>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace nhi {

#ifdef __x86_64__

namespace {

// By the low seven bits of a byte, one bit a mark.
alignas(64) constexpr auto kBits = [] {
  std::array<std::uint8_t, 128> bits{};
  bits['\0'] = 1;
  bits['&'] = 2;
  bits['<'] = 4;
  bits['%'] = 8;
  bits['\\'] = 16;
  return bits;
}();

[[NHI_WIDEST]] bool has(__m512i seen, char bit) {
  return _mm512_test_epi8_mask(seen, _mm512_set1_epi8(bit)) != 0;
}

[[NHI_WIDEST]] Marks marks_of(Bytes bytes) {
  const __m512i low = _mm512_load_si512(kBits.data());
  const __m512i high = _mm512_load_si512(kBits.data() + 64);
  __m512i seen = _mm512_setzero_si512();
  std::size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64) {
    const __m512i block = _mm512_loadu_si512(bytes.data() + at);
    seen = _mm512_or_si512(seen, _mm512_permutex2var_epi8(low, block, high));
  }
  const std::uint64_t rest = (std::uint64_t{1} << (bytes.size() - at)) - 1;
  const __m512i block = _mm512_maskz_loadu_epi8(rest, bytes.data() + at);
  const __m512i last = _mm512_maskz_permutex2var_epi8(rest, low, block, high);
  seen = _mm512_or_si512(seen, last);
  return {has(seen, 1), has(seen, 2), has(seen, 4), has(seen, 8), has(seen, 16)};
}

}  // namespace

#endif

Marks marks_in(Bytes bytes, Instructions most) {
#ifdef __x86_64__
  if (most == Instructions::kWidest) return marks_of(bytes);
#endif
  return {};
}

}  // namespace nhi

// decoded_bits.hpp - what a row of up to 64 digits decodes to, as bits, at one look. For this room.
#pragma once

#ifdef __x86_64__

#include <immintrin.h>

#include <array>
#include <cstdint>

#include "scanner/base/processor.hpp"
#include "scanner/decode/byte_looks.hpp"
#include "scanner/decode/plausible.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi {

constexpr std::uint64_t lowest_bits(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// What decoded bytes are, one bit each, the first byte lowest.
struct DecodedBits {
  std::uint64_t text = 0;
  std::uint64_t high = 0;  // beyond ASCII
  std::uint64_t zero = 0;
  unsigned char first = 0;  // the first byte itself
};

// Where signs stand in 64 bytes, one bit each.
struct RowSigns {
  std::uint64_t hex = 0;  // digits
  std::uint64_t url = 0;  // of the alphabet for addresses alone
  std::uint64_t slash = 0;
  std::uint64_t plus = 0;
  // The same from one of the bytes on.
  [[nodiscard]] RowSigns from(std::size_t at) const {
    return {hex >> at, url >> at, slash >> at, plus >> at};
  }
};

// What no such bytes are is not plausible (plausible.hpp).
[[gnu::always_inline]] inline bool may_be_plausible(const DecodedBits& bits, std::size_t size) {
  // Wide text has at least four characters, with zeros between them.
  constexpr int kWideGapsMin = 3;
  const std::uint64_t all = lowest_bits(size);
  const std::uint64_t text = bits.text & all;
  if (__builtin_popcountll(bits.zero & all) >= kWideGapsMin) return true;
  if (size < kPlausibleTextMin) return text == all;
  if (size >= kContainerBytesMin && may_start_container(bits.first)) return true;
  if (looks::row_starts(text, kPlausibleTextMin) != 0) return true;
  if (looks::row_starts((text | bits.high) & all, kPlausibleUtf8Min) != 0) return true;
  return is_mostly_text(static_cast<std::size_t>(__builtin_popcountll(text)), size);
}

// Each function looks at 64 bytes; what stands behind a row gives bits that nobody asks for.
// For Instructions::kWide: 32 bytes at once.
class WideLooks {
 public:
  [[NHI_WIDE]] static std::uint64_t digits(const char* at) {
    return looks::look_wide<DigitKind::kBase64>(at);
  }
  [[NHI_WIDE]] static RowSigns signs(const char* at) {
    RowSigns signs;
    signs.hex = looks::look_wide<DigitKind::kHex>(at);
    for (unsigned i = 0; i < looks::kLook; i += kHalf) {
      const __m256i bytes = load(at + i);
      signs.url |= mask_of(_mm256_or_si256(same(bytes, '-'), same(bytes, '_'))) << i;
      signs.slash |= mask_of(same(bytes, '/')) << i;
      signs.plus |= mask_of(same(bytes, '+')) << i;
    }
    return signs;
  }

  // Of `size` digits of base64.
  [[NHI_WIDE]] static DecodedBits decoded(const char* at, std::size_t size) {
    DecodedBits bits;
    const unsigned halves = halves_of(size);
    for (unsigned half = 0; half < halves; ++half) {
      const __m256i bytes = octets(sextets(load(at + kHalf * half)));
      const unsigned shift = 24 * half;
      bits.text |= text_bits(bytes) << shift;
      bits.high |= bits_of(bytes) << shift;
      bits.zero |= bits_of(same(bytes, 0)) << shift;
      if (half == 0) bits.first = static_cast<unsigned char>(_mm256_extract_epi8(bytes, 0));
    }
    return bits;
  }

  // Of 64 hexadecimal digits, two a byte.
  [[NHI_WIDE]] static DecodedBits decoded_hex(const char* at) {
    std::uint64_t over_1 = 0;  // digits from '2' on
    std::uint64_t over_7 = 0;
    std::uint64_t zero = 0;
    std::uint64_t blanks = 0;  // what the lower half of a blank can be
    for (unsigned i = 0; i < looks::kLook; i += kHalf) {
      const __m256i bytes = load(at + i);
      const __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
      over_1 |= mask_of(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8('1'))) << i;
      over_7 |= mask_of(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8('7'))) << i;
      zero |= mask_of(same(bytes, '0')) << i;
      blanks |= mask_of(_mm256_or_si256(_mm256_or_si256(same(bytes, '9'), same(lower, 'a')),
                                        same(lower, 'd')))
                << i;
    }
    DecodedBits bits;
    bits.text = even_bits((over_1 & ~over_7) | (zero & blanks >> 1U));
    bits.high = even_bits(over_7);
    bits.zero = even_bits(zero & zero >> 1U);
    bits.first = static_cast<unsigned char>(hex_value(at[0]) * 16 + hex_value(at[1]));
    return bits;
  }

 private:
  // Most rows have no more digits: half of the work is enough for them.
  static constexpr std::size_t kHalf = looks::kLook / 2;
  static constexpr unsigned halves_of(std::size_t size) { return size <= kHalf ? 1 : 2; }

  [[NHI_WIDE]] static __m256i load(const char* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  [[NHI_WIDE]] static __m256i same(__m256i bytes, char byte) {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
  }
  // One bit a byte.
  [[NHI_WIDE]] static std::uint64_t mask_of(__m256i chosen) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(chosen));
  }

  // Values of 32 digits of either alphabet.
  [[NHI_WIDE]] static __m256i sextets(__m256i digits) {
    // By upper half of the digit; the marks of 0x2_ by their lower half.
    const __m256i shift = _mm256_setr_epi8(0, 0, 0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0,
                                           0, 0, 0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i marks = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 62, 0, 62, 0, 63, 0, 0,
                                           0, 0, 0, 0, 0, 0, 0, 0, 0, 62, 0, 62, 0, 63);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(digits, 4), _mm256_set1_epi8(0x0F));
    const __m256i plain = _mm256_add_epi8(digits, _mm256_shuffle_epi8(shift, upper));
    const __m256i is_mark = same(upper, 2);
    const __m256i values = _mm256_blendv_epi8(plain, _mm256_shuffle_epi8(marks, digits), is_mark);
    const __m256i low_line = same(digits, '_');
    // What is behind the row must not reach into the bits of its last digits.
    return _mm256_and_si256(_mm256_blendv_epi8(values, _mm256_set1_epi8(63), low_line),
                            _mm256_set1_epi8(63));
  }

  // 24 bytes of 32 digits, twelve in each half.
  [[NHI_WIDE]] static __m256i octets(__m256i sextets) {
    const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
    const __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
                                           2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    return _mm256_shuffle_epi8(quads, order);
  }

  // One bit for each of the 24 bytes.
  [[NHI_WIDE]] static std::uint64_t bits_of(__m256i chosen) {
    const std::uint64_t mask = mask_of(chosen);
    return (mask & 0xFFFU) | (mask >> 4U & 0xFFF000U);
  }

  [[NHI_WIDE]] static std::uint64_t text_bits(__m256i bytes) {
    // Signed: what is beyond ASCII is below zero.
    const __m256i printable =
        _mm256_andnot_si256(same(bytes, 0x7F), _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0x1F)));
    const __m256i blank =
        _mm256_or_si256(_mm256_or_si256(same(bytes, '\t'), same(bytes, '\n')), same(bytes, '\r'));
    return bits_of(_mm256_or_si256(printable, blank));
  }

  // Every second bit, the lowest first.
  static constexpr std::uint64_t even_bits(std::uint64_t bits) {
    bits &= 0x5555555555555555ULL;
    bits = (bits | bits >> 1U) & 0x3333333333333333ULL;
    bits = (bits | bits >> 2U) & 0x0F0F0F0F0F0F0F0FULL;
    bits = (bits | bits >> 4U) & 0x00FF00FF00FF00FFULL;
    bits = (bits | bits >> 8U) & 0x0000FFFF0000FFFFULL;
    return (bits | bits >> 16U) & 0x00000000FFFFFFFFULL;
  }
};

// For Instructions::kWidest: tables say what each of 64 bytes is.
class WidestLooks {
 public:
  [[NHI_WIDEST]] static std::uint64_t digits(const char* at) {
    return known(_mm512_loadu_si512(at), kSextets);
  }
  [[NHI_WIDEST]] static RowSigns signs(const char* at) {
    const __m512i bytes = _mm512_loadu_si512(at);
    return {known(bytes, kNibbles), same(bytes, '-') | same(bytes, '_'), same(bytes, '/'),
            same(bytes, '+')};
  }

  [[NHI_WIDEST]] static DecodedBits decoded(const char* at, std::size_t) {
    const __m512i values =
        _mm512_and_si512(looked_up(_mm512_loadu_si512(at), kSextets), _mm512_set1_epi8(63));
    const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi32(0x01400140));
    const __m512i quads = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
    return bits_of(_mm512_maskz_permutexvar_epi8(kAll, _mm512_load_si512(kOrder.data()), quads));
  }

  [[NHI_WIDEST]] static DecodedBits decoded_hex(const char* at) {
    const __m512i values =
        _mm512_and_si512(looked_up(_mm512_loadu_si512(at), kNibbles), _mm512_set1_epi8(15));
    const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110));
    return bits_of(_mm512_castsi256_si512(_mm512_maskz_cvtepi16_epi8(kAll32, pairs)));
  }

 private:
  using Table = std::array<std::uint8_t, 128>;
  static constexpr std::uint8_t kNone = 0x80;  // no digit
  // Without a mask GCC 12 warns of a value in its own header that nobody uses.
  static constexpr __mmask64 kAll = ~__mmask64{0};
  static constexpr __mmask32 kAll32 = ~__mmask32{0};

  alignas(64) static constexpr Table kSextets = [] {
    Table table{};
    for (unsigned byte = 0; byte < table.size(); ++byte) {
      const char c = static_cast<char>(byte);
      const unsigned value = c >= 'A' && c <= 'Z'   ? byte - 'A'
                             : c >= 'a' && c <= 'z' ? byte - 'a' + 26
                             : c >= '0' && c <= '9' ? byte - '0' + 52
                             : c == '+' || c == '-' ? 62
                             : c == '/' || c == '_' ? 63
                                                    : kNone;
      table[byte] = static_cast<std::uint8_t>(value);
    }
    return table;
  }();
  alignas(64) static constexpr Table kNibbles = [] {
    Table table{};
    for (unsigned byte = 0; byte < table.size(); ++byte) {
      const int value = hex_value(static_cast<char>(byte));
      table[byte] = value < 0 ? kNone : static_cast<std::uint8_t>(value);
    }
    return table;
  }();
  // Three bytes of each four, the first one highest.
  alignas(64) static constexpr auto kOrder = [] {
    std::array<std::uint8_t, 64> order{};
    for (std::size_t i = 0; i < 48; ++i) {
      order[i] = static_cast<std::uint8_t>(i / 3 * 4 + (2 - i % 3));
    }
    return order;
  }();

  [[NHI_WIDEST]] static std::uint64_t same(__m512i bytes, char byte) {
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
  }
  // By the low seven bits of each byte.
  [[NHI_WIDEST]] static __m512i looked_up(__m512i bytes, const Table& table) {
    return _mm512_permutex2var_epi8(_mm512_load_si512(table.data()), bytes,
                                    _mm512_load_si512(table.data() + 64));
  }
  [[NHI_WIDEST]] static std::uint64_t known(__m512i bytes, const Table& table) {
    return ~_mm512_movepi8_mask(_mm512_or_si512(bytes, looked_up(bytes, table)));
  }
  [[NHI_WIDEST]] static DecodedBits bits_of(__m512i bytes) {
    DecodedBits bits;
    bits.text = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(0x20)),
                                       _mm512_set1_epi8(0x7F - 0x20)) |
                same(bytes, '\t') | same(bytes, '\n') | same(bytes, '\r');
    bits.high = _mm512_movepi8_mask(bytes);
    bits.zero = _mm512_testn_epi8_mask(bytes, bytes);
    bits.first = static_cast<unsigned char>(_mm512_cvtsi512_si32(bytes));
    return bits;
  }
};

}  // namespace nhi

#endif

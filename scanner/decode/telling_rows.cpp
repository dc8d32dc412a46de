#include "scanner/decode/telling_rows.hpp"

#include <algorithm>

#include "scanner/base/processor.hpp"
#include "scanner/base/result.hpp"
#include "scanner/decode/based_rows.hpp"
#include "scanner/decode/byte_looks.hpp"
#include "scanner/decode/byte_rows.hpp"
#include "scanner/decode/hex.hpp"
#include "scanner/decode/plausible.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi {
namespace {

#ifdef __x86_64__

constexpr std::uint64_t lowest(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Wide text has at least four characters, with zeros between them.
constexpr int kWideGapsMin = 3;

// What decoded bytes are, one bit each, the first byte lowest.
struct DecodedBits {
  std::uint64_t text = 0;
  std::uint64_t high = 0;  // beyond ASCII
  std::uint64_t zero = 0;
  unsigned char first = 0;  // the first byte itself
};

// What no such bytes are is not plausible (plausible.hpp).
[[gnu::target("avx2,bmi,popcnt")]] inline bool may_be_plausible(const DecodedBits& bits,
                                                                std::size_t size) {
  const std::uint64_t all = lowest(size);
  const std::uint64_t text = bits.text & all;
  if (__builtin_popcountll(bits.zero & all) >= kWideGapsMin) return true;
  if (size < kPlausibleTextMin) return text == all;
  if (size >= kContainerBytesMin && may_start_container(bits.first)) return true;
  if (looks::row_starts(text, kPlausibleTextMin) != 0) return true;
  if (looks::row_starts((text | bits.high) & all, kPlausibleUtf8Min) != 0) return true;
  return is_mostly_text(static_cast<std::size_t>(__builtin_popcountll(text)), size);
}

[[gnu::target("avx2,bmi,popcnt")]] inline __m256i same(__m256i bytes, char byte) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

// One bit a byte.
[[gnu::target("avx2,bmi,popcnt")]] inline std::uint64_t mask_of(__m256i chosen) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(chosen));
}

// Values of 32 digits of either alphabet.
[[gnu::target("avx2,bmi,popcnt")]] inline __m256i sextets(__m256i digits) {
  // By upper half of the digit; the marks of 0x2_ by their lower half.
  const __m256i shift = _mm256_setr_epi8(0, 0, 0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                         0, 0, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i marks = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 62, 0, 62, 0, 63, 0, 0, 0,
                                         0, 0, 0, 0, 0, 0, 0, 0, 62, 0, 62, 0, 63);
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
[[gnu::target("avx2,bmi,popcnt")]] inline __m256i octets(__m256i sextets) {
  const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
  const __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2,
                                         1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  return _mm256_shuffle_epi8(quads, order);
}

// One bit for each of the 24 bytes.
[[gnu::target("avx2,bmi,popcnt")]] inline std::uint64_t bits_of(__m256i chosen) {
  const std::uint64_t mask = mask_of(chosen);
  return (mask & 0xFFFU) | (mask >> 4U & 0xFFF000U);
}

[[gnu::target("avx2,bmi,popcnt")]] inline std::uint64_t text_bits(__m256i bytes) {
  // Signed: what is beyond ASCII is below zero.
  const __m256i printable =
      _mm256_andnot_si256(same(bytes, 0x7F), _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(0x1F)));
  const __m256i blank =
      _mm256_or_si256(_mm256_or_si256(same(bytes, '\t'), same(bytes, '\n')), same(bytes, '\r'));
  return bits_of(_mm256_or_si256(printable, blank));
}

// Most rows have no more digits: half of the work is enough for them.
constexpr std::size_t kHalf = looks::kLook / 2;
constexpr unsigned halves_of(std::size_t digits) { return digits <= kHalf ? 1 : 2; }

// Of 32 digits for each half; what is behind the row gives bits that nobody asks for.
[[gnu::target("avx2,bmi,popcnt")]] inline DecodedBits decoded_bits(const char* digits,
                                                                   unsigned halves) {
  DecodedBits bits;
  for (unsigned half = 0; half < halves; ++half) {
    const __m256i loaded =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digits + kHalf * half));
    const __m256i bytes = octets(sextets(loaded));
    const unsigned at = 24 * half;
    bits.text |= text_bits(bytes) << at;
    bits.high |= bits_of(bytes) << at;
    bits.zero |= bits_of(same(bytes, 0)) << at;
    if (half == 0) bits.first = static_cast<unsigned char>(_mm256_extract_epi8(bytes, 0));
  }
  return bits;
}

[[gnu::target("avx2,bmi,popcnt")]] inline std::uint64_t places_of(const char* at, char byte,
                                                                  unsigned halves) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < kHalf * halves; i += kHalf) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i));
    mask |= mask_of(same(bytes, byte)) << i;
  }
  return mask;
}

// 64 bytes to load from, wherever the view ends.
class Window {
 public:
  Window(Bytes bytes, std::size_t at) {
    if (at + looks::kLook <= bytes.size()) {
      data_ = bytes.data() + at;
      return;
    }
    std::memcpy(rest_.data(), bytes.data() + at, bytes.size() - at);
    data_ = rest_.data();
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  [[nodiscard]] const char* data() const { return data_; }

 private:
  std::array<char, looks::kLook> rest_{};
  const char* data_;
};

// Every second bit, the lowest first.
constexpr std::uint64_t even_bits(std::uint64_t bits) {
  bits &= 0x5555555555555555ULL;
  bits = (bits | bits >> 1U) & 0x3333333333333333ULL;
  bits = (bits | bits >> 2U) & 0x0F0F0F0F0F0F0F0FULL;
  bits = (bits | bits >> 4U) & 0x00FF00FF00FF00FFULL;
  bits = (bits | bits >> 8U) & 0x0000FFFF0000FFFFULL;
  return (bits | bits >> 16U) & 0x00000000FFFFFFFFULL;
}

// Of 64 hexadecimal digits, two a byte.
[[gnu::target("avx2,bmi,popcnt")]] DecodedBits decoded_hex(const char* digits) {
  std::uint64_t over_1 = 0;  // digits from '2' on
  std::uint64_t over_7 = 0;
  std::uint64_t zero = 0;
  std::uint64_t blanks = 0;  // what the lower half of a blank can be
  for (unsigned i = 0; i < looks::kLook; i += kHalf) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digits + i));
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
  bits.first = static_cast<unsigned char>(hex_value(digits[0]) * 16 + hex_value(digits[1]));
  return bits;
}

// Calls `visit(first, count)` for each row of at least `least` set bits until it says true.
template <class Visit>
[[gnu::always_inline]] inline bool any_row(std::uint64_t mask, std::size_t least, Visit visit) {
  std::uint64_t starts = looks::row_starts(mask, least);
  while (starts != 0) {
    const auto first = static_cast<std::size_t>(std::countr_zero(starts));
    const auto count = static_cast<std::size_t>(std::countr_one(mask >> first));
    if (visit(first, count)) return true;
    starts &= ~lowest(first + count);
  }
  return false;
}

[[gnu::target("avx2,bmi,popcnt")]] bool may_hold_hex(Bytes bytes, Span row, std::uint64_t digits) {
  return any_row(digits, kHexDigitsMin, [&](std::size_t first, std::size_t count) {
    if (count % 2 != 0) return false;
    const Window window(bytes, static_cast<std::size_t>(row.start) + first);
    return may_be_plausible(decoded_hex(window.data()), count / 2);
  });
}

[[gnu::target("avx2,bmi,popcnt")]] bool may_decode(Bytes bytes, std::size_t at,
                                                   std::size_t digits) {
  const Window window(bytes, at);
  return may_be_plausible(decoded_bits(window.data(), halves_of(digits)), base64_size(digits));
}

// The parts between any of the separators.
bool may_hold_part(Bytes bytes, Span row, std::uint64_t separators, std::size_t least) {
  const auto size = static_cast<std::size_t>(row.size());
  return any_row(~separators & lowest(size), least, [&](std::size_t first, std::size_t count) {
    return count < size && may_decode(bytes, static_cast<std::size_t>(row.start) + first, count);
  });
}

[[gnu::target("avx2,bmi,popcnt")]] inline bool tells(Bytes bytes, Span row, std::size_t least) {
  row.start = after_escape(bytes, static_cast<std::size_t>(row.start));
  const auto size = static_cast<std::size_t>(row.size());
  if (size > looks::kLook) return true;
  const Window window(bytes, static_cast<std::size_t>(row.start));
  const char* const at = window.data();
  const unsigned halves = halves_of(size);
  // Without the letter of an escape it may be too short, and still begin a wrapped text.
  if (size >= least && may_be_plausible(decoded_bits(at, halves), base64_size(size))) return true;
  if (size > least) {
    const std::uint64_t all = lowest(size);
    const std::uint64_t url = (places_of(at, '-', halves) | places_of(at, '_', halves)) & all;
    const std::uint64_t slash = places_of(at, '/', halves) & all;
    const std::uint64_t plus = places_of(at, '+', halves) & all;
    if (url != 0 && may_hold_part(bytes, row, url, least)) return true;
    if (slash != 0 && may_hold_part(bytes, row, slash, least)) return true;
    if (plus != 0 && url != 0 && may_hold_part(bytes, row, slash | plus, least)) return true;
  }
  if (size >= kHexDigitsMin) {
    const std::uint64_t digits = looks::look_wide<DigitKind::kHex>(at) & lowest(size);
    if (may_hold_hex(bytes, row, digits)) return true;
  }
  return size >= kWrappedLineMin && !row_on_next_line(bytes, row.end).empty();
}

// As looks::find_row, with what one look has shown kept for all of its rows.
[[gnu::target("avx2,bmi,popcnt")]] Span next_telling_row_wide(Bytes bytes, std::size_t at,
                                                              std::size_t least) {
  while (at + least <= bytes.size()) {
    const std::uint64_t mask = looks::look_at(bytes, at, looks::look_wide<DigitKind::kBase64>);
    std::uint64_t starts = looks::row_starts(mask, least);
    // What is at the end of this look may be the beginning of a row.
    std::size_t next = at + looks::kLook - static_cast<std::size_t>(std::countl_one(mask));
    while (starts != 0) {
      const auto first = static_cast<std::size_t>(std::countr_zero(starts));
      const std::size_t past = first + static_cast<std::size_t>(std::countr_one(mask >> first));
      Span row{at + first, at + past};
      if (past >= looks::kLook) {
        row.end = looks::row_end(bytes, at + looks::kLook, looks::look_wide<DigitKind::kBase64>);
        next = static_cast<std::size_t>(row.end);
      }
      if (tells(bytes, row, least)) return row;
      starts &= ~lowest(past);
    }
    at = next;
  }
  return {};
}

#endif

}  // namespace

Span next_telling_row(Bytes bytes, std::size_t from, std::size_t least) {
  NHI_ASSERT(least >= 1 && least <= kRowLookMax && from <= bytes.size());
#ifdef __x86_64__
  if (has_wide_instructions()) return next_telling_row_wide(bytes, from, least);
#endif
  // Whoever asks looks at each of them.
  return next_row(bytes, from, least, DigitKind::kBase64);
}

}  // namespace nhi

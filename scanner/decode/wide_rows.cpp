#include "scanner/decode/wide_rows.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "scanner/base/result.hpp"
#include "scanner/decode/byte_looks.hpp"
#include "scanner/decode/charset.hpp"

namespace nhi {
namespace {

#ifdef __SSE2__

static_assert(kWideStretchMin == 8, "starts() doubles three times");
constexpr std::size_t kRowBytes = 2 * kWideStretchMin;

struct Look {
  std::uint64_t zero = 0;
  std::uint64_t text = 0;
};

Look look(const char* at) {
  Look out;
  for (unsigned i = 0; i < looks::kLook; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    const auto bits = [&](__m128i chosen) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(chosen))) << i;
    };
    const __m128i ascii =
        _mm_or_si128(looks::in_range(bytes, 0x20, 0x7E),
                     _mm_or_si128(_mm_or_si128(looks::is(bytes, '\t'), looks::is(bytes, '\n')),
                                  looks::is(bytes, '\r')));
    const __m128i latin = looks::in_range(bytes, static_cast<char>(0xA0), static_cast<char>(0xFF));
    out.zero |= bits(looks::is(bytes, 0));
    out.text |= bits(_mm_or_si128(ascii, latin));
  }
  return out;
}

// Bits at which eight pairs in a row begin.
std::uint64_t starts(std::uint64_t pairs) {
  pairs &= pairs >> 2U;
  pairs &= pairs >> 4U;
  return pairs & pairs >> 8U;
}

#endif

}  // namespace

std::size_t next_wide_row(Bytes bytes, std::size_t from) {
  NHI_ASSERT(from <= bytes.size());
#ifdef __SSE2__
  std::size_t at = from;
  while (at + kRowBytes <= bytes.size()) {
    std::array<char, looks::kLook> rest{};
    const char* data = bytes.data() + at;
    if (at + looks::kLook > bytes.size()) {
      rest.fill(1);  // neither zero nor text
      std::memcpy(rest.data(), data, bytes.size() - at);
      data = rest.data();
    }
    const Look seen = look(data);
    const std::uint64_t found =
        starts(seen.text & seen.zero >> 1U) | starts(seen.zero & seen.text >> 1U);
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
    // A row may begin in the last bytes of this look.
    at += looks::kLook - kRowBytes + 1;
  }
  return bytes.size();
#else
  return from;
#endif
}

}  // namespace nhi

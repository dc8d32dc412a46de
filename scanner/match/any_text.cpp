#include "scanner/match/any_text.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "scanner/base/chars.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nhi {

AnyText::AnyText(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) texts_.push_back({text, text[0], text[1]});
}

#ifdef __SSE2__

namespace {

constexpr std::size_t kBlock = 16;
// A letter in either case; other bytes fall together too, and are told apart when compared.
__m128i folded(__m128i bytes) { return _mm_or_si128(bytes, _mm_set1_epi8(0x20)); }
__m128i folded_at(const char* at) {
  return folded(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}
__m128i all_of(char c) { return folded(_mm_set1_epi8(c)); }

}  // namespace

bool AnyText::begins_in(const char* block, Bytes bytes, std::size_t at) const {
  const __m128i first = folded_at(block);
  const __m128i second = folded_at(block + 1);
  for (const Text& one : texts_) {
    const __m128i pairs = _mm_and_si128(_mm_cmpeq_epi8(first, all_of(one.first)),
                                        _mm_cmpeq_epi8(second, all_of(one.second)));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(pairs)); mask != 0; mask &= mask - 1) {
      const std::size_t start = at + static_cast<std::size_t>(std::countr_zero(mask));
      if (start < bytes.size() && chars::starts_folded(bytes.substr(start), one.text)) return true;
    }
  }
  return false;
}

bool AnyText::stands_in(Bytes bytes) const {
  std::size_t at = 0;
  for (; at + kBlock + 1 <= bytes.size(); at += kBlock) {
    if (begins_in(bytes.data() + at, bytes, at)) return true;
  }
  if (at == bytes.size()) return false;
  std::array<char, kBlock + 1> rest{};
  std::memcpy(rest.data(), bytes.data() + at, bytes.size() - at);
  return begins_in(rest.data(), bytes, at);
}

#else

bool AnyText::stands_in(Bytes bytes) const {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const Text& one : texts_) {
      if (chars::starts_folded(bytes.substr(at), one.text)) return true;
    }
  }
  return false;
}

#endif

}  // namespace nhi

#include "scanner/match/rule_guard.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "scanner/base/chars.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nhi {
namespace {

// Is there a row of `least` bytes that pass `test`? Looks at every `least`th byte until one passes.
bool holds_run(Bytes text, std::size_t least, const ByteTest& test) {
  std::size_t low = 0;
  while (low + least <= text.size()) {
    const std::size_t probe = low + least - 1;
    std::size_t start = probe + 1;
    while (start > low && test(text[start - 1])) --start;
    if (start == low) return true;
    // The byte before `start` belongs to no row; the one there goes on from `probe`.
    low = start;
  }
  return false;
}

}  // namespace

ByteTest::ByteTest(const ByteSet& bytes) {
  constexpr std::size_t kWordBits = 64;
  const ByteSet word(~std::uint64_t{0});
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i] = ((bytes >> (kWordBits * i)) & word).to_ullong();
  }
}

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

RuleGuard::RuleGuard(const CompiledRule& rule)
    : before_(std::min(rule.literal_before.value_or(rule.max_match), rule.max_match)),
      longest_(rule.max_match),
      least_(rule.shape.least),
      in_windows_(rule.anchored && rule.max_match != 0),
      clips_(!rule.shape.alphabet.all()),
      alphabet_(rule.shape.alphabet),
      run_least_(rule.shape.run.least),
      run_(rule.shape.run.bytes),
      needed_(rule.needed_bytes),
      any_next_(rule.literal_next.all()),
      next_(rule.literal_next) {
  for (const std::vector<std::string>& texts : rule.further_texts) further_.emplace_back(texts);
}

bool RuleGuard::run_is_near(Bytes view, Span hit) const {
  const std::uint64_t low = hit.start > before_ ? hit.start - before_ : 0;
  const std::uint64_t limit = std::min<std::uint64_t>(hit.start + longest_, view.size());
  return holds_run(slice(view, {low, limit}), run_least_, run_);
}

std::uint64_t RuleGuard::window_end(Bytes view, Span hit, std::uint64_t from) const {
  const std::uint64_t limit = std::min<std::uint64_t>(hit.start + longest_, view.size());
  if (!clips_) return std::max(from, limit);
  while (from < limit && alphabet_(view[static_cast<std::size_t>(from)])) ++from;
  return from;
}

Span RuleGuard::window(Bytes view, Span hit) const {
  const std::uint64_t low = hit.start > before_ ? hit.start - before_ : 0;
  std::uint64_t start = hit.start;
  if (!clips_) start = low;
  while (start > low && alphabet_(view[static_cast<std::size_t>(start - 1)])) --start;
  const Span reach{start, window_end(view, hit, hit.start)};
  return reach.end < hit.end || reach.size() < least_ ? Span{} : reach;
}

bool RuleGuard::may_match(Bytes window) const {
  if (window.size() < least_) return false;
  for (const char c : needed_) {
    if (std::memchr(window.data(), c, window.size()) == nullptr) return false;
  }
  if (run_least_ != 0 && !holds_run(window, run_least_, run_)) return false;
  return std::all_of(further_.begin(), further_.end(),
                     [&](const AnyText& texts) { return texts.stands_in(window); });
}

}  // namespace nhi

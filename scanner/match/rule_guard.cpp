#include "scanner/match/rule_guard.hpp"

#include <algorithm>
#include <cstring>

namespace nhi {
namespace {

// To look for a row of so many bytes takes fewer looks than to walk along the alphabet. Each
// literal looks anew, though, where windows grow together: so only in so many bytes.
constexpr std::size_t kRunProbedMin = 16;
constexpr std::size_t kProbedBytesMax = 512;

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

RuleGuard::RuleGuard(const CompiledRule& rule)
    : before_(std::min(rule.literal_before.value_or(rule.max_match), rule.max_match)),
      longest_(rule.max_match),
      least_(rule.shape.least),
      in_windows_(rule.anchored && rule.max_match != 0),
      clips_(!rule.shape.alphabet.all()),
      alphabet_(rule.shape.alphabet),
      run_least_(rule.shape.run.least),
      run_(rule.shape.run.bytes),
      probes_run_(run_least_ >= kRunProbedMin && before_ + longest_ <= kProbedBytesMax),
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

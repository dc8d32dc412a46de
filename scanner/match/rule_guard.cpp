#include "scanner/match/rule_guard.hpp"

#include <algorithm>
#include <cstring>

#include "scanner/base/chars.hpp"

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

std::uint16_t two_bytes(const char* at) {
  std::uint16_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

}  // namespace

ByteTest::ByteTest(const ByteSet& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.test(i)) words_[i >> 6U] |= std::uint64_t{1} << (i & 63U);
  }
}

AnyText::AnyText(const std::vector<std::string>& texts) {
  ByteSet first;
  for (const std::string& text : texts) {
    const auto byte = static_cast<unsigned char>(text.front());
    first.set(byte);
    if (chars::is_letter(text.front())) first.set(byte ^ 0x20U);
    texts_.push_back({text, two_bytes(text.data())});
  }
  first_ = ByteTest(first);
}

bool AnyText::stands_in(Bytes bytes) const {
  for (std::size_t at = 0; at + 1 < bytes.size(); ++at) {
    if (!first_(bytes[at])) continue;
    const char pair[2] = {chars::lower(bytes[at]), chars::lower(bytes[at + 1])};
    const std::uint16_t head = two_bytes(pair);
    for (const Text& one : texts_) {
      if (one.head == head && chars::starts_folded(bytes.substr(at), one.text)) return true;
    }
  }
  return false;
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

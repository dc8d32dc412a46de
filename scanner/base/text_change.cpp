#include "scanner/base/text_change.hpp"

#include <algorithm>

namespace nhi {
namespace {

bool is_short(const KeptRange& range) {
  return range.end - range.start < TextChange::kKeptBytesMin;
}

}  // namespace

TextChange TextChange::all_new(std::uint64_t size) {
  TextChange change(0);
  change.add(size);
  change.finish();
  return change;
}

void TextChange::keep(std::uint64_t from, std::uint64_t size) {
  const bool goes_on =
      !kept_.empty() && kept_.back().end == size_ && kept_.back().to_old(size_) == from;
  if (goes_on) {
    kept_.back().end += size;
  } else {
    // A delta of a stranger may be of millions of pieces: what is too short is not even gathered.
    if (!kept_.empty() && is_short(kept_.back())) kept_.pop_back();
    kept_.push_back({size_, size_ + size, from, false, false});
  }
  size_ += size;
}

void TextChange::finish() {
  if (!kept_.empty() && is_short(kept_.back())) kept_.pop_back();
  std::uint64_t at = 0;
  for (KeptRange& range : kept_) {
    range.opens = range.start == 0 && range.from == 0;
    range.closes = range.end == size_ && range.to_old(range.end) == old_size_;
    if (!range.opens) gaps_.push_back({at, range.start});
    at = range.end;
  }
  if (kept_.empty() || !kept_.back().closes) gaps_.push_back({at, size_});
}

const KeptRange* TextChange::holding(Span span, std::uint64_t before, std::uint64_t behind) const {
  const auto next = std::upper_bound(
      kept_.begin(), kept_.end(), span.start,
      [](std::uint64_t offset, const KeptRange& range) { return offset < range.start; });
  if (next == kept_.begin()) return nullptr;
  const KeptRange& range = *(next - 1);
  return range.holds(span, before, behind) ? &range : nullptr;
}

}  // namespace nhi

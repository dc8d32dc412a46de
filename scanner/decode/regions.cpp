#include "scanner/decode/regions.hpp"

#include <algorithm>
#include <cstring>

#include "scanner/base/result.hpp"

namespace nhi {
namespace {

// A step's own changes this near to a sequence make it worth decoding again: a PEM block of a
// 4096-bit key is 3.2 KiB.
constexpr std::size_t kFreshBytes = 4 * kKiB;
// Hits remembered before old ones are dropped: several times what kContextBytesMax can hold, so
// that dropping stays rare.
constexpr std::size_t kPruneHits = 2 * kContextBytesMax;

std::size_t minus(std::size_t from, std::size_t amount) {
  return from > amount ? from - amount : 0;
}

bool is_word(unsigned char byte) {
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '-';
}

}  // namespace

bool RegionBuilder::is_fresh(const Hit& hit) const {
  if (view_.parent == nullptr) return true;
  const std::size_t end =
      std::min(view_.bytes.size(), static_cast<std::size_t>(hit.span.end) + kFreshBytes);
  return !view_.map.is_copy({minus(static_cast<std::size_t>(hit.span.start), kFreshBytes), end});
}

// The start of the line kContextBytesMin before `at`; not before `floor`.
std::size_t RegionBuilder::context_start(std::size_t at, std::size_t floor) const {
  const std::size_t lowest = std::max(floor, minus(at, kContextBytesMax));
  for (std::size_t i = std::max(minus(at, kContextBytesMin), lowest); i > lowest; --i) {
    if (view_.bytes[i - 1] == '\n') return i;
  }
  return lowest;
}

// A place before `at` where cutting hurts least: a line start, else the edge of a word.
std::size_t RegionBuilder::soft_cut(std::size_t at) const {
  const std::size_t lowest = minus(at, kContextBytesMax);
  for (std::size_t i = at; i > lowest; --i) {
    if (view_.bytes[i - 1] == '\n') return i;
  }
  for (std::size_t i = at; i > lowest; --i) {
    if (!is_word(byte_at(view_.bytes, i - 1))) return i;
  }
  return at;
}

// `at`, moved to the edge of the hit it falls into.
std::size_t RegionBuilder::outside_hits(std::size_t at, bool forward) const {
  const auto after =
      std::upper_bound(hits_.begin(), hits_.end(), at,
                       [](std::size_t offset, const Hit& hit) { return offset < hit.span.start; });
  if (after == hits_.begin()) return at;
  const Span span = (after - 1)->span;
  if (at <= span.start || at >= span.end) return at;
  return static_cast<std::size_t>(forward ? span.end : span.start);
}

void RegionBuilder::extend(const Hit& hit) {
  const std::size_t size = view_.bytes.size();
  const auto hit_end = static_cast<std::size_t>(hit.span.end);
  const std::size_t want = hit_end + kContextBytesMin;
  if (ends_line_ && want <= end_) return;
  const std::size_t high = std::min(size, hit_end + kContextBytesMax);
  const std::size_t low = std::max(want, searched_);
  if (low < high) {
    const void* found = std::memchr(view_.bytes.data() + low, '\n', high - low);
    if (found != nullptr) {
      searched_ = static_cast<std::size_t>(static_cast<const char*>(found) - view_.bytes.data());
      end_ = searched_ + 1;
      ends_line_ = true;
      return;
    }
    searched_ = high;
  }
  end_ = std::max(end_, high);
  ends_line_ = end_ == size;
}

void RegionBuilder::forget_before(std::size_t at) {
  const auto first =
      std::find_if(hits_.begin(), hits_.end(), [&](const Hit& hit) { return hit.span.end > at; });
  hits_.erase(hits_.begin(), first);
}

void RegionBuilder::emit(std::size_t end) {
  const auto past = std::find_if(hits_.begin(), hits_.end(),
                                 [&](const Hit& hit) { return hit.span.start >= end; });
  const std::vector<Hit> kept(past, hits_.end());
  hits_.erase(past, hits_.end());
  visit_({start_, end}, hits_);
  hits_.insert(hits_.end(), kept.begin(), kept.end());
}

// Ends the open region before `at` and goes on with one that overlaps it.
void RegionBuilder::cut(std::size_t at) {
  const std::size_t stop = outside_hits(soft_cut(at), false);
  emit(stop);
  const std::size_t back = stop - std::min(kMatchBytesMax, (stop - start_) / 2);
  start_ = std::max(start_ + 1, outside_hits(soft_cut(back), true));
  forget_before(start_);
}

void RegionBuilder::add(const Hit& hit) {
  NHI_ASSERT(hits_.empty() || hits_.back().span.end <= hit.span.start);
  const auto at = static_cast<std::size_t>(hit.span.start);
  const bool opens = hit.opens && is_fresh(hit);
  if (open_ && at > end_ + kJoinBytes && (opens || at > end_ + kContextBytesMax)) {
    if (!opens || context_start(at, end_) > end_) finish();
  }
  if (!open_ && hits_.size() >= kPruneHits && hits_.front().span.end + kContextBytesMax < at) {
    forget_before(minus(at, kContextBytesMax));
  }
  hits_.push_back(hit);
  if (!opens) return;
  if (!open_) {
    start_ = outside_hits(context_start(at, end_), true);
    open_ = true;
    ends_line_ = false;
    end_ = at;
    forget_before(start_);
  }
  if (at - start_ > kRegionBytesMax) cut(at);
  extend(hit);
}

void RegionBuilder::finish() {
  if (!open_) return;
  emit(outside_hits(end_, false));
  open_ = false;
  forget_before(end_);
}

std::size_t decoded_size(Span region, const std::vector<Hit>& hits) {
  std::size_t size = static_cast<std::size_t>(region.size());
  for (const Hit& hit : hits) {
    size = size - static_cast<std::size_t>(hit.span.size()) + hit.text.length;
  }
  return size;
}

Decoded decode_region(Bytes bytes, Span region, const std::vector<Hit>& hits) {
  Decoded out;
  out.bytes.reserve(decoded_size(region, hits));
  std::uint64_t at = region.start;
  for (const Hit& hit : hits) {
    NHI_ASSERT(hit.span.start >= at && hit.span.end <= region.end);
    out.bytes.append(slice(bytes, {at, hit.span.start}));
    out.map.copy(at, hit.span.start - at);
    out.bytes.append(hit.text.view());
    out.map.replace(hit.span, hit.text.length);
    at = hit.span.end;
  }
  out.bytes.append(slice(bytes, {at, region.end}));
  out.map.copy(at, region.end - at);
  return out;
}

}  // namespace nhi

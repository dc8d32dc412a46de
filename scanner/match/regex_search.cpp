#include "scanner/match/regex_search.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "scanner/base/limits.hpp"
#include "scanner/base/result.hpp"

namespace nhi {
namespace {

// A chunk is long enough that its last `longest` bytes, looked at twice, do not matter.
constexpr std::size_t kChunkBytesMin = 16 * kKiB;
// Too-long matches may cost this many bytes of the range, and this much on top.
constexpr std::uint64_t kRetryFactor = 64;
constexpr std::uint64_t kRetryBytes = 16 * kMiB;

}  // namespace

RegexSearch::RegexSearch() = default;
RegexSearch::~RegexSearch() = default;
RegexSearch::RegexSearch(RegexSearch&&) noexcept = default;
RegexSearch& RegexSearch::operator=(RegexSearch&&) noexcept = default;

void RegexSearch::start(const re2::RE2& regex, Bytes view, Span range, std::size_t longest,
                        int groups) {
  NHI_ASSERT(range.start <= range.end && range.end <= view.size() && groups > 0);
  regex_ = &regex;
  view_ = view;
  at_ = static_cast<std::size_t>(range.start);
  end_ = static_cast<std::size_t>(range.end);
  longest_ = longest;
  groups_count_ = groups;
  if (groups_.size() < static_cast<std::size_t>(groups)) {
    groups_.resize(static_cast<std::size_t>(groups));
  }
  retry_bytes_left_ = kRetryFactor * range.size() + kRetryBytes;
  gave_up_ = !regex.ok();
  cost_ = 0;
}

bool RegexSearch::match(std::size_t from, std::size_t to, bool anchored) {
  const re2::StringPiece text(view_.data(), view_.size());
  const bool found =
      regex_->Match(text, from, to, anchored ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED,
                    groups_.data(), groups_count_);
  cost_ += found ? group(0).end - from : to - from;
  return found;
}

// The preferred match at `start` is too long: is there one that fits?
bool RegexSearch::retry_cut(std::size_t start) {
  const std::uint64_t price = 2 * static_cast<std::uint64_t>(longest_);
  if (chunked_ && retry_bytes_left_ < price) {
    gave_up_ = true;
    return false;
  }
  if (chunked_) retry_bytes_left_ -= price;
  return match(start, std::min(end_, start + longest_), true);
}

bool RegexSearch::next() {
  while (!gave_up_ && at_ < end_) {
    std::size_t chunk_end = end_;
    if (longest_ != 0 && chunked_) {
      const std::size_t chunk = std::max(kChunkBytesMin, 4 * longest_);
      if (end_ - at_ > chunk) chunk_end = at_ + chunk;
    }
    const bool found = match(at_, chunk_end, false);
    // Starts up to here have all their bytes in the chunk; later ones wait for the next.
    const std::size_t decided = chunk_end == end_ ? end_ : chunk_end - longest_;
    if (!found) {
      if (chunk_end == end_)
        at_ = end_;
      else
        at_ = decided + 1;
      continue;
    }
    const Span whole = group(0);
    const auto start = static_cast<std::size_t>(whole.start);
    if (start > decided) {
      at_ = start;
      continue;
    }
    if (whole.empty() || (longest_ != 0 && whole.size() > longest_ && !retry_cut(start)) ||
        group(0).empty()) {
      at_ = start + 1;
      continue;
    }
    at_ = static_cast<std::size_t>(group(0).end);
    return true;
  }
  return false;
}

Span RegexSearch::group(int number) const {
  const re2::StringPiece& piece = groups_[static_cast<std::size_t>(number)];
  if (piece.data() == nullptr) return {};
  const auto start = static_cast<std::uint64_t>(piece.data() - view_.data());
  return {start, start + piece.size()};
}

}  // namespace nhi

// text_change.hpp - how one text came of another: which stretches of it stand in both.
//
// What was found out about the old text holds for a stretch that was kept, as far as it depends on
// nothing beyond it. Only what is between has to be looked at anew.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Bytes of the new text that the old one has too.
struct KeptRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t from = 0;  // where the same bytes start in the old text
  bool opens = false;      // both texts begin with it
  bool closes = false;     // both texts end with it

  [[nodiscard]] std::uint64_t to_new(std::uint64_t old_offset) const {
    return old_offset - from + start;
  }
  [[nodiscard]] std::uint64_t to_old(std::uint64_t new_offset) const {
    return new_offset - start + from;
  }
  /// Does it hold `span` of the new text with so many bytes before and behind it, or as many as
  /// there are up to the ends of both texts?
  [[nodiscard]] bool holds(Span span, std::uint64_t before, std::uint64_t behind) const {
    if (span.start < start || span.end > end) return false;
    return (opens || span.start - start >= before) && (closes || end - span.end >= behind);
  }
};

/// Fed piece by piece, in the order of the new text; then immutable.
class TextChange {
 public:
  /// Shorter stretches are not worth keeping: what stands beside them is looked at anyway.
  static constexpr std::uint64_t kKeptBytesMin = 256;

  explicit TextChange(std::uint64_t old_size) : old_size_(old_size) {}
  /// A text that came of nothing.
  [[nodiscard]] static TextChange all_new(std::uint64_t size);

  void keep(std::uint64_t from, std::uint64_t size);
  void add(std::uint64_t size) { size_ += size; }
  void finish();

  [[nodiscard]] std::uint64_t size() const { return size_; }  // of the new text
  /// Ascending; no two of them touch in both texts.
  [[nodiscard]] const std::vector<KeptRange>& kept() const { return kept_; }
  /// What lies between them, before the first and behind the last; a gap may be empty, where bytes
  /// were taken out. None at the beginnings and ends that both texts have.
  [[nodiscard]] const std::vector<Span>& gaps() const { return gaps_; }
  /// Whether `test` holds of what lies in a gap of `text`, the new one, with so many bytes beside
  /// it.
  template <class Test>
  [[nodiscard]] bool any_gap(Bytes text, std::uint64_t beside, const Test& test) const {
    return std::any_of(gaps_.begin(), gaps_.end(), [&](Span gap) {
      const std::uint64_t start = gap.start > beside ? gap.start - beside : 0;
      return test(slice(text, {start, gap.end + beside}));
    });
  }
  /// The one that holds `span` with so much around it; null if none does.
  [[nodiscard]] const KeptRange* holding(Span span, std::uint64_t before,
                                         std::uint64_t behind) const;

 private:
  std::uint64_t old_size_;
  std::uint64_t size_ = 0;
  std::vector<KeptRange> kept_;
  std::vector<Span> gaps_;
};

}  // namespace nhi

// allowance.hpp - how much may be decoded of one blob. For this room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "scanner/base/limits.hpp"
#include "scanner/decode/decode_trace.hpp"

namespace nhi {

// How many decoded bytes may still come. The first step has a half of all that no deeper step can
// take: a file full of every kind of escape must not spend it all on combinations. Of the other
// half the third and later steps have three quarters.
class Allowance {
 public:
  Allowance(std::size_t blob_bytes, std::size_t factor) {
    const std::size_t base = std::max(blob_bytes, kSmallBlobBytes);
    total_ = base > SIZE_MAX / std::max<std::size_t>(factor, 1) ? SIZE_MAX : base * factor;
  }
  /// `step` counts from 1, the charset of the blob left out.
  bool take(unsigned step, std::size_t bytes) {
    const std::size_t half = total_ / 2;
    if (step <= 1) return add(used_.first, bytes, half);
    if (bytes > half - std::min<std::size_t>(half, used_.deeper)) return false;
    if (step >= 3 && !add(used_.deepest, bytes, half / 4 * 3)) return false;
    return add(used_.deeper, bytes, half);
  }
  /// What was taken of another one, all in one.
  bool take_all(const DecodedSums& sums) {
    const std::size_t half = total_ / 2;
    return add(used_.first, sums.first, half) && add(used_.deeper, sums.deeper, half) &&
           add(used_.deepest, sums.deepest, half / 4 * 3);
  }
  [[nodiscard]] const DecodedSums& used() const { return used_; }

 private:
  // Small blobs may yield as much as one of this size: context lines weigh more there.
  static constexpr std::size_t kSmallBlobBytes = 4 * kKiB;

  static bool add(std::uint64_t& used, std::uint64_t bytes, std::size_t limit) {
    if (bytes > limit - std::min<std::uint64_t>(limit, used)) return false;
    used += bytes;
    return true;
  }
  std::size_t total_ = 0;
  DecodedSums used_;
};

}  // namespace nhi

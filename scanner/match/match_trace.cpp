#include "scanner/match/match_trace.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace nhi {
namespace {

using Living = std::vector<std::pair<std::uint64_t, std::uint16_t>>;  // starts and literals

}  // namespace

bool lives_alike(const MatchTrace& before, const MatchTrace& after, const TextChange& change) {
  Living then;
  for (const TracedHit& hit : before.hits) {
    if (hit.live) then.emplace_back(hit.start, hit.literal);
  }
  Living now;  // where it was then
  for (const TracedHit& hit : after.hits) {
    if (!hit.live) continue;
    const KeptRange* const kept =
        change.holding({hit.start, std::uint64_t{hit.start} + 1}, hit.before, hit.behind);
    if (kept == nullptr || now.size() == then.size()) return false;
    now.emplace_back(kept->to_old(hit.start), hit.literal);
  }
  // A change may put one stretch of the old text in many places, and in another order.
  std::sort(now.begin(), now.end());
  return now == then;
}

}  // namespace nhi

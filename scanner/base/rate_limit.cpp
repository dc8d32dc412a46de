#include "scanner/base/rate_limit.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/base/result.hpp"

namespace nhi {
namespace {

constexpr std::uint64_t kPiecesASecond = 16;

RateLimit::Nanoseconds steady_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

// In floating point: no product can wrap, and a rounding is far below a nanosecond a byte.
RateLimit::Nanoseconds time_for(std::size_t bytes, std::uint64_t bytes_a_second) {
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) /
                                              static_cast<double>(bytes_a_second));
  return std::chrono::round<RateLimit::Nanoseconds>(seconds);
}

}  // namespace

RateLimit::RateLimit(std::uint64_t bytes_a_second)
    : RateLimit(bytes_a_second, steady_now,
                [](Nanoseconds time) { std::this_thread::sleep_for(time); }) {}

RateLimit::RateLimit(std::uint64_t bytes_a_second, Clock clock, Sleeper sleeper)
    : bytes_a_second_(bytes_a_second),
      piece_(static_cast<std::size_t>(std::clamp<std::uint64_t>(
          bytes_a_second / kPiecesASecond, kLeastBytesASecond, std::uint64_t{kMiB}))),
      clock_(std::move(clock)),
      sleeper_(std::move(sleeper)) {
  NHI_ASSERT(bytes_a_second >= kLeastBytesASecond);
}

void RateLimit::take(std::size_t bytes) {
  Nanoseconds wait{};
  {
    const std::lock_guard lock(lock_);
    const Nanoseconds now = clock_();
    // Idle time is worth one piece, no more: a quiet minute does not buy a burst.
    const Nanoseconds saved = time_for(piece_, bytes_a_second_);
    paid_until_ = std::max(paid_until_, now - saved) + time_for(bytes, bytes_a_second_);
    wait = paid_until_ - now;
  }
  if (wait > Nanoseconds::zero()) sleeper_(wait);
}

}  // namespace nhi

// rate_limit.hpp - so many bytes a second over all threads: a token bucket that sleeps, never
// spins.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

namespace nhi {

// Thread-safe. Each take() gets its own stretch of time under the lock and sleeps outside it, so
// that threads are served in the order of asking and none can starve.
class RateLimit {
 public:
  using Nanoseconds = std::chrono::nanoseconds;
  /// Time since any fixed point; must not go backwards.
  using Clock = std::function<Nanoseconds()>;
  using Sleeper = std::function<void(Nanoseconds)>;

  /// Below this a disk block at a time would already be a burst.
  static constexpr std::uint64_t kLeastBytesASecond = 4096;

  /// Shapes: `bytes_a_second` >= kLeastBytesASecond.
  explicit RateLimit(std::uint64_t bytes_a_second);
  RateLimit(std::uint64_t bytes_a_second, Clock clock, Sleeper sleeper);

  /// Waits until `bytes` more may be read. Over any time t no more than t x rate and one piece
  /// (what idle time may save up), and one take() a thread, are let through.
  void take(std::size_t bytes);
  /// A sixteenth of a second's worth, 4 KiB to 1 MiB: whoever takes no more at a time waits at most
  /// a sixteenth of a second for each thread that also waits.
  [[nodiscard]] std::size_t piece() const { return piece_; }

 private:
  const std::uint64_t bytes_a_second_;
  const std::size_t piece_;
  const Clock clock_;
  const Sleeper sleeper_;
  std::mutex lock_;
  Nanoseconds paid_until_ = Nanoseconds::min();  // guarded by lock_
};

}  // namespace nhi

// deadline.hpp - the instant after which nothing new is begun. The clock is an input.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

// Thread-safe if its clock is.
class Deadline {
 public:
  using Clock = std::function<Instant()>;

  Deadline() = default;  // never
  Deadline(Instant at, Clock clock) : at_(at), clock_(std::move(clock)) {}

  [[nodiscard]] bool passed() const { return clock_ && clock_() >= at_; }

 private:
  Instant at_;
  Clock clock_;
};

/// "06:00" is the next such minute of the local clock after `now`, tomorrow's if it is that minute;
/// anything else is read by parse_instant() and may lie in the past. A time that a change of the
/// clock skips is the same time by the clock before the change.
/// Errors: kBadUse.
[[nodiscard]] Result<Instant> parse_deadline(std::string_view text, Instant now);

}  // namespace nhi

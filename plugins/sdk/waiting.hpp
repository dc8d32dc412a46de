// waiting.hpp - waits for a descriptor no longer than the request has time, and gives up as soon as
// it is cancelled.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

// Why something at a server failed.
enum class Trouble : std::uint8_t {
  kRefused,    // the server said why
  kLost,       // no connection, or not any more
  kTimedOut,   // the request's time is up
  kCancelled,  // nhisweep wants to stop
};
[[nodiscard]] std::string_view text_of(Trouble trouble);

/// Nothing once one of `events` (of poll) is there.
[[nodiscard]] std::optional<Trouble> wait_for(int descriptor, short events,
                                              std::chrono::steady_clock::time_point until,
                                              const RotatorCall& call);

/// What trouble is called while nothing was sent that could have an effect: kCancelled, else
/// kUnreachable with `message`.
[[nodiscard]] PluginError error_without_effect(Trouble trouble, std::string message);

}  // namespace nhi

// process_end.hpp - the end of a child, waited for with a limit.
#pragma once

#include <sys/types.h>

#include <chrono>

namespace nhi {

/// True once `child`, one of ours that is not reaped yet, has ended; false after `limit`. It stays
/// to be reaped, so that its number stays its own.
[[nodiscard]] bool ends_within(pid_t child, std::chrono::milliseconds limit);

/// Reaps a child that has ended, or waits for it: its status as shells have it, 128 + n for a
/// signal.
[[nodiscard]] int reap(pid_t child);

}  // namespace nhi

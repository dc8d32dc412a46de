// background.hpp - makes this process give way to everything else on the host.
#pragma once

#include <string>
#include <vector>

namespace nhi {

/// Sets SCHED_IDLE (nice 19 where that is refused) and the idle I/O class. Threads inherit both, so
/// it is called before the first one starts; the process cannot take it back, nor needs to.
/// Returns what the system refused, in words; the run goes on without it.
[[nodiscard]] std::vector<std::string> enter_background();

/// Half of `cores`, at least 1.
[[nodiscard]] constexpr unsigned background_jobs(unsigned cores) {
  return cores < 2 ? 1 : cores / 2;
}

}  // namespace nhi

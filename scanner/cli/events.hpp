// events.hpp - changes of presence and decisions since a sweep, for `findings list --since-sweep`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// Events of these findings found by sweeps after `after`, and decisions taken since it, as
/// nhisweep.event/1 lines: by sweep, in it changes before decisions, in the order of `findings`.
/// At most `limit`, the first; 0 = all. Errors: kStore.
[[nodiscard]] Result<std::string> events_text(Inventory& inventory,
                                              const std::vector<Finding>& findings, SweepId after,
                                              std::uint64_t limit);

}  // namespace nhi

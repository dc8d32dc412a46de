// server.hpp - the loop of run_rotator(): one thread reads the control channel, another works at
// the request, so that a method which hangs in a library does not keep the answer to a cancel.
#pragma once

#include "plugins/sdk/rotator.hpp"

namespace nhi {

/// Serves until the control channel ends: 0; 1 if the core breaks the protocol. Where a method does
/// not come back after a cancel it answers for it and ends the process.
[[nodiscard]] int serve(Rotator& rotator, int control, int secrets);

}  // namespace nhi

// host_name.hpp - what this machine calls itself.
#pragma once

#include <string>

namespace nhi {

/// As the kernel has it, unchecked; empty if it has none.
[[nodiscard]] std::string own_host_name();

}  // namespace nhi

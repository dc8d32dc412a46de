// version.hpp - the version of the program, one place.
#pragma once

#include <string_view>

namespace nhi {
inline constexpr std::string_view kVersion = "0.1.0";
}  // namespace nhi

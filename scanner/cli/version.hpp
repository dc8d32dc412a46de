// version.hpp - the version of the program, one place.
#pragma once

#include <string_view>

namespace nhi {
inline constexpr std::string_view kVersion = "0.1.0";
/// The day the manual was last revised; on every page, so that pages are the same on each build.
inline constexpr std::string_view kManualDate = "2026-11-26";
}  // namespace nhi

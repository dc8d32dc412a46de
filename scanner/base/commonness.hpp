// commonness.hpp - how often are some bytes met in source, configuration and markup?
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nhi {

/// Where the three adjacent bytes stand that are met least often in source, configuration and
/// markup. Only speed depends on it, never a result.
/// Shapes: at least three bytes, letters in lower case.
[[nodiscard]] std::size_t rarest_group(std::string_view text);

/// How often any of `texts` is met, above an arbitrary zero: for comparing. Only speed depends on
/// it, never a result.
/// Shapes: letters in lower case.
[[nodiscard]] double commonness(const std::vector<std::string>& texts);

}  // namespace nhi

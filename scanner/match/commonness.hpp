// commonness.hpp - which three bytes of a literal are the rarest in text?
#pragma once

#include <cstddef>
#include <string_view>

namespace nhi {

/// Where the three adjacent bytes stand that are met least often in source, configuration and
/// markup. Only speed depends on it, never a result.
/// Shapes: at least three bytes, letters in lower case.
[[nodiscard]] std::size_t rarest_group(std::string_view text);

}  // namespace nhi

// json_depth.hpp - how deep JSON of a stranger nests, before a parser without a limit sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace nhi {

/// True if brackets nest deeper than `depth_max`; those within strings do not count. Parsing,
/// copying and destroying a value all take a stack frame a level.
[[nodiscard]] bool json_nests_deeper(std::string_view text, std::size_t depth_max);

}  // namespace nhi

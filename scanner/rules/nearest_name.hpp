// nearest_name.hpp - "did you mean": the listed name closest to a mistyped one.
#pragma once

#include <span>
#include <string_view>

namespace nhi {

/// The name in `names` with the least edit distance to `text` (insert, delete, change, swap of two
/// neighbours, each 1), first listed wins. Empty if none is near enough to be a typing mistake:
/// the distance may be a third of the longer length, at least 1.
/// Shapes: texts over 64 bytes have no near name.
[[nodiscard]] std::string_view nearest_name(std::string_view text,
                                            std::span<const std::string_view> names);

}  // namespace nhi

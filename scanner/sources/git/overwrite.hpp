// overwrite.hpp - a string filled in place, without zeroing it first.
#pragma once

#include <cstddef>
#include <string>

namespace nhi {

/// Makes room for `size` bytes; `fill(at)` writes them and says how many there are.
/// std::string of GCC 12 hands its operation the capacity where the standard says the size, so
/// nobody here looks at that number.
template <class Fill>
void overwrite(std::string& out, std::size_t size, Fill&& fill) {
  out.resize_and_overwrite(size, [&](char* at, std::size_t) -> std::size_t { return fill(at); });
}

}  // namespace nhi

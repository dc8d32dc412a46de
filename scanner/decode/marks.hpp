// marks.hpp - which marks of encodings stand in a view at all? For this room.
#pragma once

#include "scanner/base/bytes.hpp"
#include "scanner/base/processor.hpp"

namespace nhi {

// A mark that stands nowhere need not be looked for.
struct Marks {
  bool zero = true;
  bool ampersand = true;
  bool less = true;
  bool percent = true;
  bool backslash = true;
};

/// A false is certain, a true may be wrong. One look instead of five where the processor is of
/// Instructions::kWidest; elsewhere all are true: finding the first mark is as fast as this.
[[nodiscard]] Marks marks_in(Bytes bytes, Instructions most = best_instructions());

}  // namespace nhi

// inline_ignore.hpp - comments that ask for a line to be let be.
#pragma once

#include <cstdint>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Whether one of the words of contracts section 5 ("inline ignores") stands in `line`.
[[nodiscard]] bool ignored_on(Bytes line);

// Asks for one line after the other. What is asked in the order of the text costs one look a line:
// a line of a megabyte may hold ten thousand candidates.
class IgnoredLines {
 public:
  /// `text` must outlive this.
  explicit IgnoredLines(Bytes text) : text_(text) {}
  /// Of the line that holds byte `offset`; behind the end, of the last one.
  [[nodiscard]] bool holds(std::uint64_t offset);

 private:
  Bytes text_;
  Span line_{1, 0};  // the one looked at, with its line end
  bool ignored_ = false;
};

}  // namespace nhi

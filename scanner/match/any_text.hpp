// any_text.hpp - does any of a few short texts stand in some bytes, whatever the case of its
// letters?
//
// Looked for by their first two bytes, at 16 places at once.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

// Immutable.
class AnyText {
 public:
  /// Shapes: at least one text; ASCII in lower case, at least two bytes each.
  explicit AnyText(const std::vector<std::string>& texts);
  [[nodiscard]] bool stands_in(Bytes bytes) const;

 private:
  struct Text {
    std::string text;
    char first;
    char second;
  };
  // Of `bytes` from `at` on, whose first 17 stand at `block`.
  bool begins_in(const char* block, Bytes bytes, std::size_t at) const;
  std::vector<Text> texts_;
};

}  // namespace nhi

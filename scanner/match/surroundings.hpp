// surroundings.hpp - what stands around a value: its key, its quotes, the rest of its line.
//
// Everything is read from a bounded piece of the view, so that dense matches on one endless line
// stay linear.
#pragma once

#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

struct Surroundings {
  Bytes before;             // of the line, up to the value's quote
  Bytes after;              // of the line, behind the value's quote
  Bytes key;                // whole identifier that names the value, empty if none is seen
  char quote = '\0';        // around the value; '\0' if there is none on both sides
  bool escaped = false;     // the quote itself is written \" : a literal inside a literal
  bool in_string = false;   // no quote of its own, but stands inside a literal: "a=x;b=y"
  bool in_comment = false;  // the line begins with a comment mark
  bool in_element = false;  // text of an XML element
  bool long_line = false;   // no line end within kLookAround on either side together
};

/// `key`: the name of the value, where it is known; else it is looked for.
[[nodiscard]] Surroundings look_around(Bytes view, Span whole, Span secret, Bytes key = {});

/// Bytes of a line beyond which code is minified (false-positives.md section 4).
inline constexpr std::size_t kMinifiedLineBytes = 4096;

}  // namespace nhi

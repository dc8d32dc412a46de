// telling_rows.hpp - rows of digits that may decode to something.
//
// Most rows of base64 digits are names and paths of programs, and identifiers of machines. Up to 64
// digits are decoded at one look, into bits that say which bytes are text; so most rows end here.
#pragma once

#include <cstddef>

#include "scanner/base/bytes.hpp"
#include "scanner/base/processor.hpp"

namespace nhi {

/// The first row of base64 digits from `from` on that a finder has to look at: the whole of it, a
/// part between two separators, hexadecimal digits in it or a text that it begins may decode to
/// something plausible. Passes over no row that could; empty if there is none.
/// Shapes: `least` digits at least, from 1 to kRowLookMax; what of the processor may be used, at
///         most what it has.
[[nodiscard]] Span next_telling_row(Bytes bytes, std::size_t from, std::size_t least,
                                    Instructions most = best_instructions());

}  // namespace nhi

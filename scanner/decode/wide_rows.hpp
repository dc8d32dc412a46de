// wide_rows.hpp - where may UTF-16 text stand between other bytes? For this room.
#pragma once

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The first place from `from` on where kWideStretchMin characters of ASCII or Latin-1, each beside
/// a zero, may begin; bytes.size() if there is none. Whoever asks looks closer.
/// Shapes: from at most bytes.size().
[[nodiscard]] std::size_t next_wide_row(Bytes bytes, std::size_t from);

}  // namespace nhi

// line_index.hpp - lines and columns of offsets in text.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Both count from 1. A column counts Unicode code points; a stray byte counts as one.
struct Position {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

// Lines end at LF (a CR before it belongs to the line). Build once per blob, only when a place must
// be named. Looking up is O(log lines + length of the line); a remembered point every 64 KiB keeps
// one long line from costing its whole length for every look-up.
class LineIndex {
 public:
  /// `text` must outlive the index. `base` is the position of its first byte (segments of a large
  /// file go on where the last one ended).
  explicit LineIndex(Bytes text, Position base = {});
  [[nodiscard]] Position at(std::uint64_t offset) const;
  /// at(offset).line, without the look along the line.
  [[nodiscard]] std::uint64_t line_of(std::uint64_t offset) const;
  [[nodiscard]] std::uint64_t lines() const { return starts_.size(); }
  /// The bytes of the line that holds `offset`, without its line end.
  [[nodiscard]] Bytes line_at(std::uint64_t offset) const;

 private:
  void mark_columns();

  Bytes text_;
  Position base_;
  std::vector<std::uint64_t> starts_;   // offset of each line's first byte
  std::vector<std::uint64_t> columns_;  // code points before every 64 KiB mark, from its line start
};

/// The position behind `text`, which begins at `from`. Equal to LineIndex(text,
/// from).at(text.size()) without the index.
[[nodiscard]] Position advanced(Position from, Bytes text);

/// Code points in `text`; bytes that are not UTF-8 count one each.
[[nodiscard]] std::uint64_t count_code_points(Bytes text);

}  // namespace nhi

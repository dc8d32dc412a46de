// offset_map.hpp - from offsets in decoded bytes back to the bytes they came from.
//
// A map is a list of runs. In one run every `view_unit` bytes of the view came from `source_unit`
// bytes of the source: 1:1 for copied text, 3:4 for base64, 1:2 for hex or for ASCII in UTF-16,
// 1:5 for one `&amp;`. Runs are appended in view order; their source ranges ascend and may leave
// gaps (a CDATA frame, white space inside base64).
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

// Thread-compatible: build it in one thread, then share it as const.
class OffsetMap {
 public:
  /// A map of `length` bytes onto themselves.
  [[nodiscard]] static OffsetMap identity(std::uint64_t length);

  /// Appends `length` view bytes that stand unchanged at `source_start`.
  void copy(std::uint64_t source_start, std::uint64_t length);
  /// Appends `view_length` view bytes that all came from the one indivisible `source` range.
  void replace(Span source, std::uint64_t view_length);
  /// Appends `count` units of `view_unit` view bytes, each from `source_unit` source bytes.
  /// A last unit that gives fewer view bytes (base64 padding) is appended by replace().
  void repeat(std::uint64_t source_start, std::uint32_t source_unit, std::uint32_t view_unit,
              std::uint64_t count);

  /// The smallest source range whose decoding yields `view`.
  /// Shapes: a non-empty `view` within view_length(); an empty one maps to an empty range.
  [[nodiscard]] Span to_source(Span view) const;
  /// True if `view` lies in copied bytes only, that is, it stands in the source as it is.
  [[nodiscard]] bool is_copy(Span view) const;
  [[nodiscard]] std::uint64_t view_length() const { return view_length_; }
  [[nodiscard]] std::size_t runs() const { return runs_.size(); }

 private:
  struct Run {
    std::uint64_t view_start;
    std::uint64_t source_start;
    std::uint64_t count;        // units
    std::uint32_t source_unit;  // bytes
    std::uint32_t view_unit;    // bytes
  };
  [[nodiscard]] const Run& run_at(std::uint64_t view_offset) const;
  std::vector<Run> runs_;
  std::uint64_t view_length_ = 0;
};

}  // namespace nhi

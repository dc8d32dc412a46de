// regions.hpp - which parts of a view are worth decoding when some of its text is escaped.
//
// One `&amp;` in a file of 50 MB must not cost a second copy of the file. Each sequence brings its
// line and a little of its neighbours; parts that touch become one region, so that a PEM block with
// `&#xd;` on every line comes out in one piece. Giant lines and long regions are cut, with overlap.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/decode/utf8.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {

/// No region is longer; a longer one is cut and its parts overlap by kMatchBytesMax.
inline constexpr std::size_t kRegionBytesMax = 1 * kMiB;
/// Context on each side of a sequence: at least this, then on to the end of that line …
inline constexpr std::size_t kContextBytesMin = 256;
/// … but never more than this.
inline constexpr std::size_t kContextBytesMax = 8 * kKiB;
/// Regions that stand closer are one.
inline constexpr std::size_t kJoinBytes = 1 * kKiB;

/// One encoded sequence and what it stands for; an empty text removes it.
struct Hit {
  Span span;
  ShortText text;
  bool opens = true;  // false: decoded inside a region, but no reason to make one
};
using HitVisitor = std::function<void(const Hit&)>;
using RegionVisitor = std::function<void(Span region, const std::vector<Hit>& hits)>;

// Fed with hits, ascending; hands over regions, ascending. Linear in the bytes of the view.
class RegionBuilder {
 public:
  /// With a parent, a hit whose whole neighbourhood stands unchanged there opens no region: the
  /// parent was searched for it already.
  RegionBuilder(const View& view, const RegionVisitor& visit) : view_(view), visit_(visit) {}
  void add(const Hit& hit);
  void finish();

 private:
  [[nodiscard]] bool is_fresh(const Hit& hit) const;
  [[nodiscard]] std::size_t context_start(std::size_t at, std::size_t floor) const;
  [[nodiscard]] std::size_t soft_cut(std::size_t at) const;
  [[nodiscard]] std::size_t outside_hits(std::size_t at, bool forward) const;
  void extend(const Hit& hit);
  void cut(std::size_t at);
  void emit(std::size_t end);
  void forget_before(std::size_t at);

  const View& view_;
  const RegionVisitor& visit_;
  std::vector<Hit> hits_;  // of the open region, and recent ones before it
  bool open_ = false;
  std::size_t start_ = 0;
  std::size_t end_ = 0;       // of the open region, or of the last one
  bool ends_line_ = false;    // end_ is the end of a line or of the view
  std::size_t searched_ = 0;  // no line end between the last search's begin and here
};

/// The region's bytes with its hits replaced, and the map back to the view.
[[nodiscard]] Decoded decode_region(Bytes bytes, Span region, const std::vector<Hit>& hits);
/// The length that decode_region would give, without making it.
[[nodiscard]] std::size_t decoded_size(Span region, const std::vector<Hit>& hits);

}  // namespace nhi

// looked.hpp - how far from a literal its readers and rules had to look to say what stands there.
//
// Where a text has changed, what was said of a literal in the old text holds if no byte was changed
// that anybody looked at. So who looks says how far, or the limit is named here. Most values are
// judged by their line: a limit alone would have them judged again after every change nearby.
#pragma once

#include <algorithm>
#include <cstddef>

#include "scanner/base/bytes.hpp"
#include "scanner/base/limits.hpp"

namespace nhi {

/// What was looked at for a literal, besides its line up to it (kLookedBefore at most) and
/// kLookedBehind bytes behind it, which always count.
struct Look {
  Span span;
  bool far = false;  // anywhere, or it depends on where in the text the literal stands

  void add(Span more) {
    if (span.empty()) span = more;
    if (more.empty()) return;
    span = {std::min(span.start, more.start), std::max(span.end, more.end)};
  }
  void add(const Look& more) {
    add(more.span);
    far = far || more.far;
  }
};

inline constexpr std::size_t kLookedBefore = 4 * kKiB;
inline constexpr std::size_t kLookedBehind = 129;
/// How far around a match the checks look, at most, in bytes.
inline constexpr std::size_t kLookAround = 4 * kKiB;

/// A line that starts behind so many bytes is no header for being the first of its file.
inline constexpr std::size_t kHeaderStartMax = 1 * kKiB;

}  // namespace nhi

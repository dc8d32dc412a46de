// looked.hpp - how far from a literal its readers and rules had to look to say what stands there.
//
// Where a text has changed, what was said of a literal in the old text holds if no byte was changed
// that anybody looked at. So every limit of a look is named here or in the header of who looks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "scanner/base/limits.hpp"

namespace nhi {

enum class Looked : std::uint8_t {
  kBeside,  // back to the start of its line, at most kLookedBefore; kLookedBehind behind it
  kName,    // kLookedAtName to either side
  kNear,    // kLookedNear to either side
  kJudged,  // kLookedNear, and what the checks look at around a value there
  kFar,     // anywhere, or it depends on where in the text the literal stands
};

inline constexpr std::size_t kLookedBefore = 4 * kKiB;
inline constexpr std::size_t kLookedBehind = 129;
/// Around a name that no sign follows: what assignment.cpp may pass over to see that.
inline constexpr std::size_t kLookedAtName = 512;
/// The most of assignment.hpp, and of the columns and the table's name in sql_rows.hpp, with the
/// few bytes beside them that tell where a word ends.
inline constexpr std::size_t kLookedNear = 4 * kKiB + 512;
/// How far around a match the checks look, at most, in bytes.
inline constexpr std::size_t kLookAround = 4 * kKiB;

/// A line that starts behind so many bytes is no header for being the first of its file.
inline constexpr std::size_t kHeaderStartMax = 1 * kKiB;

}  // namespace nhi

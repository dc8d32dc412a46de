// match_shape.hpp - what every match of a pattern is made of: which bytes, how many, and which of
// them in a row. Cheap to look for in bytes, so most places end there, before the pattern runs.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>

namespace nhi {

using ByteSet = std::bitset<256>;

/// Bytes of one set in a row; `least` 0 asks for nothing.
struct ByteRun {
  ByteSet bytes;
  std::size_t least = 0;
};

// Sets may be larger and numbers smaller than the truth, never the other way round: ASCII letters
// are in both cases or in none, and bytes beyond ASCII all or none, because folding is not
// followed.
struct MatchShape {
  ByteSet alphabet;       // every byte of a match is one of these
  std::size_t least = 0;  // bytes of the shortest match
  ByteRun run;            // every match holds these
  ByteSet first;          // the first byte of a match that has one
};

/// The shape of exactly one byte of `bytes`.
[[nodiscard]] MatchShape shape_of_byte(ByteSet bytes);
/// One behind the other.
[[nodiscard]] MatchShape sequence(const MatchShape& left, const MatchShape& right);
/// The one or the other.
[[nodiscard]] MatchShape either(const MatchShape& left, const MatchShape& right);
/// At least `least` times, at most `most` times (none: without end).
[[nodiscard]] MatchShape repeated(const MatchShape& piece, std::size_t least,
                                  std::optional<std::size_t> most);

}  // namespace nhi

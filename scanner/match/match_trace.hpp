// match_trace.hpp - where a text has literals, and how much around each had to be looked at to know
// that nothing stands there.
//
// A version of a file that holds no match says so of most of the next version: a literal whose
// bytes around it were kept is as empty there. What was not kept is looked at again.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/text_change.hpp"

namespace nhi {

/// A literal that some rule had a look at.
struct TracedHit {
  /// So much of a `before` or `behind` stands for the whole text.
  static constexpr std::uint16_t kEverything = 0xFFFF;

  std::uint32_t start = 0;
  std::uint16_t literal = 0;
  std::uint16_t before = 0;  // bytes in front of it that were looked at
  std::uint16_t behind = 0;  // and behind it
  bool live = false;         // a match stands there, or may
};

/// What a look over a text says.
enum class Held : std::uint8_t {
  kNothing,  // no rule matches
  kAsKept,   // in what was kept of the old text something matched, and nothing else does
  kFound,    // something matches in what was looked at
  kUnsure,   // nobody knows: a scan tells
};

/// Of one text, one share of the rules, and one Matcher.
struct MatchTrace {
  std::vector<TracedHit> hits;  // by start, then literal
};

/// Is what lives in a text whose look-over said kAsKept, or kNothing, all that lived in the old
/// one? All that was looked at for each of it stands in both texts, so both hold the same matches,
/// whatever path they stand at.
[[nodiscard]] bool lives_alike(const MatchTrace& before, const MatchTrace& after,
                               const TextChange& change);

}  // namespace nhi

// pattern_facts.hpp - what can be proved of a pattern without compiling it.
//
// A walk over the pattern text, in the syntax that RE2 takes by default, answers three questions:
// how long can a match be, which texts must it hold, and which groups have names. RE2 has no public
// access to its own parse. The walk is sound, not complete: where it does not know it says so, and
// a rule then has to declare the fact. It judges patterns that RE2 accepts; on others its answer
// means nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/rules/match_shape.hpp"

namespace nhi {

struct PatternGroup {
  std::string name;
  int number = 0;
};

/// Texts of which every match holds at least one, when its ASCII letters are folded.
struct RequiredTexts {
  std::vector<std::string> texts;
  /// Such a one begins at most so many bytes behind the start of the match; none = no bound.
  std::optional<std::size_t> before;
  /// And one of these bytes stands right behind it, in the match.
  ByteSet next = ByteSet().set();
};

struct PatternFacts {
  /// Bytes of the longest match (Latin-1: one byte a character); none = no bound.
  std::optional<std::size_t> max_bytes;
  MatchShape shape;
  /// Lower case, each at least kDerivedLiteralBytesMin long: every match holds at least one of them
  /// when its ASCII letters are folded. Empty = none could be proved.
  std::vector<std::string> literals;
  std::optional<std::size_t> literals_before;  // RequiredTexts::before of `literals`
  ByteSet literals_next = ByteSet().set();     // RequiredTexts::next of `literals`
  /// Every list of texts with that property that the walk came by, of any length; `literals` is the
  /// best of them. Declared keywords are held against all.
  std::vector<RequiredTexts> required;
  std::vector<PatternGroup> groups;  // named ones only
};

/// Shorter texts stand in nearly every file and would filter nothing.
inline constexpr std::size_t kDerivedLiteralBytesMin = 3;

/// The number behind `\x`: two digits, or up to eight in braces. Moves `at`, which stands behind
/// the `x`, past them; none if there is no such number.
[[nodiscard]] std::optional<std::uint32_t> take_hex_escape(std::string_view pattern,
                                                           std::size_t& at);

/// None if the text is not in the syntax known here.
/// Shapes: any length; the work is linear in it, nesting is bounded by RE2's own limit of 1,000.
[[nodiscard]] std::optional<PatternFacts> analyse_pattern(std::string_view pattern);

}  // namespace nhi

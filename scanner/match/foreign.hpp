// foreign.hpp - a match of a rule of another program, judged in that program's way.
#pragma once

#include <string_view>

#include "scanner/match/conditions.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

/// Narrows `match` to what the program calls match and secret and sets confidence and why. Returns
/// the word for the counter if the match is to be dropped, else empty.
/// Source: Gitleaks 8.30, detect/detect.go, detectRule(); Betterleaks 1.7, which follows it but for
/// filters and entropy. Those of Kingfisher: kingfisher.hpp.
[[nodiscard]] std::string_view judge_foreign(const RuleSet& rules, Bytes view,
                                             Conditions& conditions, Match& match);

/// Bytes of the character at `at`, which is inside of `text`. Every byte that is no UTF-8 is one,
/// as Go reads it.
[[nodiscard]] std::size_t character_length(Bytes text, std::size_t at);

/// Entropy as Gitleaks counts it: of characters, over the length in bytes.
[[nodiscard]] double gitleaks_entropy(Bytes text);

}  // namespace nhi

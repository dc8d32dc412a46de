// kingfisher.hpp - a match of a rule of Kingfisher, judged in that program's way.
#pragma once

#include <string>
#include <string_view>

#include "scanner/match/conditions.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

/// Finds the secret of `match` among the groups and asks entropy, requirements and checksum.
/// Returns the word for the counter if the match is to be dropped, else empty.
/// Source: Kingfisher 2.14, src/matcher/filter.rs and crates/kingfisher-rules/src/rule.rs.
[[nodiscard]] std::string_view judge_kingfisher(const RuleSet& rules, Bytes view,
                                                Conditions& conditions, Match& match);

/// Entropy as Kingfisher counts it, in its precision.
[[nodiscard]] float kingfisher_entropy(Bytes text);

/// As UTF-8: each longest beginning of a character that does not end becomes one U+FFFD.
[[nodiscard]] std::string lossy_utf8(Bytes text);

}  // namespace nhi

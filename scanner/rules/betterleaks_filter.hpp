// betterleaks_filter.hpp - the expressions of Betterleaks (`filter`, `prefilter`): text in, a small
// typed tree out. True means: this match is none.
//
//   expression  `let NAME = choice; ` any number of times, then a choice
//   choice      or ? choice : choice
//   or, and     || or, && and; ! not
//   compared    < <= > >= == != of numbers; == !=, in [TEXT, ..], contains, startsWith, endsWith,
//               matches REGEX of texts, each also with `not` before the word
//   truth       matchesAny(text, [REGEX, ..]), containsAny(text, [WORD, ..]), true, false
//   number      entropy(text), len(text), 3.5
//   text        finding["secret"|"match"|"line"], attributes["path"|"git.sha"], literals;
//               `get(attributes, "path", "")` and `attributes["path"] ?? ""` are the same
//
// Functions may have `filter.` before them. `let _ = setConfidence(text)` says how sure a match is.
// Whatever else is refused.
//
// Source: betterleaks 1.7 (internal/exprruntime, config/translate_filters.go), expr-lang 1.17; what
// 2.0 adds was seen by running it.
#pragma once

#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/rules/filter_tree.hpp"

namespace nhi {

/// Errors: kBadRule with which part is wrong or not honoured in `what`, and a hint; no subject.
[[nodiscard]] Result<FilterTree> parse_betterleaks_filter(std::string_view expression);

}  // namespace nhi

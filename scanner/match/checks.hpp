// checks.hpp - what is asked of a match once the pattern agrees.
//
// Cheap and certain questions come first. Every refusal has a word that is counted; nothing is
// dropped in silence.
#pragma once

#include <string_view>

#include "scanner/base/value_form.hpp"
#include "scanner/match/assignment.hpp"
#include "scanner/match/looked.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

/// Judges one match in place: may narrow `secret` to a default inside a reference, sets confidence,
/// why and verified. Returns the word for the counter if the match is to be dropped, else empty.
/// Shapes: spans inside `view`; looks at most kLookAround bytes beyond `whole`, so that dense
///         matches on one endless line stay linear. `assignment` is how a rule of names read the
///         value, nullptr for other rules.
[[nodiscard]] std::string_view check_match(const Rule& rule, Bytes view, const ViewContext& context,
                                           Match& match, const Assignment* assignment);

/// The bytes that check_match() may look at, whatever its context: the line of the value, and what
/// an encoded text around it hangs together with.
/// Shapes: at most kLookAround bytes beyond `match.whole`.
[[nodiscard]] Span looked_to_check(const Rule& rule, Bytes view, const Match& match);

/// Narrows the secret to the default inside `${X:-default}`; says its form. Returns the counter
/// word if it stands for a value instead of being one.
[[nodiscard]] std::string_view judge_form(Bytes view, Match& match, Form& form_found);

/// One step down, never below low.
[[nodiscard]] constexpr Level lowered(Level level) {
  return level == Level::kLow ? Level::kLow : static_cast<Level>(static_cast<int>(level) - 1);
}

}  // namespace nhi

// generic.hpp - is the value of a human-named key a secret, and how sure can one be?
//
// Password-like keys hold what people chose: words, years and signs are normal there, so nothing
// is dropped for being readable; it is ranked low where it says nothing but "password". Token-like
// keys hold what machines made: there a value that reads like a name is a name.
#pragma once

#include <string_view>

#include "scanner/match/matcher.hpp"

namespace nhi {

/// Judges the value of a generic match; may set confidence and why. Returns the counter word if
/// the match is to be dropped, else empty. References, fillers and dummies were judged before.
[[nodiscard]] std::string_view judge_generic(const Rule& rule, Bytes view,
                                             const ViewContext& context, Match& match);

}  // namespace nhi

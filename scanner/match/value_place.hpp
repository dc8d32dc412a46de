// value_place.hpp - what stands around a value: an expression, a call, a piece between literals.
#pragma once

#include <string_view>

#include "scanner/match/generic.hpp"

namespace nhi {

/// A bare word that only blanks part from its name: `bindpw x`.
[[nodiscard]] bool is_directive(const JudgedValue& candidate);
/// `checksum/secret: 9f86d0…`, what Helm charts write on a pod.
[[nodiscard]] bool stands_under_digest(const JudgedValue& candidate);
/// Why no literal can stand there, by a word for the counter; else empty.
[[nodiscard]] std::string_view judge_place(const JudgedValue& candidate);

}  // namespace nhi

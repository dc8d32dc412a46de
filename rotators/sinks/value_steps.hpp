// value_steps.hpp - what a value is wrapped in inside its scalar, taken off and put on again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi::sinks {

// The steps by name, outermost first:
//   "trim"     white space around the value, which stays: a block scalar's last line end
//   "basic"    the word `Basic` and blanks in front of it (RFC 7617)
//   "base64"   standard or URL alphabet, with or without padding, on one line
//   "percent"  percent-encoded as a whole
inline constexpr std::string_view kStepNames[] = {"trim", "basic", "base64", "percent"};
/// Steps in one scalar; over it: kBadUse.
inline constexpr std::size_t kStepsMax = 4;

/// What is inside. Errors: kBadUse for a step of another name; kMalformed if `text` is not such a
/// thing, or would not come back as it was.
[[nodiscard]] Result<SecretText> unwrapped(std::string_view step, Bytes text);
/// `inner` wrapped as `text` was. Errors: as unwrapped; kBadUse if it would not come out again.
[[nodiscard]] Result<SecretText> wrapped_like(std::string_view step, Bytes text, Bytes inner);
/// True if the wrapping stays where it is and only the inside is written.
[[nodiscard]] bool is_frame(std::string_view step);
/// Where the inside of a frame stands. Shapes: `step` is a frame.
[[nodiscard]] Span inside_of(std::string_view step, Bytes text);
/// The steps that a value in `text` may stand behind, each list outermost first; the empty one is
/// among them. For a search: few and cheap.
[[nodiscard]] std::vector<std::vector<std::string>> likely_steps(Bytes text);

}  // namespace nhi::sinks

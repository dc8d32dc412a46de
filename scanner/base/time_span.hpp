// time_span.hpp - spans of time as people write and read them: "30m", "12 hours".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

/// Seconds of "90s", "30m", "12h", "2d" or "1w"; above 0, and a hundred years at most.
/// Errors: kBadUse.
[[nodiscard]] Result<std::int64_t> parse_span(std::string_view text);
/// "12 days": whole units of the largest that fits, days at most; "no time" below a second.
[[nodiscard]] std::string span_text(std::int64_t seconds);

}  // namespace nhi

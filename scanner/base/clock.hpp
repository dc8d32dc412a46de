// clock.hpp - dates are inputs. Nothing below the cli room asks the system what time it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Instant {
  std::int64_t seconds = 0;
  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

/// "2026-11-25T14:00:00Z".
[[nodiscard]] std::string to_iso8601(Instant instant);
/// "2026-11-25".
[[nodiscard]] std::string to_iso_date(Instant instant);
/// Reads "2026-11-25" (midnight UTC) or "2026-11-25T14:00:00Z" or with an offset "+01:00".
[[nodiscard]] Result<Instant> parse_instant(std::string_view text);
/// Whole days from `from` to `to`, rounded towards minus infinity; negative if `to` is earlier.
[[nodiscard]] std::int64_t days_between(Instant from, Instant to);
/// The system clock; called by the cli room once a command, unless --as-of is given.
[[nodiscard]] Instant system_now();

}  // namespace nhi

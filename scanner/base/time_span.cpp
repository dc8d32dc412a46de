#include "scanner/base/time_span.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nhi {
namespace {

struct SpanUnit {
  char letter;
  std::int64_t seconds;
  std::string_view name;
};
constexpr auto kSpanUnits = std::to_array<SpanUnit>({{'w', 604800, "week"},
                                                     {'d', 86400, "day"},
                                                     {'h', 3600, "hour"},
                                                     {'m', 60, "minute"},
                                                     {'s', 1, "second"}});
constexpr std::int64_t kSpanMax = 36'500;  // of any unit: a hundred years of days

}  // namespace

Result<std::int64_t> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto* const known = std::find_if(
      kSpanUnits.begin(), kSpanUnits.end(),
      [&](const SpanUnit& candidate) { return unit == std::string_view(&candidate.letter, 1); });
  if (error != std::errc() || known == kSpanUnits.end() || count <= 0 || count > kSpanMax) {
    return fail(ErrorCode::kBadUse, "'" + std::string(text) + "' is no span of time", "",
                "write 30m, 12h, 2d or 1w");
  }
  return count * known->seconds;
}

std::string span_text(std::int64_t seconds) {
  for (const SpanUnit& unit : kSpanUnits) {
    if (unit.letter == 'w' || seconds < unit.seconds) continue;  // days say more than weeks
    const std::int64_t count = seconds / unit.seconds;
    return fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return "no time";
}

}  // namespace nhi

#include "scanner/base/deadline.hpp"

#include <ctime>
#include <optional>
#include <string>

namespace nhi {
namespace {

// Minutes since midnight of "HH:MM"; none for any other shape.
std::optional<int> minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto digit = [&](std::size_t at) { return text[at] - '0'; };
  for (const std::size_t at : {0U, 1U, 3U, 4U}) {
    if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
  }
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace

Result<Instant> parse_deadline(std::string_view text, Instant now) {
  const auto minute = minute_of_day(text);
  if (!minute) {
    auto instant = parse_instant(text);
    if (instant) return instant;
    return fail(ErrorCode::kBadUse, "not a time", std::string(text),
                "write it as 06:00 (local time) or 2026-11-26T06:00:00Z");
  }
  // Tomorrow by the calendar, not 24 hours later: a day on which the clock changes has 23 or 25.
  const std::time_t since_epoch = now.seconds;
  std::tm today{};
  if (::localtime_r(&since_epoch, &today) == nullptr) {
    return fail(ErrorCode::kInternal, "cannot tell the local time", std::string(text));
  }
  for (int days = 0; days <= 2; ++days) {
    std::tm local{};
    local.tm_year = today.tm_year;
    local.tm_mon = today.tm_mon;
    local.tm_mday = today.tm_mday + days;
    local.tm_hour = *minute / 60;
    local.tm_min = *minute % 60;
    local.tm_isdst = -1;
    const Instant then{std::mktime(&local)};
    if (then > now) return then;
  }
  return fail(ErrorCode::kInternal, "cannot tell the local time", std::string(text));
}

}  // namespace nhi

#include "scanner/base/clock.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace nhi {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

bool read_int(std::string_view text, std::size_t at, std::size_t digits, int& out) {
  if (text.size() < at + digits) return false;
  const char* first = text.data() + at;
  const auto got = std::from_chars(first, first + digits, out);
  return got.ec == std::errc{} && got.ptr == first + digits && out >= 0;
}

struct Broken {
  year_month_day date;
  std::int64_t second_of_day;
};

Broken broken(Instant instant) {
  const std::chrono::sys_seconds when{std::chrono::seconds{instant.seconds}};
  const auto day = std::chrono::floor<days>(when);
  return {year_month_day{day}, (when - day).count()};
}

std::optional<std::int64_t> read_zone(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  int hours = 0;
  int minutes = 0;
  if (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
      read_int(text, 1, 2, hours) && read_int(text, 4, 2, minutes)) {
    const std::int64_t offset = hours * 3600 + minutes * 60;
    return text[0] == '+' ? offset : -offset;
  }
  return std::nullopt;
}

}  // namespace

std::string to_iso_date(Instant instant) {
  const year_month_day date = broken(instant).date;
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()));
}

std::string to_iso8601(Instant instant) {
  const std::int64_t second = broken(instant).second_of_day;
  return fmt::format("{}T{:02}:{:02}:{:02}Z", to_iso_date(instant), second / 3600, second / 60 % 60,
                     second % 60);
}

Result<Instant> parse_instant(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorCode::kBadUse, "not a date", std::string(text),
                "write it as 2026-11-25 or 2026-11-25T14:00:00Z");
  };
  int year = 0;
  int month = 0;
  int day = 0;
  if (!read_int(text, 0, 4, year) || !read_int(text, 5, 2, month) || !read_int(text, 8, 2, day) ||
      text[4] != '-' || text[7] != '-') {
    return bad();
  }
  const year_month_day date{std::chrono::year{year}, std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok()) return bad();
  std::int64_t seconds = sys_days{date}.time_since_epoch().count() * std::int64_t{86400};
  if (text.size() == 10) return Instant{seconds};
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':' || !read_int(text, 11, 2, hour) || !read_int(text, 14, 2, minute) ||
      !read_int(text, 17, 2, second) || hour > 23 || minute > 59 || second > 60) {
    return bad();
  }
  const auto zone = read_zone(text.substr(19));
  if (!zone) return bad();
  seconds += hour * 3600 + minute * 60 + second - *zone;
  return Instant{seconds};
}

std::int64_t days_between(Instant from, Instant to) {
  const std::int64_t seconds = to.seconds - from.seconds;
  const std::int64_t whole = seconds / 86400;
  return seconds % 86400 < 0 ? whole - 1 : whole;
}

Instant system_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return Instant{now.time_since_epoch().count()};
}

}  // namespace nhi

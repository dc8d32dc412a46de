#include "scanner/base/clock.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(Clock, ReadsDatesTimesAndOffsets) {
  struct Row {
    std::string_view text;
    std::int64_t seconds;
  };
  // Seconds from `date -u -d … +%s`.
  const Row rows[] = {
      {"1970-01-01", 0},
      {"2027-02-28", 1803772800},
      {"2026-11-25T14:00:00Z", 1795615200},
      {"2026-11-25 14:00:00Z", 1795615200},
      {"2026-11-25T14:00:00+01:00", 1795611600},
      {"2026-11-25T14:00:00-05:30", 1795635000},
      {"2024-02-29", 1709164800},
      {"1969-12-31T23:59:59Z", -1},
  };
  for (const Row& row : rows) {
    const auto got = parse_instant(row.text);
    ASSERT_TRUE(got.has_value()) << row.text;
    EXPECT_EQ(got->seconds, row.seconds) << row.text;
  }
}

TEST(Clock, RefusesWhatIsNoDateAndSaysHow) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-1-1", "2026-11-25T",
                           "2026-11-25T14:00:00", "2026-11-25T25:00:00Z", "2026-11-25T14:00:00+1",
                           "-026-11-25", "2026-11-25x"}) {
    const auto got = parse_instant(text);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code, ErrorCode::kBadUse);
    EXPECT_FALSE(got.error().hint.empty());
  }
}

TEST(Clock, PrintsWhatItReads) {
  for (const char* text :
       {"2026-11-25T14:00:09Z", "1969-12-31T23:59:59Z", "2024-02-29T00:00:00Z"}) {
    const auto got = parse_instant(text);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(to_iso8601(*got), text);
    EXPECT_EQ(to_iso_date(*got), std::string_view(text).substr(0, 10));
  }
}

TEST(Clock, DaysRoundTowardsMinusInfinity) {
  EXPECT_EQ(days_between({0}, {86399}), 0);
  EXPECT_EQ(days_between({0}, {86400}), 1);
  EXPECT_EQ(days_between({86400}, {0}), -1);
  EXPECT_EQ(days_between({1}, {0}), -1);
}

TEST(Clock, TheSystemClockIsLaterThanThisLine) { EXPECT_GT(system_now().seconds, 1'700'000'000); }

}  // namespace
}  // namespace nhi

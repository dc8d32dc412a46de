#include "scanner/base/deadline.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace nhi {
namespace {

// The rules are written out: the test does not need the system's table of zones.
class DeadlineTest : public ::testing::Test {
 protected:
  DeadlineTest() {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    ::setenv("TZ", "GMT0BST,M3.5.0/1,M10.5.0/2", 1);
    ::tzset();
  }
  ~DeadlineTest() override {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  static std::string next(const char* text, const char* now) {
    const auto got = parse_deadline(text, *parse_instant(now));
    return got ? to_iso8601(*got) : "error: " + got.error().what;
  }
  std::optional<std::string> before_;
};

TEST_F(DeadlineTest, IsTheNextSuchMinuteOfTheLocalClock) {
  EXPECT_EQ(next("06:00", "2026-11-25T22:30:00Z"), "2026-11-26T06:00:00Z");
  EXPECT_EQ(next("23:59", "2026-11-25T22:30:00Z"), "2026-11-25T23:59:00Z");
  EXPECT_EQ(next("06:00", "2026-07-25T22:30:00Z"), "2026-07-26T05:00:00Z") << "in summer";
  EXPECT_EQ(next("00:00", "2026-12-31T22:30:00Z"), "2027-01-01T00:00:00Z");
}

TEST_F(DeadlineTest, ThisVeryMinuteIsTomorrow) {
  EXPECT_EQ(next("06:00", "2026-11-25T06:00:00Z"), "2026-11-26T06:00:00Z");
  EXPECT_EQ(next("06:00", "2026-11-25T05:59:59Z"), "2026-11-25T06:00:00Z");
}

TEST_F(DeadlineTest, ANightOnWhichTheClockChangesIsOneNight) {
  EXPECT_EQ(next("06:00", "2026-03-28T22:00:00Z"), "2026-03-29T05:00:00Z");
  EXPECT_EQ(next("06:00", "2026-10-24T22:00:00Z"), "2026-10-25T06:00:00Z");
}

TEST_F(DeadlineTest, AnInstantMayHavePassed) {
  EXPECT_EQ(next("2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"), "2026-11-24T06:00:00Z");
  EXPECT_EQ(next("2026-11-24T06:00:00+01:00", "2026-11-25T06:00:00Z"), "2026-11-24T05:00:00Z");
}

TEST_F(DeadlineTest, RefusesWhatIsNoTime) {
  for (const char* text : {"", "6:00", "24:00", "06:60", "06-00", "0600", "six", "06:00Z"}) {
    EXPECT_EQ(next(text, "2026-11-25T06:00:00Z"), "error: not a time") << text;
  }
}

TEST_F(DeadlineTest, PassesWhenItsClockGetsThere) {
  Instant now{99};
  const Deadline deadline({100}, [&] { return now; });
  EXPECT_FALSE(deadline.passed());
  now.seconds = 100;
  EXPECT_TRUE(deadline.passed());
  EXPECT_FALSE(Deadline().passed()) << "never";
}

}  // namespace
}  // namespace nhi

#include "scanner/base/time_span.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(Span, IsACountAndAUnit) {
  EXPECT_EQ(*parse_span("90s"), 90);
  EXPECT_EQ(*parse_span("30m"), 1800);
  EXPECT_EQ(*parse_span("12h"), 43200);
  EXPECT_EQ(*parse_span("2d"), 172800);
  EXPECT_EQ(*parse_span("1w"), 604800);
}

TEST(Span, RefusesWhatIsNone) {
  for (const char* text : {"", "2", "d", "-2d", "0d", "2 d", "2days", "99999999999999999999d"}) {
    EXPECT_FALSE(parse_span(text)) << text;
  }
}

TEST(Span, IsSaidInTheLargestUnitThatFits) {
  EXPECT_EQ(span_text(86400), "1 day");
  EXPECT_EQ(span_text(12 * 86400 + 5), "12 days");
  EXPECT_EQ(span_text(7200), "2 hours");
  EXPECT_EQ(span_text(1), "1 second");
}

}  // namespace
}  // namespace nhi

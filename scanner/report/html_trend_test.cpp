#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlTrend, DrawsATrendOfAnyNumbers) {
  ReportData data = testing::sample_sweep();
  for (Measures& m : data.trend) m.outstanding = ~std::uint64_t{0};
  EXPECT_THAT(trend_html(data), HasSubstr("</svg>"));
  data.trend.resize(1);
  EXPECT_THAT(trend_html(data), Not(HasSubstr("<svg")));
}

TEST(HtmlTrend, SaysTheDistanceToZeroOnlyWhereZeroIsTheAim) {
  const std::string page = trend_html(testing::sample_sweep());
  EXPECT_THAT(page, HasSubstr("0.2 a week are needed to reach 0 by 2027-02-28"));
  EXPECT_THAT(page, HasSubstr("Falls by 2.0 a week over the last 28 days."));
}

TEST(HtmlTrend, KnowsNoPaceBeforeAWeek) {
  ReportData data = testing::sample_sweep();
  for (std::size_t i = 0; i < data.trend.size(); ++i) {
    data.trend[i].when = {data.as_of.seconds - static_cast<std::int64_t>(12 - i) * 3600};
  }
  EXPECT_THAT(trend_html(data), HasSubstr("Pace unknown: less than a week of sweeps."));
}

}  // namespace
}  // namespace nhi

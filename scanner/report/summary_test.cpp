#include "scanner/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Summary, EndsWithWhatATiredPersonNeeds) {
  ReportData data = testing::sample_sweep();
  data.report_path = "nhisweep-report.html";
  const std::string text = render_summary(data, {});
  EXPECT_THAT(text, HasSubstr("new 2  open 10  gone 1  unverified 1\n"));
  EXPECT_THAT(text, HasSubstr("will stop: 3 dependencies, 94 days to the removal of CIS1"));
  EXPECT_THAT(text, HasSubstr("cis1-stale: 1 credential\n"));
  EXPECT_THAT(text, HasSubstr("NOT READ: 2 places\n  repo-b/private/keys.p12: permission-denied"));
  EXPECT_THAT(text, HasSubstr("report: nhisweep-report.html\n"));
}

TEST(Summary, OfAScanSpeaksOfNoYesterday) {
  const std::string text = render_summary(testing::sample_scan(), {});
  EXPECT_THAT(text, HasSubstr("found 2 credentials, 1 CIS1 trace\n"));
  EXPECT_THAT(text, Not(HasSubstr("new ")));
}

TEST(Summary, SaysThatCis1IsGoneAfterItsDay) {
  ReportData data = testing::sample_sweep();
  data.as_of = {data.cis1_removal.seconds + 12 * 86400};
  EXPECT_THAT(render_summary(data, {}),
              HasSubstr("has stopped: 3 dependencies, CIS1 was removed 12 days ago (2027-02-28)"));
}

TEST(Summary, CutsALongListOfUnreadPlacesAndCountsTheRest) {
  ReportData data = testing::sample_sweep();
  for (int i = 0; i < 100; ++i) data.coverage.add_unread({"r", "p" + std::to_string(i), "io", 0});
  EXPECT_THAT(render_summary(data, {}), HasSubstr("  and 97 more\n"));
}

TEST(Summary, EqualsTheGoldenFile) {
  testing::expect_golden("summary.txt", render_summary(testing::sample_sweep(), {}));
}

}  // namespace
}  // namespace nhi

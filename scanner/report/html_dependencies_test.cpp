#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlDependencies, LabelsSharedSpineAsNoPartOfCis1) {
  const ReportData data = testing::sample_sweep();
  const std::string page = dependencies_html(data, make_overview(data));
  EXPECT_THAT(page, HasSubstr("Shared Spine: <strong>not part of CIS1</strong>"));
}

TEST(HtmlDependencies, SaysOfEachCredentialWhetherItIsBoundOrBeside) {
  const ReportData data = testing::sample_sweep();
  const std::string page = dependencies_html(data, make_overview(data));
  EXPECT_THAT(page, HasSubstr("bound to CIS1: <strong>cis1-stale</strong>"));
  EXPECT_THAT(page, HasSubstr("beside it, not bound"));
}

TEST(HtmlDependencies, OfAScanNamesTheTracesAndNoDependency) {
  const ReportData data = testing::sample_scan();
  const std::string page = dependencies_html(data, make_overview(data));
  EXPECT_THAT(page, HasSubstr("1 trace of CIS1"));
  EXPECT_THAT(page, Not(HasSubstr("<article")));
}

}  // namespace
}  // namespace nhi

#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/report/json.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlData, PutsEveryFindingIntoItsData) {
  const ReportData data = testing::sample_sweep();
  const Json block = Json::parse(findings_block(data));
  ASSERT_EQ(block["rows"].size(), data.findings.size());
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    ASSERT_EQ(block["rows"][i].size(), block["columns"].size());
    EXPECT_EQ(block["strings"][block["rows"][i][0].get<std::size_t>()], data.findings[i].id);
  }
}

TEST(HtmlData, LeavesNoMarkupInAScriptElement) {
  const ReportData data = testing::hostile("</script><!--<script>");
  for (const std::string& block :
       {findings_block(data), credentials_block(data, make_overview(data))}) {
    EXPECT_EQ(block.find('<'), std::string::npos);
    EXPECT_TRUE(Json::accept(block));
  }
}

TEST(HtmlData, HoldsAValueOnlyWhenItIsRevealed) {
  ReportData data = testing::sample_sweep();
  EXPECT_THAT(findings_block(data), Not(HasSubstr("opened")));
  data.revealed[data.findings.front().id] = "opened";
  EXPECT_THAT(findings_block(data), HasSubstr("\"opened\""));
}

}  // namespace
}  // namespace nhi

#include "scanner/report/csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scanner/report/words.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

TEST(CsvReport, GivesEveryFindingARowUnderItsId) {
  const ReportData data = testing::sample_sweep();
  const auto rows = parse_csv(render_csv(data));
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->size(), data.findings.size() + 1);
  EXPECT_EQ((*rows)[0][0], "id");
  std::set<std::string> names(rows->front().begin(), rows->front().end());
  EXPECT_EQ(names.size(), rows->front().size());
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    EXPECT_EQ((*rows)[i + 1].size(), rows->front().size());
    EXPECT_EQ((*rows)[i + 1][0], data.findings[i].id);
  }
}

TEST(CsvReport, SurvivesHostileFields) {
  for (const std::string_view cell : {"plain", "=1+1", "@x", "-2", "\tx", "\rx", "'q", "''", "a,b",
                                      "a\"b", " lead", "a\r\nb", "=\"a\",\n"}) {
    const ReportData data = testing::hostile(std::string(cell));
    const auto rows = parse_csv(render_csv(data));
    ASSERT_TRUE(rows.has_value());
    ASSERT_EQ(rows->size(), data.findings.size() + 1);
    const auto& head = rows->front();
    const auto owner = std::find(head.begin(), head.end(), "owner.name") - head.begin();
    EXPECT_EQ((*rows)[1][static_cast<std::size_t>(owner)], cell);
  }
}

TEST(CsvReport, ShowsValuesOnlyWhenTheyAreRevealed) {
  ReportData data = testing::sample_sweep();
  EXPECT_EQ(render_csv(data).find(",value\r\n"), std::string::npos);
  data.revealed[data.findings.front().id] = "=opened";
  const auto rows = parse_csv(render_csv(data));
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(rows->front().back(), "value");
  EXPECT_EQ((*rows)[1].back(), "=opened");
}

TEST(CsvReport, EqualsTheGoldenFiles) {
  testing::expect_golden("scan.csv", render_csv(testing::sample_scan()));
  testing::expect_golden("sweep.csv", render_csv(testing::sample_sweep()));
}

}  // namespace
}  // namespace nhi

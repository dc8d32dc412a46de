#include "scanner/report/csv.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "scanner/report/words.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

constexpr std::string_view kCells[] = {"",
                                       "plain",
                                       "=1+1",
                                       "@x",
                                       "+",
                                       "-",
                                       "-2",
                                       "\tx",
                                       "\rx",
                                       "\nx",
                                       "'quoted",
                                       "''",
                                       "'=1",
                                       "a,b",
                                       "a\"b",
                                       "\"",
                                       " lead",
                                       "tail ",
                                       "a\r\nb",
                                       "=\"a\",\n",
                                       "\xEF\xBC\x9D"
                                       "1",
                                       "\xEF\xBC\xA0x"};

TEST(Csv, NeutralisesEveryFormulaPrefixAndTakesItBack) {
  for (const std::string_view cell : kCells) {
    const std::string safe = neutralised(cell);
    EXPECT_EQ(restored(safe), cell);
    if (safe.empty()) continue;
    EXPECT_EQ(std::string_view("=+-@\t\r\n").find(safe.front()), std::string_view::npos) << safe;
    EXPECT_FALSE(safe.starts_with("\xEF\xBC")) << safe;
  }
}

TEST(Csv, ReadsBackWhatItWrote) {
  const CsvRow row(std::begin(kCells), std::end(kCells));
  const auto rows = parse_csv(csv_line(row) + csv_line(row));
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0], row);
  EXPECT_EQ((*rows)[1], row);
}

TEST(Csv, QuotesByRfc4180) {
  EXPECT_EQ(csv_line({"a", "b,c", "d\"e", ""}), "a,\"b,c\",\"d\"\"e\",\r\n");
}

TEST(Csv, ReadsWhatASpreadsheetSaves) {
  const auto rows = parse_csv("\xEF\xBB\xBFid,why\nf_1,\"a\nb\"\nf_2,");
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(*rows, (std::vector<CsvRow>{{"id", "why"}, {"f_1", "a\nb"}, {"f_2", ""}}));
}

TEST(Csv, RefusesAQuoteThatNeverClosesAndNamesTheLine) {
  const auto open = parse_csv("a\r\n\"b");
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(open.error().subject, "line 2");
  EXPECT_FALSE(parse_csv("\"a\"b").has_value());
}

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
  for (const std::string_view cell : kCells) {
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

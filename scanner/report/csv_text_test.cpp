#include "scanner/report/csv_text.hpp"

#include <gtest/gtest.h>

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
                                       "x;=1",
                                       "x;'=1",
                                       "x;''",
                                       ";\t;=1;",
                                       "=1;'\t'-2",
                                       "a; -b",
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

TEST(Csv, NoFormulaBeginsWhereASpreadsheetOfAnotherLocaleCuts) {
  for (const std::string_view cell : kCells) {
    const std::string safe = neutralised(cell);
    for (std::size_t at = 1; at < safe.size(); ++at) {
      if (safe[at - 1] != ';' && safe[at - 1] != '\t') continue;
      EXPECT_EQ(std::string_view("=+-@\t").find(safe[at]), std::string_view::npos) << safe;
    }
  }
  EXPECT_EQ(neutralised("x;=1"), "x;'=1");
  EXPECT_EQ(restored("see CHG-7;'tis known"), "see CHG-7;'tis known") << "typed by a person";
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

TEST(Csv, LeavesAnApostropheThatAPersonTyped) {
  EXPECT_EQ(restored("'tis known"), "'tis known");
  EXPECT_EQ(restored("'-x"), "-x");
}

TEST(Csv, NamesTheLineOnWhichARecordBegins) {
  std::vector<std::size_t> lines;
  const auto read = read_csv("a,b\r\n\"1\n2\",x\n\nlast", [&](CsvRecord record) -> Result<void> {
    lines.push_back(record.line);
    return {};
  });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(lines, (std::vector<std::size_t>{1, 2, 4, 5}));
}

TEST(Csv, RefusesARowOfEndlessCells) {
  const auto read = parse_csv("a\n" + std::string(kCsvCellsMax, ','));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read.error().subject, "line 2");
  EXPECT_TRUE(parse_csv(std::string(kCsvCellsMax - 1, ',')).has_value());
}

}  // namespace
}  // namespace nhi

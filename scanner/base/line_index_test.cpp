#include "scanner/base/line_index.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace nhi {
namespace {

TEST(LineIndex, CountsFromOneAndEndsLinesAtLf) {
  const std::string text = "one\r\ntwo\n\nfour";
  const LineIndex index(text);
  EXPECT_EQ(index.lines(), 4U);
  EXPECT_EQ(index.at(0), (Position{1, 1}));
  EXPECT_EQ(index.at(3), (Position{1, 4}));  // the CR belongs to its line
  EXPECT_EQ(index.at(5), (Position{2, 1}));
  EXPECT_EQ(index.at(9), (Position{3, 1}));
  EXPECT_EQ(index.at(text.size()), (Position{4, 5}));
  EXPECT_EQ(index.at(9999), (Position{4, 5}));
}

TEST(LineIndex, CountsCodePointsNotBytes) {
  const std::string text = "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x94\x91x\xFFy";
  const LineIndex index(text);
  EXPECT_EQ(index.at(text.find('x')), (Position{1, 4}));
  EXPECT_EQ(index.at(text.find('y')), (Position{1, 6}));  // a stray byte counts one
  EXPECT_EQ(count_code_points(text), 6U);
}

TEST(LineIndex, GivesLinesWithoutTheirEnds) {
  const std::string text = "one\r\ntwo\n\nfour";
  const LineIndex index(text);
  EXPECT_EQ(index.line_at(1), "one");
  EXPECT_EQ(index.line_at(8), "two");
  EXPECT_EQ(index.line_at(9), "");
  EXPECT_EQ(index.line_at(text.size()), "four");
}

TEST(LineIndex, EmptyTextHasOneEmptyLine) {
  const LineIndex index("");
  EXPECT_EQ(index.lines(), 1U);
  EXPECT_EQ(index.at(0), (Position{1, 1}));
  EXPECT_EQ(index.line_at(0), "");
}

TEST(LineIndex, SegmentsGoOnWhereTheLastOneEnded) {
  const LineIndex index("ab\ncd", Position{7, 5});
  EXPECT_EQ(index.at(1), (Position{7, 6}));
  EXPECT_EQ(index.at(4), (Position{8, 2}));
}

// The plain way: one pass from the start for every question.
Position counted(const std::string& text, std::size_t offset) {
  const std::size_t line_start = text.rfind('\n', offset == 0 ? 0 : offset - 1);
  const bool first = offset == 0 || line_start == std::string::npos;
  Position out;
  for (std::size_t i = 0; i < offset; ++i) out.line += text[i] == '\n' ? 1U : 0U;
  const std::size_t from = first ? 0 : line_start + 1;
  out.column = 1 + count_code_points(Bytes(text).substr(from, offset - from));
  return out;
}

TEST(LineIndex, EqualsCountingFromTheStartOnLongLines) {
  std::mt19937 random(7);
  static constexpr std::string_view kParts[] = {"a", "\xC3\xA9", "\xE2\x82\xAC",
                                                "\xF0\x9F\x94\x91"};
  std::string text;
  while (text.size() < 300'000) {
    text += kParts[random() % std::size(kParts)];
    if (random() % 60'000 == 0) text += '\n';
  }
  const LineIndex index(text);
  for (int round = 0; round < 200; ++round) {
    std::size_t offset = random() % text.size();
    while ((static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) --offset;
    ASSERT_EQ(index.at(offset), counted(text, offset)) << offset;
    ASSERT_EQ(index.line_of(offset), index.at(offset).line) << offset;
  }
  for (std::size_t mark = 65536; mark < text.size(); mark += 65536) {
    for (std::size_t offset = mark - 8; offset < mark + 8; ++offset) {
      if ((static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) continue;
      ASSERT_EQ(index.at(offset), counted(text, offset)) << offset;
    }
  }
}

TEST(Advanced, IsWhereAnIndexWouldBe) {
  const Position from{7, 12};
  for (const std::string text :
       {"", "abc", "a\nb", "\n", "\xC3\xA9\xC3", "one\r\ntwo \xE2\x82\xAC\nthree", "\n\n\n\xFF"}) {
    EXPECT_EQ(advanced(from, text), LineIndex(text, from).at(text.size())) << text;
  }
}

}  // namespace
}  // namespace nhi

#include "scanner/decode/based_rows.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

TEST(BasedRows, BeginAfterTheLetterOfAnEscape) {
  EXPECT_EQ(after_escape("\\ncGFzc3dvcmQ", 1), 2U);
  EXPECT_EQ(after_escape("\\xcGFzc3dvcmQ", 1), 1U);
  EXPECT_EQ(after_escape("ncGFzc3dvcmQ", 0), 0U);
  EXPECT_EQ(after_escape("\\", 1), 1U);
}

TEST(BasedRows, GoOnOnTheNextLineOnly) {
  const std::string text = "AAAA\r\n    BBBB\n\nCCCC DDDD";
  EXPECT_EQ(row_on_next_line(text, 4), (Span{10, 14}));
  EXPECT_EQ(row_on_next_line(text, 14), (Span{16, 20}));
  EXPECT_TRUE(row_on_next_line(text, 20).empty());
  EXPECT_TRUE(row_on_next_line(text, text.size()).empty());
}

TEST(BasedRows, KnowWhatTheirDigitsDecodeTo) {
  EXPECT_EQ(base64_size(4), 3U);
  EXPECT_EQ(base64_size(6), 4U);
  EXPECT_EQ(base64_size(7), 5U);
  // One digit more than a group says nothing.
  EXPECT_EQ(base64_size(5), 3U);
}

}  // namespace
}  // namespace nhi

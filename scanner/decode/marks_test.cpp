#include "scanner/decode/marks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

// Which of the five are said to stand in the view, in the order of the struct.
std::string said(Bytes bytes, Instructions most = best_instructions()) {
  const Marks marks = marks_in(bytes, most);
  std::string text;
  if (marks.zero) text += '0';
  if (marks.ampersand) text += '&';
  if (marks.less) text += '<';
  if (marks.percent) text += '%';
  if (marks.backslash) text += '\\';
  return text;
}

TEST(Marks, AreAllExpectedWhereOneLookShowsNone) {
  EXPECT_EQ(said("text", Instructions::kPlain), "0&<%\\");
}

TEST(Marks, ThatStandSomewhereAreNeverDenied) {
  const std::string marks("\0&<%\\", 5);
  for (std::size_t size = 1; size < 200; ++size) {
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      for (const char mark : marks) {
        std::string text(size, 'x');
        text[at] = mark;
        EXPECT_NE(said(text).find(mark == '\0' ? '0' : mark), std::string::npos)
            << size << " at " << at << " byte " << static_cast<int>(mark);
      }
    }
  }
}

TEST(Marks, ThatStandNowhereAreDeniedByTheWidestInstructions) {
  if (best_instructions() != Instructions::kWidest) GTEST_SKIP() << "all are expected here";
  for (std::size_t size = 0; size < 200; ++size) {
    EXPECT_EQ(said(std::string(size, 'x')), "");
    EXPECT_EQ(said(std::string(size, 'x') + "<"), "<");
  }
}

}  // namespace
}  // namespace nhi

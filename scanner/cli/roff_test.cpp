#include "scanner/cli/roff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Roff, NothingInATextIsTakenForARequestOrAnEscape) {
  EXPECT_EQ(roff_text(".so /etc/passwd"), "\\&.so /etc/passwd");
  EXPECT_EQ(roff_text("a\n'b"), "a\n\\&\\(aqb");
  EXPECT_EQ(roff_text("a\\fBb"), "a\\efBb");
  EXPECT_EQ(roff_text("1.5"), "1.5");
}

TEST(Roff, DashesCanBeCopiedIntoAShell) {
  EXPECT_EQ(roff_text("--no-git-history"), "\\-\\-no\\-git\\-history");
}

TEST(Roff, CodePointsBeyondAsciiAreNamed) {
  EXPECT_EQ(roff_text("f_\xE2\x80\xA6"), "f_\\[u2026]");
  EXPECT_EQ(roff_text("\xC3\xA4"), "\\[u00E4]");
  EXPECT_EQ(roff_text("\xF0\x9F\x94\x91"), "\\[u1F511]");
}

TEST(Roff, AParagraphBehindAHeadingNeedsNoMacro) {
  RoffPage page("x", 1, "2026-01-01", "1");
  page.section("A");
  page.paragraph("one");
  page.paragraph("two");
  EXPECT_THAT(page.text(), HasSubstr(".SH A\none\n.PP\ntwo\n"));
}

TEST(Roff, LongTextIsWrappedWithoutARequestAtALineStart) {
  RoffPage page("x", 1, "2026-01-01", "1");
  page.section("A");
  page.paragraph(std::string(60, 'a') + " .gitleaksignore " + std::string(90, 'b'));
  EXPECT_THAT(page.text(), HasSubstr("a\n\\&.gitleaksignore\nbbb"));
  EXPECT_THAT(page.text(), Not(HasSubstr("\n.git")));
}

}  // namespace
}  // namespace nhi

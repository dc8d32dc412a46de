#include "scanner/identity/inline_ignore.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/base/line_index.hpp"

namespace nhi {
namespace {

TEST(InlineIgnore, EveryWordCountsAndNoOther) {
  for (const char* word : {"nhisweep:allow", "gitleaks:allow", "betterleaks:allow",
                           "kingfisher:ignore", "pragma: allowlist secret"}) {
    EXPECT_TRUE(ignored_on("x = 1  # " + std::string(word))) << word;
  }
  EXPECT_FALSE(ignored_on("allow: nhisweep"));
  EXPECT_FALSE(ignored_on(""));
}

TEST(InlineIgnore, EachByteOfATextHasTheAnswerOfItsLine) {
  for (const std::string text :
       {"a\nb # nhisweep:allow\r\n\nc\n# gitleaks:allow", "# nhisweep:allow\n", "\n\n", ""}) {
    const LineIndex lines(text, {});
    IgnoredLines forwards(text);
    for (std::size_t at = 0; at <= text.size() + 1; ++at) {
      EXPECT_EQ(forwards.holds(at), ignored_on(lines.line_at(at))) << text << " at " << at;
    }
    IgnoredLines backwards(text);
    for (std::size_t at = text.size() + 2; at-- > 0;) {
      EXPECT_EQ(backwards.holds(at), ignored_on(lines.line_at(at))) << text << " at " << at;
    }
  }
}

}  // namespace
}  // namespace nhi

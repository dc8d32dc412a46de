#include "scanner/base/word_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

constexpr WordList kWords({"none", "~",
                           "a-word-of-sixty-four-bytes-and-then-some-more-of-it-until-that-fits",
                           "<null>"});

TEST(WordList, HoldsItsWordsInAnyCase) {
  EXPECT_TRUE(kWords.holds("none"));
  EXPECT_TRUE(kWords.holds("NoNe"));
  EXPECT_TRUE(kWords.holds("~"));
  EXPECT_TRUE(kWords.holds("<NULL>"));
  EXPECT_TRUE(kWords.holds("a-word-of-sixty-four-bytes-and-then-some-more-of-it-until-that-fits"));
}

TEST(WordList, HoldsNothingElse) {
  for (const std::string text : {"", "non", "nonen", "nonE ", "n\xEFne", "^", "a", "<nul>"}) {
    EXPECT_FALSE(kWords.holds(text)) << text;
  }
  EXPECT_FALSE(kWords.holds("none" + std::string(64, 'e')));  // lengths 64 apart share a mark
}

}  // namespace
}  // namespace nhi

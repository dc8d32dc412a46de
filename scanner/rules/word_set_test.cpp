#include "scanner/rules/word_set.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(WordSet, FindsWordsOfAnyLengthAndCase) {
  const WordSet words({"Example", "ab", "xyzzy"});
  EXPECT_TRUE(words.any_in("my-EXAMPLE-key"));
  EXPECT_TRUE(words.any_in("AB"));
  EXPECT_TRUE(words.any_in("..xyzzy"));
  EXPECT_FALSE(words.any_in("exampl a b xyzz"));
  EXPECT_FALSE(words.any_in(""));
}

TEST(WordSet, AWordOfOneByteStandsAnywhere) {
  const WordSet words({"#", "ab"});
  EXPECT_TRUE(words.any_in("xx#"));
  EXPECT_TRUE(words.any_in("#xx"));
  EXPECT_TRUE(words.any_in("xxab"));
  EXPECT_FALSE(words.any_in("xxa"));
  EXPECT_TRUE(WordSet({"\xFF\xFE"}).any_in("a\xFF\xFE"));
}

TEST(WordSet, OfNoWordsFindsNothing) {
  EXPECT_TRUE(WordSet({}).empty());
  EXPECT_FALSE(WordSet({}).any_in("anything"));
}

}  // namespace
}  // namespace nhi

#include "scanner/match/letter_model.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(LetterBits, TellWordsFromChance) {
  for (const std::string_view word : {"password", "service", "Customer", "interface", "winter",
                                      "account", "hospital", "message"}) {
    EXPECT_LE(letter_bits(word), kWordBitsMax) << word;
  }
  for (const std::string_view word : {"xqzkvj", "qdesnekkrj", "hbhgvulq", "wfkjqpzx", "zvqtrhpk"}) {
    EXPECT_GT(letter_bits(word), kWordBitsMax) << word;
  }
}

TEST(WordShape, SplitsAtSignsDigitsAndCapitals) {
  EXPECT_EQ(word_shape("getPasswordFromVault").words, 4U);
  EXPECT_EQ(word_shape("some_service-name2test").words, 4U);
  EXPECT_EQ(word_shape("12-34").letters, 0U);
}

}  // namespace
}  // namespace nhi

#include "scanner/rules/match_shape.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace nhi {
namespace {

ByteSet bytes(std::string_view text) {
  ByteSet set;
  for (const char c : text) set.set(static_cast<unsigned char>(c));
  return set;
}

TEST(MatchShape, OfAByteHasBothCasesAndAllBeyondAscii) {
  EXPECT_EQ(shape_of_byte(bytes("a1")).alphabet, bytes("aA1"));
  EXPECT_EQ(shape_of_byte(bytes("Z")).alphabet, bytes("zZ"));
  const MatchShape high = shape_of_byte(bytes("\xE9-"));
  EXPECT_EQ(high.alphabet.count(), 129U);
  EXPECT_TRUE(high.alphabet['-']);
  EXPECT_EQ(high.least, 1U);
}

TEST(MatchShape, OfASequenceKeepsTheRarestRun) {
  const MatchShape digits = repeated(shape_of_byte(bytes("0123456789")), 10, 20);
  const MatchShape any = repeated(shape_of_byte(ByteSet().set()), 12, std::nullopt);
  const MatchShape whole = sequence(sequence(any, digits), any);
  EXPECT_EQ(whole.least, 34U);
  EXPECT_EQ(whole.alphabet.count(), 256U);
  EXPECT_EQ(whole.run.bytes, bytes("0123456789"));
  EXPECT_EQ(whole.run.least, 10U);
}

TEST(MatchShape, OfAlternativesIsWhatBothHave) {
  const MatchShape letters = repeated(shape_of_byte(bytes("xy")), 8, 8);
  const MatchShape digits = repeated(shape_of_byte(bytes("12")), 5, 9);
  const MatchShape whole = either(letters, digits);
  EXPECT_EQ(whole.alphabet, bytes("xXyY12"));
  EXPECT_EQ(whole.least, 5U);
  EXPECT_EQ(sequence(whole, shape_of_byte(bytes("-"))).run.least, 5U);
  EXPECT_EQ(either(letters, MatchShape()).run.least, 0U);
}

TEST(MatchShape, OfARepeatThatMayBeLeftOutAsksForNothing) {
  const MatchShape word = sequence(shape_of_byte(bytes("a")), shape_of_byte(bytes("b")));
  const MatchShape left_out = repeated(word, 0, 5);
  EXPECT_EQ(left_out.least, 0U);
  EXPECT_EQ(left_out.run.least, 0U);
  EXPECT_EQ(left_out.alphabet, bytes("aAbB"));
  EXPECT_TRUE(repeated(word, 0, 0).alphabet.none());
  // A group that is repeated is one run of its alphabet.
  EXPECT_EQ(sequence(repeated(word, 3, 3), MatchShape()).run.least, 6U);
}

TEST(MatchShape, SaysNoMoreThanItCanCount) {
  MatchShape piece = shape_of_byte(bytes("a"));
  for (int i = 0; i < 10; ++i) piece = repeated(piece, 1000, 1000);
  EXPECT_GT(piece.least, std::size_t{1} << 20);
  EXPECT_LE(sequence(piece, piece).least, std::size_t{1} << 30);
}

}  // namespace
}  // namespace nhi

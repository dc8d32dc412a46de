#include "scanner/match/randomness.hpp"

#include <gtest/gtest.h>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

struct EntropyCase {
  std::string_view text;
  double bits;
};
constexpr EntropyCase kEntropyCases[] = {
    {"", 0}, {"aaaa", 0}, {"ab", 1}, {"abcd", 2}, {"aab", 0.918295834}};

TEST(ShannonBits, EqualHandComputedBits) {
  for (const EntropyCase& row : kEntropyCases) {
    EXPECT_NEAR(shannon_bits_per_byte(row.text), row.bits, 1e-9) << row.text;
  }
}

TEST(EntropyFloor, LetsRandomValuesOfEveryAlphabetPass) {
  std::size_t under = 0;
  std::size_t all = 0;
  for (const std::string_view shape :
       {"{hex:32}", "{base62:16}", "{base62:40}", "{digits:20}", "{lower:24}", "{base32:16}",
        "{lower-alnum:26}", "{base64:44}"}) {
    for (std::uint64_t seed = 0; seed < 250; ++seed, ++all) {
      const std::string value = made(shape, seed * 977 + 5);
      under += shannon_bits_per_byte(value) < entropy_floor(alphabet_size(value), value.size());
    }
  }
  EXPECT_LE(under * 200, all);  // measured: 1 in 6,000; the bound leaves room for the seeds
}

TEST(EntropyFloor, StopsRepetition) {
  for (const std::string_view text :
       {"aaaaaaaabbbbbbbb", "abababababababab", "1111222211112222", "deaddeaddeaddead"}) {
    EXPECT_LT(shannon_bits_per_byte(text), entropy_floor(alphabet_size(text), text.size())) << text;
  }
}

TEST(AlphabetSize, IsTheSmallestThatHoldsTheValue) {
  EXPECT_EQ(alphabet_size("0123456"), 10U);
  EXPECT_EQ(alphabet_size("0a1b2f"), 16U);
  EXPECT_EQ(alphabet_size("zyxw"), 26U);
  EXPECT_EQ(alphabet_size("A2B3Z7"), 32U);
  EXPECT_EQ(alphabet_size("a2z9"), 36U);
  EXPECT_EQ(alphabet_size("aZ"), 52U);
  EXPECT_EQ(alphabet_size("aZ9"), 62U);
  EXPECT_EQ(alphabet_size("aZ9+"), 64U);
}

}  // namespace
}  // namespace nhi

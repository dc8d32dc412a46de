#include "scanner/match/stock_words.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(StockWords, AreWholeWordsOrPairsOfThem) {
  for (const std::string_view text : {"password", "my_secret", "adminPassword", "adminpassword",
                                      "TEST-TOKEN", "P@ssw0rd", "foobar", "Senha", "Passwort"}) {
    EXPECT_TRUE(only_stock_words(text)) << text;
  }
  for (const std::string_view text : {"dragon", "passenger", "tokenize", "1234", "", "Summer"}) {
    EXPECT_FALSE(only_stock_words(text)) << text;
  }
}

TEST(StockWords, AreCountedOneByOne) {
  EXPECT_EQ(count_stock_words("GITLAB_TOKEN"), 2U);
  EXPECT_EQ(count_stock_words("some-frobnicated-value"), 2U);
  EXPECT_EQ(count_stock_words("1234"), 0U);
}

}  // namespace
}  // namespace nhi

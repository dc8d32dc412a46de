#include "scanner/match/commonness.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

TEST(RarestGroup, AvoidsWhatStandsInEveryText) {
  EXPECT_EQ(rarest_group("abc"), 0U);
  EXPECT_EQ(rarest_group("thezqx"), 3U);
  EXPECT_NE(rarest_group("connector"), 0U);
}

TEST(RarestGroup, TakesAnyBytes) {
  for (unsigned i = 0; i < 256; ++i) {
    const std::string text(5, static_cast<char>(i));
    EXPECT_LE(rarest_group(text), 2U);
  }
}

}  // namespace
}  // namespace nhi

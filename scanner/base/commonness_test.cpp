#include "scanner/base/commonness.hpp"

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

TEST(Commonness, OrdersTextsByHowOftenTheyAreMet) {
  EXPECT_LT(commonness({"zqx"}), commonness({"the"}));
  EXPECT_LT(commonness({"azure"}), commonness({"key"}));
  EXPECT_LT(commonness({"hostaddr"}), commonness({"host"}));
  EXPECT_LT(commonness({"vault"}), commonness({"vault", "token"}));
  EXPECT_EQ(commonness({}), 0);
}

}  // namespace
}  // namespace nhi

#include "scanner/cli/stored.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(MeasureRows, GiveTheMeasuresBack) {
  Measures measures;
  measures.findings = 5;
  measures.cis1_stale = 2;
  measures.long_lived = 0;
  const Measures back = from_rows(to_rows(measures));
  EXPECT_EQ(back.findings, 5U);
  EXPECT_EQ(back.cis1_stale, 2U);
  EXPECT_EQ(back.long_lived, 0U);
  measures.long_lived.reset();
  EXPECT_EQ(from_rows(to_rows(measures)).long_lived, std::nullopt) << "none is not zero";
}

}  // namespace
}  // namespace nhi

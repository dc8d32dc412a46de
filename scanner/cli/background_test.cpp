#include "scanner/cli/background.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(Background, TakesHalfTheCoresAndNeverNone) {
  EXPECT_EQ(background_jobs(0), 1U);
  EXPECT_EQ(background_jobs(1), 1U);
  EXPECT_EQ(background_jobs(2), 1U);
  EXPECT_EQ(background_jobs(3), 1U);
  EXPECT_EQ(background_jobs(8), 4U);
}

}  // namespace
}  // namespace nhi

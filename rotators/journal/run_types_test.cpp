#include "rotators/journal/run_types.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(RunTypes, EveryWordIsReadBack) {
  for (int i = 0; i <= static_cast<int>(RunState::kRejected); ++i) {
    const auto state = static_cast<RunState>(i);
    EXPECT_EQ(parse_run_state(to_string(state)), state);
  }
  for (int i = 0; i <= static_cast<int>(RunMode::kAdopt); ++i) {
    const auto mode = static_cast<RunMode>(i);
    EXPECT_EQ(parse_run_mode(to_string(mode)), mode);
  }
  for (int i = 0; i <= static_cast<int>(StepState::kUndone); ++i) {
    const auto state = static_cast<StepState>(i);
    EXPECT_EQ(parse_step_state(to_string(state)), state);
  }
  EXPECT_FALSE(parse_run_state("finished"));
}

TEST(RunTypes, WhatNeedsAPersonIsUnderWay) {
  EXPECT_TRUE(is_under_way(RunState::kNeedsHuman));
  EXPECT_TRUE(is_under_way(RunState::kPreflight));
  EXPECT_FALSE(is_under_way(RunState::kApproved));
  EXPECT_FALSE(is_under_way(RunState::kDone));
  EXPECT_TRUE(is_over(RunState::kRolledBack));
  EXPECT_FALSE(is_over(RunState::kOverlap));
}

}  // namespace
}  // namespace nhi

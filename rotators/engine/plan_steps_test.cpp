#include <gtest/gtest.h>

#include <algorithm>

#include "rotators/engine/test_plan.hpp"

namespace nhi {
namespace {

std::vector<std::string> kinds_of(const Plan& plan) {
  std::vector<std::string> kinds;
  for (const PlannedStep& step : steps_of(plan)) kinds.emplace_back(to_string(step.kind));
  return kinds;
}

std::size_t position(const std::vector<std::string>& kinds, const std::string& kind) {
  return static_cast<std::size_t>(std::find(kinds.begin(), kinds.end(), kind) - kinds.begin());
}

Plan with(Strategy strategy, RunMode mode) {
  Plan plan = test::usual_plan();
  plan.strategy = strategy;
  plan.mode = mode;
  return plan;
}

TEST(PlanSteps, ATwinTakesOverBeforeTheOldOneGoes) {
  const auto kinds = kinds_of(with(Strategy::kTwin, RunMode::kScheduled));
  const std::vector<std::string> expected = {
      "preflight", "create",     "enable",  "write",   "write", "reload", "probe_place", "await",
      "await",     "verify_new", "overlap", "suspend", "soak",  "revoke", "verify_dead"};
  EXPECT_EQ(kinds, expected);
}

TEST(PlanSteps, NothingWaitsBeforeEveryPlaceIsWritten) {
  for (const Strategy strategy : {Strategy::kTwin, Strategy::kSlots, Strategy::kCutOver}) {
    const auto kinds = kinds_of(with(strategy, RunMode::kScheduled));
    const auto last = std::find(kinds.rbegin(), kinds.rend(), "write");
    EXPECT_LT(kinds.rend() - last - 1, static_cast<long>(position(kinds, "await")));
  }
}

TEST(PlanSteps, OneSlotHasItsPointOfNoReturnAtTheChange) {
  for (const PlannedStep& step : steps_of(with(Strategy::kCutOver, RunMode::kScheduled))) {
    EXPECT_EQ(step.no_return, step.kind == StepKind::kCreate);
  }
}

TEST(PlanSteps, TheOldOneNeverGoesUnprovenButInAnEmergency) {
  for (const RunMode mode : {RunMode::kScheduled, RunMode::kExposed}) {
    for (const Strategy strategy : {Strategy::kTwin, Strategy::kSlots}) {
      const auto kinds = kinds_of(with(strategy, mode));
      EXPECT_LT(position(kinds, "verify_new"), position(kinds, "revoke"));
    }
  }
  const auto emergency = kinds_of(with(Strategy::kTwin, RunMode::kEmergency));
  EXPECT_LT(position(emergency, "suspend"), position(emergency, "create"));
  EXPECT_LT(position(emergency, "verify_new"), position(emergency, "revoke"));
}

TEST(PlanSteps, AnAccountWithBothValuesIsNotSwitchedOff) {
  for (const RunMode mode : {RunMode::kScheduled, RunMode::kEmergency}) {
    const auto kinds = kinds_of(with(Strategy::kSlots, mode));
    EXPECT_EQ(position(kinds, "suspend"), kinds.size());
  }
}

TEST(PlanSteps, ALeakEndsWhatWasMadeWithIt) {
  const auto leaked = kinds_of(with(Strategy::kTwin, RunMode::kExposed));
  EXPECT_LT(position(leaked, "end_sessions"), leaked.size());
  const auto usual = kinds_of(with(Strategy::kTwin, RunMode::kScheduled));
  EXPECT_EQ(position(usual, "end_sessions"), usual.size());
}

TEST(PlanSteps, AdoptingChangesNothing) {
  const std::vector<std::string> expected = {"preflight", "verify_new"};
  EXPECT_EQ(kinds_of(with(Strategy::kNoChange, RunMode::kAdopt)), expected);
}

TEST(PlanSteps, EveryStepSaysWhatItDoesAndEveryEffectHowItIsTakenBack) {
  for (const Strategy strategy : {Strategy::kTwin, Strategy::kSlots, Strategy::kCutOver}) {
    for (const PlannedStep& step : steps_of(with(strategy, RunMode::kScheduled))) {
      EXPECT_FALSE(step.what.empty());
      const bool effect = step.kind == StepKind::kWrite || step.kind == StepKind::kSuspend ||
                          (step.kind == StepKind::kCreate && !step.no_return);
      EXPECT_TRUE(!effect || !step.back.empty()) << step.what;
    }
  }
}

}  // namespace
}  // namespace nhi

// What stops a rotation, where, and with which words: each with nothing broken behind it. The
// faults of other rotators (docs/rotation.md) have a test of their own each.
#include "rotators/engine/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rotators/engine/registration.hpp"
#include "scanner/sqlite/sqlite.hpp"
#include "tests/rotation/ring_trial.hpp"

namespace nhi {
namespace {

using test::Class;
using test::kOld;
using test::kSibling;
using test::must;
using test::RingServer;
using test::Trial;
using ::testing::HasSubstr;

constexpr Class kTwins = {"C1Twins", "ring.set", Strategy::kTwin, true, false};
constexpr Class kSlots = {"C2Declarative", "ring.add", Strategy::kSlots, true, true};
constexpr Class kLocks = {"C2Locks", "ring.lock", Strategy::kSlots, true, true};
constexpr Class kOneSlot = {"C1CutOver", "ring.set", Strategy::kCutOver, false, false};

// Runs in this process, so that a test can stand beside it.
class InProcess {
 public:
  explicit InProcess(const Trial& trial)
      : config(must(read_rotation_config(trial.setting().file("rotation.yaml")))),
        journal(must(trial.setting().journal())),
        wrapping(must(trial.setting().wrapping_key())),
        key(must(trial.setting().fingerprint_key())) {
    parts.journal = &journal;
    parts.wrapping_key = &wrapping;
    parts.fingerprint_key = &key;
    parts.config = &config;
    parts.pins = must(read_registrations(trial.setting().file("rotation.yaml")));
    parts.session.core = "test";
    parts.runner = "robin";
    parts.now = [this] { return Instant{system_now().seconds + later}; };
    parts.wait = [](std::chrono::milliseconds) {};
  }
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  [[nodiscard]] Result<RunReport> run() const { return run_plan(parts, Trial::kRun); }
  [[nodiscard]] std::string words() const {
    const auto report = run();
    if (!report) return report.error().message();
    return report->end == RunEnd::kDone ? "done" : report->what;
  }
  [[nodiscard]] RunRow row() { return must(RunStore(journal).run(Trial::kRun)); }

  RotationConfig config;
  Journal journal;
  WrappingKey wrapping;
  FingerprintKey key;
  std::int64_t later = 0;  // seconds by which the clock is ahead
  RunParts parts;
};

struct RunTest : ::testing::Test {
  RingServer ring;
  [[nodiscard]] bool untouched(const Trial& trial) const {
    return ring.changes() == 0 && trial.value_in_file() == kOld;
  }
};

TEST_F(RunTest, APlanWhoseTextChangedIsNotRun) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  ASSERT_TRUE(engine.journal.write({}, [](SQLite::Database& database) -> Result<void> {
    database.exec("UPDATE run SET plan = replace(plan, 'app_b', 'admin')");
    return {};
  }));
  EXPECT_THAT(engine.words(), HasSubstr("not the one of its hash"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, AnApprovalOfAnotherPlanIsNone) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  ASSERT_TRUE(engine.journal.write({}, [](SQLite::Database& database) -> Result<void> {
    database.exec("UPDATE approval SET plan_hash = '00'");
    return {};
  }));
  EXPECT_THAT(engine.words(), HasSubstr("what was approved is another plan"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, WhoApprovedDoesNotRunWhereFourEyesAreNeeded) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    plan.four_eyes = true;
    plan.planner = "pat";
  });
  InProcess engine(trial);
  for (const char* who : {"ada", "pat"}) {
    engine.parts.runner = who;
    EXPECT_THAT(engine.words(), HasSubstr("may not run it as well"));
  }
  EXPECT_TRUE(untouched(trial));
  engine.parts.runner = "robin";
  EXPECT_EQ(engine.words(), "done");
}

TEST_F(RunTest, ABlindSpotThatNobodyAcceptedStopsAScheduledOne) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    plan.blind_spots = {{"b1", "client", "10.0.0.9 is seen using it"}};
  });
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("10.0.0.9"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, APlaceThatCameUpSinceStopsIt) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  engine.parts.check = [](const Plan&) -> Result<RunCheck> {
    return RunCheck{{"exports/new.xml"}, {}};
  };
  EXPECT_THAT(engine.words(), HasSubstr("exports/new.xml"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, TheGuardIsAskedAgainBeforeTheOldOneGoes) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  bool forbids = false;
  engine.parts.check = [&](const Plan&) -> Result<RunCheck> {
    RunCheck check;
    check.verdicts.push_back(
        {"d_1", "PAS", "cis1-call", "rotate", !forbids, "exception", "held", {}});
    forbids = true;  // from the second time on
    return check;
  };
  EXPECT_THAT(engine.words(), HasSubstr("the guard forbids"));
  EXPECT_TRUE(ring.lets_in("app_a", kOld));
  EXPECT_TRUE(ring.lets_in("app_b", trial.value_in_file()));
  EXPECT_EQ(engine.row().state, RunState::kNeedsHuman);
}

TEST_F(RunTest, AFileThatSomebodyChangedIsDrift) {
  const Trial trial(ring, kTwins);
  trial.setting().write("app/app.properties", "db.user=app_a\ndb.password=changed-by-hand-1\n");
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("does not hold the value any more"));
  EXPECT_EQ(ring.changes(), 0);
}

TEST_F(RunTest, ACopyThatThePlanDoesNotNameStopsIt) {
  const Trial trial(ring, kTwins);
  trial.setting().write("app/app.properties",
                        trial.setting().read("app/app.properties") + "copy=" + kOld + "\n");
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("where the plan does not say"));
  EXPECT_EQ(ring.changes(), 0);
}

TEST_F(RunTest, AValueThatIsNotTheLiveOneIsNotRotated) {
  const Trial trial(ring, kTwins);
  RingServer::Account other;
  other.keys.push_back({"k1", "Another-value-0123456789", ""});
  ring.reset({{"app_a", other}, {"app_b", {}}});
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("is not the one that works"));
  EXPECT_EQ(ring.changes(), 0);
}

TEST_F(RunTest, ARotatorThatIsNotTheApprovedOneIsNotStarted) {
  const Trial trial(ring, kTwins, [](Plan& plan) { plan.rotator_sha256 = std::string(64, '0'); });
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("not the one that was approved"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, ADescriptorThatIsNotAsPlannedStopsIt) {
  const Trial trial(ring, kTwins,
                    [](Plan& plan) { plan.capability.dead_probe = DeadProbe::kNone; });
  EXPECT_THAT(InProcess(trial).words(), HasSubstr("something else of itself"));
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, AFreezeHoldsItUpBeforeTheFirstChange) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  const Instant now = system_now();
  engine.config.freezes.push_back({now, Instant{now.seconds + 3600}, {}, "Christmas"});
  const auto report = engine.run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->end, RunEnd::kWaiting);
  EXPECT_THAT(report->what, HasSubstr("Christmas"));
  // Windows are told apart by the minute.
  ASSERT_TRUE(report->until);
  EXPECT_GE(*report->until, engine.config.freezes[0].to);
  EXPECT_LT(report->until->seconds, engine.config.freezes[0].to.seconds + 60);
  EXPECT_TRUE(untouched(trial));
  engine.later = 3700;
  engine.config.policy.plan_valid = 0;
  EXPECT_THAT(engine.words(), HasSubstr("the plan ended"));
}

TEST_F(RunTest, AnEmergencyIsNotHeldUp) {
  const Trial trial(ring, kTwins, [](Plan& plan) { plan.mode = RunMode::kEmergency; });
  InProcess engine(trial);
  const Instant now = system_now();
  engine.config.freezes.push_back({now, Instant{now.seconds + 3600}, {}, "Christmas"});
  EXPECT_EQ(engine.words(), "done");
  EXPECT_EQ(trial.wrong_when_done(), "");
}

TEST_F(RunTest, OverlapAndSoakAreWaitedForAndTheOldOneLivesMeanwhile) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    plan.overlap_s = 100;
    plan.soak_s = 1000;
  });
  InProcess engine(trial);
  EXPECT_EQ(engine.run()->state, RunState::kOverlap);
  EXPECT_TRUE(ring.lets_in("app_a", kOld));
  engine.later = 101;
  EXPECT_EQ(engine.run()->state, RunState::kSoaking);
  EXPECT_FALSE(ring.lets_in("app_a", kOld));
  EXPECT_EQ(ring.accounts().at("app_a").keys.size(), 1U);
  engine.later = 1200;
  EXPECT_EQ(engine.words(), "done");
  EXPECT_EQ(trial.wrong_when_done(), "");
}

TEST_F(RunTest, WhoMissesTheOldOneInTheSoakIsNamedAndItIsSwitchedOnAgain) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    plan.soak_s = 1000;
    plan.places[0].probe = {"/bin/sh", "-c", "test ! -e " + plan.places[0].path + ".missing"};
  });
  InProcess engine(trial);
  EXPECT_EQ(engine.run()->state, RunState::kSoaking);
  trial.setting().write("app/app.properties.missing", "");
  const auto missed = engine.run();
  ASSERT_TRUE(missed);
  EXPECT_EQ(missed->end, RunEnd::kNeedsHuman);
  EXPECT_THAT(missed->what, HasSubstr("app/app.properties"));
  EXPECT_TRUE(ring.lets_in("app_a", kOld));
  std::filesystem::remove(trial.setting().file("app/app.properties.missing"));
  EXPECT_EQ(engine.run()->state, RunState::kSoaking);
  EXPECT_FALSE(ring.lets_in("app_a", kOld));
  engine.later = 2500;
  EXPECT_EQ(engine.words(), "done");
  EXPECT_EQ(trial.wrong_when_done(), "");
}

TEST_F(RunTest, RollingBackGivesTheOldOneBackEverywhere) {
  const Trial trial(ring, kTwins, [](Plan& plan) { plan.soak_s = 1000; });
  InProcess engine(trial);
  EXPECT_EQ(engine.run()->state, RunState::kSoaking);
  const auto back = roll_back(engine.parts, Trial::kRun, "a consumer breaks");
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(back->end, RunEnd::kRolledBack) << back->what;
  EXPECT_EQ(trial.wrong_when_rolled_back(), "");
  EXPECT_EQ(trial.user_in_file(), "app_a");
  EXPECT_TRUE(must(RunStore(engine.journal).sealed(Trial::kRun)).empty());
  EXPECT_FALSE(roll_back(engine.parts, Trial::kRun, "again"));
}

TEST_F(RunTest, BehindThePointOfNoReturnNothingGoesBack) {
  const Trial trial(ring, kOneSlot, [](Plan& plan) { plan.places[0].probe = {"/bin/false"}; });
  InProcess engine(trial);
  EXPECT_EQ(engine.run()->end, RunEnd::kNeedsHuman);
  const auto back = roll_back(engine.parts, Trial::kRun, "oh");
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().message(), HasSubstr("point of no return"));
}

TEST_F(RunTest, APlanThatWasNotBegunIsAbortedWithoutATrace) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  EXPECT_EQ(roll_back(engine.parts, Trial::kRun, "not now")->state, RunState::kAborted);
  EXPECT_TRUE(untouched(trial));
}

TEST_F(RunTest, ARotationThatIsDoneIsNotDoneAgain) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  EXPECT_EQ(engine.words(), "done");
  const int changes = ring.changes();
  EXPECT_THAT(engine.words(), HasSubstr("it is over"));
  EXPECT_EQ(ring.changes(), changes);
}

TEST_F(RunTest, AGuidedPlaceWaitsForAWordAndKeepsIt) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    PlannedPlace elsewhere;
    elsewhere.shown = "app02/etc/app.conf";
    elsewhere.why_guided = "it lies on app02";
    plan.places.push_back(elsewhere);
  });
  InProcess engine(trial);
  const auto waits = engine.run();
  ASSERT_TRUE(waits);
  EXPECT_EQ(waits->end, RunEnd::kWaiting);
  EXPECT_THAT(waits->what, HasSubstr("app02"));
  EXPECT_TRUE(ring.lets_in("app_a", kOld));
  const std::vector<StepRow> steps = must(RunStore(engine.journal).steps(Trial::kRun));
  const std::int64_t seq = steps.back().seq;
  EXPECT_FALSE(confirm_step(engine.parts, Trial::kRun, seq - 1, "ada", "seen"));
  ASSERT_TRUE(confirm_step(engine.parts, Trial::kRun, seq, "ada", "CHG-9"));
  EXPECT_EQ(engine.words(), "done");
  EXPECT_THAT(must(RunStore(engine.journal).steps(Trial::kRun)).at(seq - 1).body,
              HasSubstr("CHG-9"));
}

TEST_F(RunTest, ComparingChangesNothingAndNamesWhatDoesNotFit) {
  const Trial trial(ring, kTwins);
  InProcess engine(trial);
  EXPECT_EQ(engine.words(), "done");
  const int changes = ring.changes();
  EXPECT_TRUE(must(compare_run(engine.parts, Trial::kRun)).problems.empty());
  trial.setting().write("app/app.properties", "db.user=app_b\ndb.password=somebody-else-1\n");
  EXPECT_THAT(must(compare_run(engine.parts, Trial::kRun)).problems,
              ::testing::Contains(HasSubstr("somebody else")));
  EXPECT_EQ(ring.changes(), changes);
}

// Of a value that locks its account only one try is allowed; if that one is let in, the provider's
// records do not make it dead.
TEST_F(RunTest, WhatWasLetInIsNotDeadWhateverRecordsSay) {
  const Trial trial(ring, kLocks);
  ring.forgets_to_revoke = true;
  InProcess engine(trial);
  EXPECT_THAT(engine.words(), HasSubstr("let in"));
  EXPECT_THAT(engine.words(), HasSubstr("let in")) << "nor in a second try";
  EXPECT_NE(engine.row().state, RunState::kDone);
}

TEST_F(RunTest, OfAValueThatLocksItsAccountOneRefusalIsEnough) {
  const Trial trial(ring, kLocks);
  EXPECT_EQ(InProcess(trial).words(), "done");
}

// OpenBao: the entry is written in one transaction with the result.
TEST_F(RunTest, FaultIntentOnlyWithTheResult) {
  const Trial trial(ring, kTwins);
  std::vector<std::string> seen;
  ring.at_change = [&](const auto&) {
    Journal other = must(Journal::open(trial.setting().file("journal/journal.db")));
    const auto steps = must(RunStore(other).steps(Trial::kRun));
    seen.emplace_back(to_string(steps.back().state));
  };
  EXPECT_EQ(InProcess(trial).words(), "done");
  EXPECT_EQ(seen, std::vector<std::string>(seen.size(), "intended"));
  EXPECT_EQ(seen.size(), 4U);
}

// Infisical, Conjur, chanzuckerberg: the only copy of the new value is in memory.
TEST_F(RunTest, FaultNewValueOnlyInMemory) {
  const Trial trial(ring, kSlots);
  bool sealed = false;
  ring.at_change = [&](const auto&) {
    Journal other = must(Journal::open(trial.setting().file("journal/journal.db")));
    for (const std::string& purpose : must(RunStore(other).sealed(Trial::kRun))) {
      sealed = sealed || purpose == "new";
    }
  };
  EXPECT_EQ(InProcess(trial).words(), "done");
  EXPECT_TRUE(sealed);
}

// Conjur deletes every key but the one it knows.
TEST_F(RunTest, FaultSiblingsAreDeleted) {
  const Trial trial(ring, kSlots);
  EXPECT_EQ(InProcess(trial).words(), "done");
  EXPECT_TRUE(ring.lets_in("app_a", kSibling));
}

// Infisical switches the active one off before there is another.
TEST_F(RunTest, FaultOldOneOffBeforeTheNewOneExists) {
  const Trial trial(ring, kTwins);
  ring.at_change = [&](const auto& accounts) {
    const bool old = accounts.at("app_a").on;
    const bool fresh = accounts.at("app_b").on && !accounts.at("app_b").keys.empty();
    EXPECT_TRUE(old || fresh);
  };
  EXPECT_EQ(InProcess(trial).words(), "done");
}

// chanzuckerberg/rotator: a place fails, and the results of the others are lost with the value.
TEST_F(RunTest, FaultResultsOfOtherPlacesAreLost) {
  const Trial trial(ring, kTwins, [](Plan& plan) {
    PlannedPlace second = plan.places[0];
    second.path += ".second";
    second.shown += ".second";
    PlannedPlace third = plan.places[0];
    third.path += ".third";
    third.shown += ".third";
    plan.places.push_back(second);
    plan.places.push_back(third);
  });
  const std::string text = trial.setting().read("app/app.properties");
  trial.setting().write("app/app.properties.second", text);
  trial.setting().write("app/app.properties.third", text);
  InProcess engine(trial);
  // Between preflight and writing somebody changes the second.
  ring.at_change = [&](const auto&) {
    trial.setting().write("app/app.properties.second", "db.user=x\ndb.password=y\n");
  };
  const auto stopped = engine.run();
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->end, RunEnd::kNeedsHuman);
  EXPECT_THAT(stopped->what, HasSubstr(".second"));
  const auto steps = must(RunStore(engine.journal).steps(Trial::kRun));
  std::vector<std::string> writes;
  for (const StepRow& step : steps) {
    if (step.kind == "write") writes.emplace_back(to_string(step.state));
  }
  EXPECT_EQ(writes, (std::vector<std::string>{"done", "failed", "done"}));
  EXPECT_THAT(must(RunStore(engine.journal).sealed(Trial::kRun)), ::testing::Contains("new"));
}

}  // namespace
}  // namespace nhi

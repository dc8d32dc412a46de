// The core and the rotator are killed at every boundary, and every answer of the provider is lost,
// for each class of credential: whatever happened, a resume ends it right.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>

#include "tests/rotation/ring_trial.hpp"

namespace nhi {
namespace {

using test::Class;
using test::kClasses;
using test::RingServer;
using test::Trial;

bool at_full_scale() {
  const char* const scale = std::getenv("NHI_TEST_SCALE");
  return scale != nullptr && std::string(scale) == "full";
}

class CrashMatrix : public ::testing::TestWithParam<Class> {
 protected:
  void SetUp() override {
    if (::access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "no /dev/shm to be quick in";
  }
  // The application logs in with what its file says, whenever something changes at the provider.
  void watch(const Trial& trial) {
    ring_.at_change = [this, &trial](const std::map<std::string, RingServer::Account>& accounts) {
      const auto& account = accounts.at(trial.user_in_file());
      const std::string value = trial.value_in_file();
      const bool in =
          account.on && std::any_of(account.keys.begin(), account.keys.end(),
                                    [&](const auto& key) { return key.value == value; });
      if (!in && GetParam().overlap) ring_.note_no_way_in();
    };
  }
  void tell(const std::string& point, const std::string& outcome) { ++outcomes_[{point, outcome}]; }
  void TearDown() override {
    for (const auto& [what, count] : outcomes_) {
      fmt::print("matrix | {} | {} | {} | {} |\n", GetParam().name, what.first, what.second, count);
    }
  }

  // Points of a whole run, or a seeded sample of them.
  [[nodiscard]] static std::vector<int> points(int all, int wanted) {
    std::set<int> chosen;
    if (at_full_scale() || all <= wanted) {
      for (int i = 1; i <= all; ++i) chosen.insert(i);
    } else {
      for (int i = 0; i < wanted; ++i) chosen.insert(1 + i * (all - 1) / (wanted - 1));
    }
    return {chosen.begin(), chosen.end()};
  }

  RingServer ring_;
  std::map<std::pair<std::string, std::string>, int> outcomes_;
};

// Goes on until it ends, as a timer would.
CommandResult resume(const Trial& trial) {
  CommandResult ended;
  for (int i = 0; i < 3; ++i) {
    ended = trial.drive();
    if (ended.status == 0) break;
  }
  return ended;
}

TEST_P(CrashMatrix, AWholeRunEndsRight) {
  Trial trial(ring_, GetParam());
  watch(trial);
  const CommandResult ran = trial.drive();
  EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
  trial.look_for_values(ran.output + ran.errors);
  EXPECT_EQ(trial.wrong_when_done(), "");
  EXPECT_FALSE(ring_.was_without_a_way_in());
}

// Of a one-slot secret of the server's making that is lost nobody can know: that is said, and the
// old value is not tried again.
bool may_need_a_person(const Class& one) { return std::string(one.type) == "ring.roll"; }

TEST_P(CrashMatrix, TheCoreIsKilledAtEveryBoundary) {
  int boundaries = 0;
  {
    const Trial whole(ring_, GetParam());
    ASSERT_EQ(whole.drive().status, 0);
    boundaries = whole.boundaries();
  }
  ASSERT_GT(boundaries, 10);
  for (const int at : points(boundaries, 12)) {
    Trial trial(ring_, GetParam());
    watch(trial);
    const CommandResult killed = trial.drive(at);
    ASSERT_EQ(killed.status, 137) << at << killed.output << killed.errors;
    const CommandResult ended = resume(trial);
    trial.look_for_values(ended.output + ended.errors);
    if (ended.status == 4 && may_need_a_person(GetParam())) {
      EXPECT_NE(ended.output.find("lost"), std::string::npos) << ended.output;
      tell("core killed", "needs a person, and says why");
      continue;
    }
    EXPECT_EQ(ended.status, 0) << "killed at " << at << ": " << ended.output << ended.errors;
    EXPECT_EQ(trial.wrong_when_done(), "") << "killed at " << at;
    EXPECT_FALSE(ring_.was_without_a_way_in()) << "killed at " << at;
    tell("core killed", "ends right");
  }
}

struct LossCase {
  RingServer::Loss loss;
  const char* name;
};
constexpr LossCase kLosses[] = {
    {RingServer::Loss::kAnswer, "answer lost"},
    {RingServer::Loss::kRotatorBeforeEffect, "rotator killed before the effect"},
    {RingServer::Loss::kRotatorBehindEffect, "rotator killed behind the effect"}};

TEST_P(CrashMatrix, AtEveryChangeTheAnswerIsLostOrTheRotatorKilled) {
  int changes = 0;
  {
    const Trial whole(ring_, GetParam());
    ASSERT_EQ(whole.drive().status, 0);
    changes = ring_.changes();
  }
  for (const LossCase& loss : kLosses) {
    for (int at = 1; at <= changes; ++at) {
      Trial trial(ring_, GetParam());
      watch(trial);
      ring_.lose(loss.loss, at);
      const CommandResult ended = resume(trial);
      trial.look_for_values(ended.output + ended.errors);
      if (ended.status == 4 && may_need_a_person(GetParam())) {
        tell(loss.name, "needs a person, and says why");
        continue;
      }
      EXPECT_EQ(ended.status, 0) << loss.name << at << ": " << ended.output << ended.errors;
      EXPECT_EQ(trial.wrong_when_done(), "") << loss.name << at;
      EXPECT_FALSE(ring_.was_without_a_way_in()) << loss.name << at;
      tell(loss.name, "ends right");
    }
  }
}

TEST_P(CrashMatrix, TheCoreIsKilledWhileItRollsBack) {
  if (GetParam().strategy == Strategy::kCutOver) GTEST_SKIP() << "there is no way back of one slot";
  int half = 0;
  {
    const Trial whole(ring_, GetParam());
    ASSERT_EQ(whole.drive().status, 0);
    half = whole.boundaries() / 2;
  }
  for (const int at : points(12, 4)) {
    Trial trial(ring_, GetParam());
    ASSERT_EQ(trial.drive(half).status, 137);
    static_cast<void>(trial.drive(at, true));
    const CommandResult back = trial.drive(0, true);
    if (back.errors.find("point of no return") != std::string::npos) {
      tell("killed in rollback", "behind the point of no return: refused");
      continue;
    }
    const bool over = back.errors.find("it is over") != std::string::npos;
    EXPECT_TRUE(back.status == 0 || over) << back.output << back.errors;
    EXPECT_EQ(trial.wrong_when_rolled_back(), "") << at;
    tell("killed in rollback", "the old value works");
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CrashMatrix, ::testing::ValuesIn(kClasses),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace nhi

// crash_test.cpp - a sweep that is killed, and a disk that is full: what was stored stays.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using test::Folder;
using test::must;

constexpr int kUnits = 600;

UnitResult numbered_unit(int number, const std::string& stamp, const std::string& value) {
  const UnitKey key{"t", "t/r", "file" + std::to_string(number)};
  return test::unit_of(key, stamp, {test::finding_in(key, key.path, value)});
}

std::set<std::string> values_of(Inventory& inventory) {
  std::set<std::string> values;
  for (const Finding& finding : must(inventory.findings({}))) {
    if (finding.presence != Presence::kGone) values.insert(finding.id);
  }
  return values;
}

// The child: a whole sweep with every unit changed; a byte down the pipe for every 50 units that
// are committed.
void sweep_until_killed(const std::string& path, std::int64_t night, int progress) {
  auto inventory = Inventory::open(path, Inventory::Mode::kWrite);
  if (!inventory) ::_exit(1);
  const auto id = inventory->begin_sweep(test::facts_of(night));
  if (!id) ::_exit(2);
  for (int i = 0; i < kUnits; ++i) {
    const std::string stamp = "night" + std::to_string(night);
    if (!inventory->store(*id, numbered_unit(i, stamp, stamp))) ::_exit(3);
    if (i % 50 != 49) continue;
    if (!inventory->checkpoint() || ::write(progress, "+", 1) != 1) ::_exit(4);
  }
  if (!inventory->finish_sweep(*id, test::plain_end(night))) ::_exit(5);
  ::_exit(0);
}

struct Killed {
  int committed = 0;  // units, at least
  bool finished = false;
};

// Kills the child once it said `signs` times that it got on, and some microseconds later.
Killed run_and_kill(const std::string& path, std::int64_t night, int signs, unsigned delay) {
  int pipe[2];
  if (::pipe(pipe) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    sweep_until_killed(path, night, pipe[1]);
  }
  ::close(pipe[1]);
  Killed killed;
  char sign = 0;
  while (signs > 0 && ::read(pipe[0], &sign, 1) == 1) {
    --signs;
    killed.committed += 50;
  }
  ::usleep(delay);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  while (::read(pipe[0], &sign, 1) == 1) killed.committed += 50;
  ::close(pipe[0]);
  killed.finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  EXPECT_TRUE(killed.finished || WIFSIGNALED(status)) << "child failed: " << status;
  return killed;
}

TEST(KilledSweep, LeavesTheLastOneWholeAndItsUnitsReusable) {
  const Folder folder;
  const std::string path = folder.file("db");
  std::mt19937 random(7);
  std::set<std::string> before;
  std::int64_t current = 0;
  int unfinished = 0;
  for (std::int64_t night = 1; night <= 24; ++night) {
    const int signs = std::uniform_int_distribution<int>(0, kUnits / 50)(random);
    const unsigned delay = std::uniform_int_distribution<unsigned>(0, 30'000)(random);
    const Killed killed = run_and_kill(path, night, signs, delay);
    if (!std::filesystem::exists(path)) continue;  // killed before there was one
    Inventory inventory = test::open_for_writing(path);
    const auto row = must(inventory.current_sweep());
    const bool moved = row && static_cast<std::int64_t>(row->id) != current;
    ASSERT_TRUE(!killed.finished || moved);
    if (moved) {
      // Killed after the end was committed: the new one is whole.
      before = values_of(inventory);
      current = static_cast<std::int64_t>(row->id);
      EXPECT_EQ(row->facts.as_of, Instant{night * 86'400});
      EXPECT_EQ(before.size(), std::size_t{kUnits});
      continue;
    }
    ++unfinished;
    EXPECT_EQ(values_of(inventory), before) << night;
    const SweepId id = must(inventory.begin_sweep(test::facts_of(night)));
    int reusable = 0;
    for (int i = 0; i < kUnits; ++i) {
      Coverage carried;
      const std::string stamp = "night" + std::to_string(night);
      const UnitKey key = numbered_unit(i, stamp, stamp).key;
      if (must(inventory.reuse(id, key, stamp, "p1", carried))) ++reusable;
    }
    EXPECT_GE(reusable, killed.committed) << night;
  }
  EXPECT_GE(unfinished, 8);
}

// Sweeps until something fails; in a child, because the limits are the process's.
int sweep_into_a_wall(const std::string& path) {
  auto inventory = Inventory::open(path, Inventory::Mode::kWrite);
  if (!inventory) return 1;
  const auto id = inventory->begin_sweep(test::facts_of(2));
  if (!id) return 2;
  for (int i = 0; i < 100'000; ++i) {
    const auto stored = inventory->store(*id, numbered_unit(i, "s2", "w"));
    if (stored) continue;
    if (stored.error().code != ErrorCode::kStore || stored.error().hint.empty()) return 3;
    // The sweep cannot go on as if nothing had been lost.
    if (inventory->store(*id, numbered_unit(i, "s2", "w"))) return 4;
    if (inventory->finish_sweep(*id, test::plain_end(2))) return 5;
    return 0;
  }
  return 6;
}

void make_first_night(const std::string& path) {
  Inventory inventory = test::open_for_writing(path);
  test::Night night;
  for (int i = 0; i < 100; ++i) night.units.push_back(numbered_unit(i, "s1", "v"));
  test::sweep(inventory, night);
}

void expect_first_night_and_a_way_on(const std::string& path) {
  Inventory inventory = test::open_for_writing(path);
  EXPECT_EQ(values_of(inventory).size(), 100U);
  EXPECT_EQ(must(inventory.current_sweep())->facts.as_of, Instant{86'400});
  test::Night night;
  night.number = 3;
  for (int i = 0; i < 100; ++i) night.units.push_back(numbered_unit(i, "s3", "w"));
  EXPECT_EQ(test::sweep(inventory, night).fresh, 100U);
}

TEST(FullDisk, AFileSizeLimitLosesNothingStored) {
  const Folder folder;
  const std::string path = folder.file("db");
  make_first_night(path);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4'000'000, 4'000'000};
    ::_exit(::setrlimit(RLIMIT_FSIZE, &limit) != 0 ? 9 : sweep_into_a_wall(path));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  expect_first_night_and_a_way_on(path);
}

TEST(FullDisk, AFullFileSystemLosesNothingStored) {
  const Folder folder;
  const char* const place = folder.path().c_str();
  // In a child with mounts of its own: whatever happens, nothing stays mounted.
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", place, "tmpfs", 0, "size=4m") != 0) {
      ::_exit(77);
    }
    const std::string path = folder.file("db");
    make_first_night(path);
    const int failed = sweep_into_a_wall(path);
    if (failed != 0) ::_exit(failed);
    // Readers are served on the full disk; writing goes on when there is space again.
    auto reader = Inventory::open(path, Inventory::Mode::kRead);
    if (!reader || values_of(*reader).size() != 100) ::_exit(20);
    if (::mount("none", place, nullptr, MS_REMOUNT, "size=16m") != 0) ::_exit(21);
    expect_first_night_and_a_way_on(path);
    ::_exit(testing::Test::HasFailure() ? 22 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "mounting is not permitted here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace nhi

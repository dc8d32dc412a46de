// Claims about the deadline: what it leaves is named, nothing under it is lost, and the next sweep
// takes over what was read. The clock of the deadline is the progress of the run itself.
#include "scanner/sweep/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "scanner/base/hash.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/runs.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;

constexpr Instant kNight{1'795'600'000};

class DeadlineRun : public ::testing::Test {
 protected:
  DeadlineRun() {
    auto inventory = Inventory::open(box_.path("store.db"), Inventory::Mode::kWrite);
    EXPECT_TRUE(inventory);
    inventory_ = std::make_unique<Inventory>(std::move(*inventory));
  }

  // Files 0 to 23, eight in each of the folders a, b and c.
  void write_files() const {
    for (int i = 0; i < 24; ++i) box_.write(name_of(i), password_line(name_of(i)));
  }
  static std::string name_of(int number) {
    return std::string("t/") + "abc"[number / 8] + "/" + "01234567"[number % 8] + ".properties";
  }

  // One sweep, which is late as soon as `late` says so of its progress.
  SweepReport sweep(std::function<bool(const Progress&)> late) {
    Progress progress;
    RunOptions options;
    options.jobs = 1;
    // As if it began later: files of this second count as changed before it.
    options.started = Instant{system_now().seconds + 60};
    options.as_of = kNight;
    options.until = Deadline(
        kNight, [&] { return late && late(progress) ? kNight : Instant{kNight.seconds - 1}; });
    SweepRequest request;
    request.targets = targets_from_paths({box_.path("t")}, Naming::kByFolder);
    request.facts.started = kNight;
    request.facts.as_of = kNight;
    const FingerprintKey key = test_key();
    auto swept = run_sweep(std::move(request), options, rules_, key, *inventory_, progress);
    EXPECT_TRUE(swept) << (swept ? "" : swept.error().message());
    return swept ? std::move(*swept) : SweepReport{};
  }
  static std::function<bool(const Progress&)> after_files(std::uint64_t files) {
    return [files](const Progress& progress) { return progress.files >= files; };
  }

  static std::vector<std::string> unread(const SweepReport& report) {
    std::vector<std::string> places;
    for (const Unread& place : report.coverage.unread) {
      places.push_back(place.root + ":" + place.path + " " + place.reason);
    }
    return places;
  }
  std::map<Presence, int> states() {
    std::map<Presence, int> count;
    const auto findings = inventory_->findings({});
    EXPECT_TRUE(findings);
    for (const Finding& finding : *findings) ++count[finding.presence];
    return count;
  }
  [[nodiscard]] Presence state_of(const std::string& path) {
    const auto findings = inventory_->findings({});
    for (const Finding& finding : *findings) {
      if (finding.place.path == path) return finding.presence;
    }
    ADD_FAILURE() << path << " has no finding";
    return Presence::kNew;
  }

  Sandbox box_;
  const RuleSet rules_ = builtin_set();
  std::unique_ptr<Inventory> inventory_;
};

TEST_F(DeadlineRun, ThreeNightsFindEverythingOnceAndLoseNothing) {
  write_files();
  const SweepReport first = sweep(after_files(5));
  EXPECT_EQ(first.coverage.files, 5U);
  EXPECT_EQ(first.coverage.unread_total, 19U) << "admitted, not begun";
  EXPECT_THAT(unread(first), Each(EndsWith(" deadline")));
  EXPECT_THAT(unread(first), Contains("t:c/7.properties deadline"));
  EXPECT_EQ(first.outcome.fresh, 5U);

  const SweepReport second = sweep(after_files(12));
  EXPECT_EQ(second.coverage.carried_files, 5U) << "the second night begins where the first ended";
  EXPECT_EQ(second.coverage.files, 7U);
  EXPECT_EQ(second.outcome.fresh, 7U);
  EXPECT_EQ(second.outcome.open, 5U);

  const SweepReport third = sweep(nullptr);
  EXPECT_EQ(third.coverage.carried_files, 12U);
  EXPECT_EQ(third.coverage.files, 12U);
  EXPECT_EQ(third.coverage.unread_total, 0U);
  EXPECT_EQ(third.outcome.open, 12U);
  EXPECT_EQ(third.outcome.fresh, 12U);
  EXPECT_EQ(third.outcome.gone + third.outcome.unverified, 0U);
}

TEST_F(DeadlineRun, WhereTheWalkStoppedFoldersAreNamedAndNothingUnderThemIsGone) {
  write_files();
  sweep(nullptr);
  std::filesystem::remove(box_.path(name_of(3)));   // in a folder that is listed to its end
  std::filesystem::remove(box_.path(name_of(12)));  // in the one where the walk stops
  std::filesystem::remove(box_.path(name_of(20)));  // in one that is not reached
  const SweepReport report = sweep(after_files(9));
  EXPECT_EQ(report.coverage.carried_files, 9U);
  EXPECT_THAT(unread(report), ::testing::ElementsAre("t: deadline", "t:b deadline"));
  EXPECT_EQ(state_of("a/3.properties"), Presence::kGone);
  EXPECT_EQ(state_of("b/4.properties"), Presence::kUnverified);
  EXPECT_EQ(state_of("c/4.properties"), Presence::kUnverified);
  EXPECT_EQ(states()[Presence::kGone], 1);

  const SweepReport next = sweep(nullptr);
  EXPECT_EQ(next.coverage.carried_files, 21U) << "what the deadline left was not forgotten";
  EXPECT_EQ(next.coverage.files, 0U);
  EXPECT_EQ(states(), (std::map<Presence, int>{{Presence::kOpen, 21}, {Presence::kGone, 3}}));
}

TEST_F(DeadlineRun, ReadsNothingWhenItHasPassed) {
  write_files();
  sweep(nullptr);
  const SweepReport report = sweep([](const Progress&) { return true; });
  EXPECT_EQ(report.coverage.files + report.coverage.carried_files, 0U);
  EXPECT_THAT(unread(report), ::testing::ElementsAre("t: deadline"));
  EXPECT_EQ(report.outcome.unverified, 24U);
  EXPECT_EQ(sweep(nullptr).outcome.open, 24U);
}

TEST_F(DeadlineRun, ARepositoryIsReadWholeOrNotAtAll) {
  for (int i = 0; i < 8; ++i) box_.write("t/" + std::to_string(i), password_line(name_of(i)));
  box_.git("t", {"init", "-q", "-b", "main", "."});
  box_.git("t", {"add", "."});
  box_.git("t", {"commit", "-q", "-m", "a"});
  for (int i = 0; i < 8; ++i) std::filesystem::remove(box_.path("t/" + std::to_string(i)));

  const SweepReport half =
      sweep([](const Progress& progress) { return progress.git_objects >= 4; });
  EXPECT_THAT(unread(half), Contains("t:.git deadline"));
  EXPECT_EQ(half.coverage.git_objects, 0U);
  EXPECT_TRUE(states().empty());

  EXPECT_EQ(sweep(nullptr).outcome.fresh, 8U);
  box_.git("t", {"commit", "-q", "--allow-empty", "-m", "b"});
  EXPECT_THAT(unread(sweep([](const Progress& progress) { return progress.git_objects >= 4; })),
              Contains("t:.git deadline"));
  EXPECT_EQ(states(), (std::map<Presence, int>{{Presence::kUnverified, 8}}));
  EXPECT_EQ(sweep(nullptr).outcome.open, 8U);
}

// What is dropped early is what would be dropped late: with the same ids, groups and git facts.
TEST(LeastConfidence, GivesWhatIsLeftOfEverything) {
  const Sandbox box;
  const std::string value = to_hex(sha256("a")).substr(0, 20);
  const std::string low = "db.password=password123\n";
  box.write("t/low.properties", low + low);
  box.write("t/both.properties", low + "db.password=" + value + "\n" + low);
  box.write("t/twice.properties", "# see password=password123\n" + password_line("b"));
  box.write("t/ignored.yaml", "password: password123 # nhisweep:allow\n");
  box.init("t/repo");
  box.write("t/repo/a.properties", "db.password=" + value + "\n");
  box.commit("t/repo", "one");
  box.write("t/repo/a.properties", low);
  const RuleSet set = builtin_set();
  const FingerprintKey key = test_key();
  for (const bool git_history : {true, false}) {
    const auto told = [&](Level least) {
      Progress progress;
      RunOptions options;
      options.git_history = git_history;
      options.least_confidence = least;
      auto scanned = run_scan(targets_from_paths({box.path("t")}, Naming::kByFolder), options, set,
                              key, progress);
      EXPECT_TRUE(scanned);
      std::vector<std::string> lines;
      for (const Finding& one : scanned->findings) {
        if (one.confidence < Level::kMedium) continue;
        lines.push_back(one.id + " " + one.group + " " + std::to_string(one.ordinal) + " " +
                        one.identity + " " + one.why + (one.place.git ? " git" : ""));
      }
      for (const auto& policy : scanned->run.coverage.by_policy) {
        lines.push_back(policy.reason + " " + std::to_string(policy.count));
      }
      return std::pair{lines, scanned->findings.size()};
    };
    const auto all = told(Level::kLow);
    const auto some = told(Level::kMedium);
    EXPECT_THAT(all.first, ::testing::SizeIs(::testing::Ge(3)));
    EXPECT_EQ(some.first, all.first);
    EXPECT_LT(some.second, all.second);
  }
}

// What the thread sanitizer watches: files, parts of a large file and a history at once.
TEST(Threads, FindTheSameHoweverManyThereAre) {
  const Sandbox box;
  for (int i = 0; i < 150; ++i) {
    const std::string name = "t/" + std::to_string(i % 7) + "/" + std::to_string(i) + ".properties";
    box.write(name, password_line(std::to_string(i % 40)));
  }
  std::string large;
  while (large.size() < 3 * kSegmentBytes) {
    large += password_line(std::to_string(large.size() % 90)) + std::string(1 << 20, '\n');
  }
  box.write("t/large.properties", large);
  box.init("t/repo");
  for (int i = 0; i < 20; ++i) {
    box.write("t/repo/" + std::to_string(i % 5), password_line("old" + std::to_string(i)));
    box.commit("t/repo", std::to_string(i));
  }
  const auto told = [&](unsigned jobs) {
    // Lazily compiled patterns are raced for too: each run has a set of its own.
    const RuleSet set = builtin_set();
    Progress progress;
    RunOptions options;
    options.jobs = jobs;
    const FingerprintKey key = test_key();
    auto scanned = run_scan(targets_from_paths({box.path("t")}, Naming::kByFolder), options, set,
                            key, progress);
    EXPECT_TRUE(scanned);
    std::vector<std::string> lines;
    for (const Finding& one : scanned->findings) {
      const Provenance& place = one.place;
      lines.push_back(one.id + " " + place.path.value_or("-") + ":" +
                      std::to_string(one.first.line) + " " + std::to_string(one.ordinal) + " " +
                      one.group + " " + (place.git ? place.git->introduced.commit : ""));
    }
    return lines;
  };
  const std::vector<std::string> one = told(1);
  EXPECT_THAT(one, ::testing::SizeIs(::testing::Ge(150 + 24 + 20)));
  for (const unsigned jobs : {2U, 8U}) EXPECT_EQ(told(jobs), one) << jobs << " threads";
}

}  // namespace
}  // namespace nhi

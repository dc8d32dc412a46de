// Claims about kindness to production: deadlines, the read rate, the background, one sweep a store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "scanner/base/clock.hpp"
#include "scanner/sources/page_cache_test_kit.hpp"
#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassed = "2026-01-01T00:00:00Z";

std::string in_seconds(int count) { return to_iso8601({system_now().seconds + count}); }

class KindTest : public ::testing::Test {
 protected:
  // `count` files of 64 KiB with one password each.
  void write_files(int count) const {
    for (int i = 0; i < count; ++i) {
      const std::string name = "t/" + std::string(1, static_cast<char>('a' + i / 8)) + "/" +
                               std::to_string(i) + ".properties";
      box_.write(name, "db.password=" + fake(name, 20) + "\n" + filler());
    }
  }
  static std::string filler() {
    std::string text;
    while (text.size() < 64 * 1024) text += "# a line of words that open nothing at all\n";
    return text;
  }
  Outcome sweep(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"sweep", "t", "--jobs", "1"});
    return box_.run(flags);
  }
  std::multiset<std::string> states() const {
    const auto values =
        json_strings(box_.run({"findings", "list", "--format", "jsonl"}).out, "state");
    return {values.begin(), values.end()};
  }
  static std::size_t count(const std::multiset<std::string>& words, const std::string& word) {
    return words.count(word);
  }
  Sandbox box_;
};

TEST_F(KindTest, ADeadlineThatPassedReadsNothingAndSaysSo) {
  write_files(2);
  for (const char* verb : {"scan", "sweep"}) {
    const Outcome outcome = box_.run({verb, "t", "--until", kPassed});
    EXPECT_EQ(outcome.exit_status, 3) << verb;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("deadline: t\n"), HasSubstr("the deadline passed")));
    EXPECT_THAT(outcome.out, HasSubstr("read 0 files"));
  }
}

TEST_F(KindTest, WhatADeadlineLeavesIsUnverifiedAndComesBackWithoutReading) {
  write_files(2);
  std::this_thread::sleep_for(milliseconds(3100));  // a file as young as the sweep is read again
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(sweep({"--until", kPassed}).exit_status, 3);
  EXPECT_EQ(states(), (std::multiset<std::string>{"unverified", "unverified"}));
  const Outcome next = sweep();
  EXPECT_EQ(next.exit_status, 0);
  EXPECT_THAT(next.out, HasSubstr("read 0 files"));
  EXPECT_EQ(states(), (std::multiset<std::string>{"open", "open"}));
}

TEST_F(KindTest, NightsWithADeadlineAddUpToTheWhole) {
  write_files(24);  // 1.5 MiB: 12 seconds at this rate
  std::size_t known = 0;
  for (int night = 0; night < 2; ++night) {
    const auto start = steady_clock::now();
    const Outcome outcome = sweep({"--max-read-rate", "128KiB", "--until", in_seconds(3)});
    EXPECT_LT(steady_clock::now() - start, seconds(30));
    EXPECT_EQ(outcome.exit_status, 3);
    EXPECT_THAT(outcome.err, HasSubstr("deadline: t"));
    const auto now = states();
    EXPECT_EQ(count(now, "gone"), 0u);
    EXPECT_GE(now.size(), known) << "nothing that was found is lost";
    EXPECT_LT(now.size(), 24u);
    known = now.size();
  }
  EXPECT_NE(sweep().exit_status, 3);
  const auto all = states();
  EXPECT_EQ(all.size(), 24u);
  EXPECT_EQ(count(all, "new") + count(all, "open"), 24u);
}

TEST_F(KindTest, TheReadRateHoldsOverAllWorkers) {
  write_files(8);  // 512 KiB
  const auto start = steady_clock::now();
  const Outcome outcome = box_.run({"scan", "t", "--jobs", "4", "--max-read-rate", "256KiB"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_GE(steady_clock::now() - start, milliseconds(1800));
}

TEST_F(KindTest, OneLongFileNoticesTheDeadlineAndKeepsWhatWasRead) {
  std::string text = "db.password=" + fake("long", 20) + "\n";
  while (text.size() < 1024 * 1024) text += filler();
  box_.write("t/long.properties", text);
  const Outcome outcome =
      box_.run({"scan", "t", "--max-read-rate", "32KiB", "--until", in_seconds(3)});
  EXPECT_EQ(outcome.exit_status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("deadline: t/long.properties"));
  EXPECT_THAT(outcome.out, HasSubstr("long.properties:1"));
}

TEST_F(KindTest, ASilentStandardInputDoesNotOutliveTheDeadline) {
  Running held = box_.start({"scan", "-", "--until", in_seconds(2)});
  held.feed("db.password=" + fake("in", 20) + "\n");
  const Outcome outcome = held.wait();
  EXPECT_EQ(outcome.exit_status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("deadline: -"));
}

TEST_F(KindTest, RefusesTimesAndRatesItCannotHonour) {
  for (const char* flag : {"--until=25:00", "--until=6", "--max-read-rate=0",
                           "--max-read-rate=fast", "--max-read-rate=100"}) {
    box_.write("t/a", "");
    const Outcome outcome = box_.run({"scan", "t", flag});
    EXPECT_EQ(outcome.exit_status, 2) << flag;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("bad-use"), HasSubstr("hint"))) << flag;
  }
}

TEST_F(KindTest, TheConfigurationsDeadlineEndsSweepsAndNoException) {
  write_files(1);
  EXPECT_EQ(sweep().exit_status, 1);
  const auto ids = json_strings(box_.run({"findings", "list", "--format", "jsonl"}).out, "id");
  ASSERT_FALSE(ids.empty());
  box_.write("nhisweep.yaml", std::string("until: ") + kPassed + "\n");
  EXPECT_EQ(sweep().exit_status, 3);
  const Outcome add =
      box_.run({"exceptions", "add", ids.front(), "--for", "pas", "--reason", "moves"});
  EXPECT_EQ(add.exit_status, 2);
  EXPECT_THAT(add.err, HasSubstr("needs a day on which it ends"));
}

// More than a pipe holds: when it is fed, a worker reads, and so all workers are there.
void feed_until_read(const Running& held) { held.feed(std::string(256 * 1024, '\n')); }

// Of /proc/PID/task: all threads of a process.
std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> threads;
  std::error_code ignored;
  for (const auto& entry :
       fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    threads.push_back(static_cast<pid_t>(std::stoi(entry.path().filename())));
  }
  return threads;
}

bool is_idle(pid_t thread) {
  const bool cpu = ::sched_getscheduler(thread) == SCHED_IDLE ||
                   ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) == 19;
  constexpr int kWhoProcess = 1;
  const long io = ::syscall(SYS_ioprio_get, kWhoProcess, thread);
  return cpu && io >> 13 == 3;
}

TEST_F(KindTest, TheBackgroundIsIdleInEveryThread) {
  Running held = box_.start({"scan", "-", "--background", "--jobs", "3"});
  feed_until_read(held);
  EXPECT_GE(threads_of(held.pid()).size(), 4u);
  for (const pid_t thread : threads_of(held.pid())) EXPECT_TRUE(is_idle(thread));
  held.feed("db.password=" + fake("in", 20) + "\n");
  const Outcome outcome = held.finish();
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.err, Not(HasSubstr("refused")));
}

TEST_F(KindTest, WithoutItTheProcessIsAsAnyOther) {
  Running held = box_.start({"scan", "-", "--jobs", "3"});
  feed_until_read(held);
  EXPECT_EQ(::sched_getscheduler(held.pid()), ::sched_getscheduler(0));
  EXPECT_EQ(held.finish().exit_status, 0);
}

TEST_F(KindTest, TheBackgroundTakesHalfTheCores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  const int half = std::max(1, CPU_COUNT(&set) / 2);
  Running asked = box_.start({"scan", "-", "--jobs", std::to_string(half)});
  Running kind = box_.start({"scan", "-", "--background"});
  feed_until_read(asked);
  feed_until_read(kind);
  // On a busy machine one may still be starting its threads.
  EXPECT_TRUE(eventually([&] {
    const std::size_t threads = threads_of(kind.pid()).size();
    return threads > 1 && threads == threads_of(asked.pid()).size();
  }));
  EXPECT_EQ(kind.finish().exit_status, 0);
}

TEST_F(KindTest, TheBackgroundLeavesThePageCacheAsItWas) {
  write_files(8);
  box_.must({"git", "init", "-q", "t"});
  box_.must({"git", "add", "-A"}, box_.path("t"));
  box_.must({"git", "commit", "-q", "-m", "one"}, box_.path("t"));
  box_.must({"git", "gc", "-q"}, box_.path("t"));
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(box_.path("t"))) {
    const std::string kind = entry.path().extension().string();
    if (kind == ".properties" || kind == ".pack" || kind == ".idx") {
      files.push_back(entry.path().string());
    }
  }
  ASSERT_EQ(files.size(), 10U);
  const std::string& warm = files.front();
  for (const std::string& file : files) evict(file);
  if (resident_pages(warm) != 0) GTEST_SKIP() << "this file system keeps cached pages";
  const auto size = static_cast<std::size_t>(fs::file_size(warm));
  // The kernel may hold a page for a moment, or take one for others: one of five tries must do.
  bool as_it_was = false;
  for (int i = 0; i < 5 && !as_it_was; ++i) {
    for (const std::string& file : files) evict(file);
    bring_in(warm, 0, size);
    const std::size_t pages = resident_pages(warm);
    EXPECT_LE(sweep({"--background", "--full"}).exit_status, 1);
    as_it_was = std::all_of(files.begin(), files.end(), [&](const std::string& file) {
      return resident_pages(file) == (file == warm ? pages : 0U);
    });
  }
  EXPECT_TRUE(as_it_was);
}

TEST_F(KindTest, ASecondSweepIsRefusedWithThePidAndTheFirstGoesOn) {
  Running held = box_.start({"sweep", "-"});
  const std::string pid = std::to_string(held.pid());
  ASSERT_TRUE(eventually([&] { return box_.read("nhisweep.db.lock").starts_with(pid); }));
  write_files(1);
  const Outcome second = sweep();
  EXPECT_EQ(second.exit_status, 5);
  EXPECT_THAT(second.err, AllOf(HasSubstr("error[busy]"), HasSubstr("process " + pid + ":")));
  held.feed("db.password=" + fake("in", 20) + "\n");
  EXPECT_EQ(held.finish().exit_status, 1);
  EXPECT_EQ(sweep().exit_status, 1) << "the way is free again";
}

}  // namespace
}  // namespace nhi::testing

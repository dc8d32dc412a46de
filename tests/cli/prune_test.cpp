// Claims about forgetting: what is gone for long leaves the inventory with its names, and nothing
// that still counts does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string kAuthor = "Josephine Goldacre";

// A row of the table: the text on 58 columns, the count on 9.
std::string row(const std::string& text, int count) {
  const std::string number = std::to_string(count);
  return text + std::string(58 - text.size() + 9 - number.size(), ' ') + number;
}

class PruneTest : public ::testing::Test {
 protected:
  // Three values in a repository: one stays, two are taken out of it with their history.
  void SetUp() override {
    box_.write("repo/stays.properties", "db.password=" + fake("stays", 20) + "\n");
    commit("Someone Else");
    box_.write("repo/a.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("repo/b.properties", "db.password=" + fake("b", 20) + "\n");
    commit(kAuthor);
    EXPECT_EQ(sweep("2025-01-01").exit_status, 1);
    git({"reset", "-q", "--hard", "HEAD~1"});
    git({"reflog", "expire", "--expire=now", "--all"});
    git({"gc", "-q", "--prune=now"});
    EXPECT_EQ(sweep("2025-01-02").exit_status, 0);
  }
  void git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"git", "-C", box_.path("repo")});
    box_.must(words);
  }
  void commit(const std::string& author) const {
    if (!fs::exists(box_.path("repo/.git"))) git({"init", "-q", "."});
    git({"add", "."});
    git({"commit", "-q", "-m", "more", "--author", author + " <someone@trust.example>"});
  }
  Outcome sweep(const std::string& as_of) const {
    return box_.run({"sweep", "repo", "--as-of", as_of});
  }
  Outcome prune(std::vector<std::string> more = {}, const std::string& as_of = "2026-06-01") const {
    std::vector<std::string> args = {"prune", "--older-than", "400d", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  // In some file of the inventory.
  bool stored(const std::string& text) const {
    std::string bytes;
    for (const char* name : {"nhisweep.db", "nhisweep.db-wal", "nhisweep.db-shm"}) {
      if (fs::exists(box_.path(name))) bytes += box_.read(name);
    }
    return bytes.find(text) != std::string::npos;
  }
  void call_gone_false() const {
    EXPECT_EQ(box_.run({"findings", "decide", "--state", "gone", "--as", "false-positive",
                        "--reason", "test values", "--as-of", "2025-01-03"})
                  .exit_status,
              0);
  }
  std::size_t findings() const {
    return json_strings(box_.run({"findings", "list", "--format", "jsonl"}).out, "fingerprint")
        .size();
  }
  Sandbox box_;
};

TEST_F(PruneTest, WhatIsGoneAndSettledLeavesWithItsAuthor) {
  call_gone_false();
  EXPECT_TRUE(stored(kAuthor));
  EXPECT_TRUE(stored("a.properties"));
  const Outcome before = prune({"--dry-run"});
  EXPECT_EQ(before.exit_status, 0) << before.err;
  EXPECT_THAT(before.out, HasSubstr("would go"));
  EXPECT_EQ(findings(), 3U);
  const Outcome done = prune();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(row("findings that are not in the files any more", 2)));
  EXPECT_FALSE(stored(kAuthor));
  EXPECT_FALSE(stored("a.properties"));
  EXPECT_TRUE(stored("Someone Else"));
  EXPECT_EQ(findings(), 1U);
  const Outcome next = sweep("2026-06-02");
  EXPECT_EQ(next.exit_status, 0);
  EXPECT_THAT(next.out, HasSubstr("new 0  open 1  gone 0  unverified 0"));
}

TEST_F(PruneTest, WhatIsNotKnownToBeDeadStaysWithoutItsAuthor) {
  const Outcome done = prune();
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(row("its credential is not known to be dead", 2)));
  EXPECT_FALSE(stored(kAuthor));
  EXPECT_TRUE(stored("a.properties"));
  EXPECT_EQ(findings(), 3U);
  EXPECT_THAT(sweep("2026-06-02").out, HasSubstr("removed from files, not proven dead: 2"));
}

TEST_F(PruneTest, WhatIsYoungOrAcceptedStaysWhole) {
  EXPECT_EQ(prune({}, "2026-01-01").exit_status, 0);  // 364 days
  EXPECT_TRUE(stored(kAuthor));
  EXPECT_EQ(box_.run({"exceptions", "add", "--state", "gone", "--for", "team", "--reason", "r",
                      "--until", "2027-01-01", "--as-of", "2025-01-03"})
                .exit_status,
            0);
  const Outcome done = prune();
  EXPECT_THAT(done.out, HasSubstr(row("somebody decided about it since, or accepts it", 2)));
  EXPECT_TRUE(stored(kAuthor));
}

TEST_F(PruneTest, WhatComesBackAfterwardsIsNewAndUndecided) {
  call_gone_false();
  EXPECT_EQ(prune().exit_status, 0);
  box_.write("repo/a.properties", "db.password=" + fake("a", 20) + "\n");
  const Outcome next = sweep("2026-06-02");
  EXPECT_EQ(next.exit_status, 1);
  EXPECT_THAT(next.out, HasSubstr("new 1  open 1"));
}

TEST_F(PruneTest, BadUseNamesTheFlagAndNoInventoryIsMade) {
  EXPECT_EQ(box_.run({"prune"}).exit_status, 2);
  const Outcome bad = box_.run({"prune", "--older-than", "long"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.err, HasSubstr("--older-than"));
  EXPECT_THAT(bad.err, HasSubstr("400d"));
  const Outcome none = box_.run({"prune", "--older-than", "1d", "--inventory", "mistyped.db"});
  EXPECT_EQ(none.exit_status, 5);
  EXPECT_FALSE(fs::exists(box_.path("mistyped.db")));
}

TEST_F(PruneTest, ARunningSweepIsNamedAndNothingIsRemoved) {
  const Running running = box_.start({"sweep", "-", "--as-of", "2026-06-01"});
  const std::string pid = std::to_string(running.pid());
  ASSERT_TRUE(eventually([&] { return box_.read("nhisweep.db.lock").starts_with(pid); }));
  const Outcome refused = prune();
  EXPECT_EQ(refused.exit_status, 5);
  EXPECT_THAT(refused.err, HasSubstr("process " + pid));
  EXPECT_TRUE(stored(kAuthor));
}

}  // namespace
}  // namespace nhi::testing

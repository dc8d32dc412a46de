// Claims about `nhisweep sweep`: presence is a fact of reading, ids outlive moves, a kill loses
// nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;

class SweepTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("share/a/app.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("share/b/app.properties", "db.password=" + fake("b", 20) + "\n");
    box_.write("share/readme.txt", "quiet\n");
  }
  Outcome sweep(std::vector<std::string> more = {"share"}) {
    std::vector<std::string> args = {"sweep", "--as-of", "2026-11-25"};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  // Finding id -> state, of credentials in the inventory.
  std::map<std::string, std::string> states() {
    const Outcome list = box_.run({"findings", "list", "--format", "jsonl"});
    EXPECT_EQ(list.exit_status, 0) << list.err;
    std::map<std::string, std::string> out;
    std::size_t at = 0;
    while (at < list.out.size()) {
      const std::size_t end = list.out.find('\n', at);
      const std::string line = list.out.substr(at, end - at);
      at = end + 1;
      const auto id = json_strings(line, "id");
      const auto state = json_strings(line, "state");
      const auto kind = json_strings(line, "kind");
      if (!id.empty() && !state.empty() && kind.at(0) == "credential") out[id[0]] = state[0];
    }
    return out;
  }
  std::multiset<std::string> state_words() {
    std::multiset<std::string> words;
    for (const auto& [id, state] : states()) words.insert(state);
    return words;
  }
  // The file in which the repository `share` keeps an object.
  std::string loose_object(const std::string& name) {
    box_.must({"sh", "-c", "git -C share rev-parse " + name + " > id"}, box_.folder());
    const std::string id = box_.read("id");
    return box_.path("share/.git/objects/" + id.substr(0, 2) + "/" + id.substr(2, 38));
  }
  using Words = std::multiset<std::string>;
  Sandbox box_;
};

TEST_F(SweepTest, SaysNewOnceAndThenNothingNew) {
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(state_words(), (Words{"new", "new"}));
  const Outcome second = sweep();
  EXPECT_EQ(second.exit_status, 0) << second.out << second.err;
  EXPECT_EQ(state_words(), (Words{"open", "open"}));
}

TEST_F(SweepTest, SaysGoneWhenThePlaceWasReadOrIsProvenAbsent) {
  sweep();
  box_.write("share/a/app.properties", "db.password=${DB_PASSWORD}\n");
  fs::remove(box_.path("share/b/app.properties"));
  box_.write("share/b/other.txt", "still a folder\n");
  EXPECT_EQ(sweep().exit_status, 0);
  EXPECT_EQ(state_words(), (Words{"gone", "gone"}));
}

TEST_F(SweepTest, AFolderThatLostItsFolderIsProvenAbsent) {
  sweep();
  fs::remove_all(box_.path("share/b"));
  EXPECT_EQ(sweep().exit_status, 0);
  EXPECT_EQ(state_words(), (Words{"gone", "open"}));
}

TEST_F(SweepTest, AnUnmountedShareIsUnverifiedNotGone) {
  sweep();
  fs::rename(box_.path("share/b"), box_.path("elsewhere"));
  fs::create_directory(box_.path("share/b"));
  sweep();
  EXPECT_EQ(state_words(), (Words{"open", "unverified"}));
}

TEST_F(SweepTest, AMissingTargetIsUnverifiedAndIncomplete) {
  sweep();
  fs::rename(box_.path("share"), box_.path("elsewhere"));
  EXPECT_EQ(sweep().exit_status, 3);
  EXPECT_EQ(state_words(), (Words{"unverified", "unverified"}));
}

TEST_F(SweepTest, AnExcludedPathIsUnverifiedNotGone) {
  sweep();
  EXPECT_EQ(sweep({"share", "--exclude", "b/**"}).exit_status, 0);
  EXPECT_EQ(state_words(), (Words{"open", "unverified"}));
  EXPECT_EQ(sweep().exit_status, 0) << "seen again is not new";
  EXPECT_EQ(state_words(), (Words{"open", "open"}));
}

TEST_F(SweepTest, AnUnreadableFolderIsUnverifiedAndIncomplete) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  RunOptions as_nobody;
  as_nobody.uid = 65534;
  fs::permissions(box_.path("home"), fs::perms::all);
  fs::create_directory(box_.path("work"));
  fs::permissions(box_.path("work"), fs::perms::all);
  as_nobody.cwd = box_.path("work");
  const std::vector<std::string> args = {"sweep", box_.path("share"), "--as-of", "2026-11-25"};
  EXPECT_EQ(box_.run(args, as_nobody).exit_status, 1);
  fs::permissions(box_.path("share/b"), fs::perms::none);
  const Outcome second = box_.run(args, as_nobody);
  EXPECT_EQ(second.exit_status, 3) << second.err;
  EXPECT_NE(second.err.find("share/b"), std::string::npos) << second.err;
  const Outcome list = box_.run({"findings", "list", "--format", "jsonl"}, as_nobody);
  const auto words = json_strings(list.out, "state");
  EXPECT_EQ(std::count(words.begin(), words.end(), "unverified"), 1);
  EXPECT_EQ(std::count(words.begin(), words.end(), "gone"), 0);
}

TEST_F(SweepTest, AnotherTargetsSweepTouchesNothing) {
  sweep();
  box_.write("second/app.properties", "db.password=" + fake("c", 20) + "\n");
  EXPECT_EQ(sweep({"second"}).exit_status, 1);
  const auto words = state_words();
  EXPECT_EQ(words.size(), 3U);
  EXPECT_EQ(words.count("gone"), 0U);
}

TEST_F(SweepTest, AChangedRulesetNeverMakesGone) {
  sweep();
  box_.write("other.yaml",
             "- id: only-this\n  name: Only this\n  pattern: 'onlythis_(?P<secret>[a-z]{8})'\n"
             "  category: test\n  principal: machine\n  severity: low\n  confidence: high\n"
             "  matches: ['onlythis_abcdefgh']\n  misses: ['onlythis_1']\n"
             "  references: ['https://example.org']\n");
  const Outcome second = sweep({"share", "--no-default-rules", "--rules", "other.yaml"});
  EXPECT_EQ(second.exit_status, 0) << second.err;
  EXPECT_EQ(state_words().count("gone"), 0U);
}

TEST_F(SweepTest, KeepsIdsOverAnInsertedLineAndAMovedCheckout) {
  sweep();
  const auto before = states();
  box_.write("share/a/app.properties", "# a comment\n\ndb.password=" + fake("a", 20) + "\n");
  fs::create_directory(box_.path("moved"));
  fs::rename(box_.path("share"), box_.path("moved/share"));
  EXPECT_EQ(sweep({"moved/share"}).exit_status, 0);
  const auto after = states();
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [id, state] : before) {
    ASSERT_TRUE(after.contains(id));
    EXPECT_EQ(after.at(id), "open");
  }
}

TEST_F(SweepTest, KeepsIdsOverARepack) {
  box_.must({"git", "init", "-q", "-b", "main", "share"});
  box_.must({"git", "add", "-A"}, box_.path("share"));
  box_.must({"git", "commit", "-q", "-m", "first"}, box_.path("share"));
  sweep();
  const auto before = states();
  EXPECT_EQ(before.size(), 2U) << "a file and its blob are one finding";
  box_.must({"git", "gc", "-q", "--prune=now"}, box_.path("share"));
  EXPECT_EQ(sweep().exit_status, 0);
  const auto after = states();
  for (const auto& [id, state] : before) EXPECT_EQ(after.at(id), "open");
}

// After new commits only new blobs are read, and those that hold something are placed anew.
TEST_F(SweepTest, OfAHistoryThatHasGrownOnlyWhatIsNewIsRead) {
  for (int i = 0; i < 50; ++i) {
    box_.write("share/notes/" + std::to_string(i), "nothing to see, " + std::to_string(i) + "\n");
  }
  const auto commit = [&](const std::string& message) {
    box_.must({"git", "add", "-A"}, box_.path("share"));
    box_.must({"git", "commit", "-q", "-m", message}, box_.path("share"));
  };
  const auto objects = [](const Outcome& outcome, const std::string& list) {
    const std::size_t at =
        outcome.out.find("git_objects\":", outcome.out.find("\"" + list + "\":{"));
    return std::stoi(outcome.out.substr(at + 13, 10));
  };
  box_.must({"git", "init", "-q", "-b", "main", "share"});
  commit("first");
  const Outcome first = sweep({"share", "--format", "json"});
  EXPECT_EQ(objects(first, "read"), 54);  // blobs and a commit
  EXPECT_EQ(objects(first, "carried"), 0);
  box_.write("share/c/app.properties", "db.password=" + fake("c", 20) + "\n");
  fs::remove(box_.path("share/b/app.properties"));
  commit("second");
  const Outcome second = sweep({"share", "--format", "json"});
  EXPECT_EQ(second.exit_status, 1);
  EXPECT_EQ(objects(second, "read"), 5);  // two commits, three blobs that hold something
  EXPECT_EQ(objects(second, "carried"), 51);
  EXPECT_EQ(state_words(), (Words{"new", "open", "open"}));
  const auto before = states();
  EXPECT_EQ(objects(sweep({"share", "--full", "--format", "json"}), "read"), 56);
  EXPECT_EQ(objects(sweep({"share", "--format", "json"}), "carried"), 56);
  EXPECT_EQ(states().size(), before.size());
}

// A history that lacks an object is read once; what it lacks is told every night.
TEST_F(SweepTest, AHistoryThatLacksAnObjectIsReadAgainOnlyWhenItIsChanged) {
  box_.must({"git", "init", "-q", "-b", "main", "share"});
  box_.must({"git", "add", "-A"}, box_.path("share"));
  box_.must({"git", "commit", "-q", "-m", "first"}, box_.path("share"));
  EXPECT_EQ(sweep().exit_status, 1);
  const std::string path = loose_object("HEAD:b/app.properties");
  fs::rename(path, box_.path("kept"));
  for (int night = 0; night < 2; ++night) {
    const Outcome lacking = sweep();
    EXPECT_EQ(lacking.exit_status, 3) << lacking.out << lacking.err;
    EXPECT_NE(lacking.out.find(": missing-object"), std::string::npos) << lacking.out;
    EXPECT_NE(lacking.err.find("git fsck, or git bundle verify"), std::string::npos) << lacking.err;
    const bool read_anew = lacking.out.find("read 0 files, 0 bytes;") == std::string::npos;
    EXPECT_EQ(read_anew, night == 0) << lacking.out;
  }
  fs::rename(box_.path("kept"), path);
  EXPECT_EQ(sweep().exit_status, 0);
}

// What it lacked may hold it still: a reading that is taken over proves no more than it did.
TEST_F(SweepTest, AHistoryThatLacksAnObjectNeverProvesAFindingGone) {
  box_.write("share/old.properties", "db.password=" + fake("old", 20) + "\n");
  box_.must({"git", "init", "-q", "-b", "main", "share"});
  box_.must({"git", "add", "-A"}, box_.path("share"));
  box_.must({"git", "commit", "-q", "-m", "first"}, box_.path("share"));
  const std::string path = loose_object("HEAD:old.properties");
  fs::remove(box_.path("share/old.properties"));
  box_.must({"git", "commit", "-q", "-a", "-m", "second"}, box_.path("share"));
  EXPECT_EQ(sweep().exit_status, 1);
  fs::remove(path);
  for (int night = 0; night < 3; ++night) {
    EXPECT_EQ(sweep().exit_status, 3);
    EXPECT_EQ(state_words().count("unverified"), 1U);
    EXPECT_EQ(state_words().count("gone"), 0U);
  }
}

TEST_F(SweepTest, AMissingRepositoryIsUnverified) {
  box_.write("estate.yaml",
             "estate: T\ntargets:\n  - {name: repos, git: [repos/one, repos/two]}\n");
  for (const char* name : {"one", "two"}) {
    const std::string repo = std::string("repos/") + name;
    box_.write(repo + "/app.properties", "db.password=" + fake(name, 20) + "\n");
    box_.must({"git", "init", "-q", "-b", "main", repo});
    box_.must({"git", "add", "-A"}, box_.path(repo));
    box_.must({"git", "commit", "-q", "-m", "first"}, box_.path(repo));
  }
  EXPECT_EQ(sweep({"--estate", "estate.yaml"}).exit_status, 1);
  fs::rename(box_.path("repos/two"), box_.path("parked"));
  EXPECT_EQ(sweep({"--estate", "estate.yaml"}).exit_status, 3);
  EXPECT_EQ(state_words(), (Words{"open", "unverified"}));
}

TEST_F(SweepTest, KilledInTheMiddleLeavesThePreviousSweepAndReusesWhatWasFinished) {
  for (int i = 0; i < 3000; ++i) {
    box_.write("share/many/" + std::to_string(i) + ".properties",
               "db.password=" + fake(std::to_string(i), 20) + "\n");
  }
  ASSERT_EQ(sweep().exit_status, 1);
  const auto before = states();
  for (const int milliseconds : {20, 60, 120, 250, 500}) {
    for (int i = 0; i < 500; ++i) {
      box_.write("share/many/" + std::to_string(i) + ".properties",
                 "x=" + std::to_string(milliseconds) +
                     "\ndb.password=" + fake(std::to_string(i), 20) + "\n");
    }
    RunOptions killed;
    killed.kill_after_ms = milliseconds;
    box_.run({"sweep", "share", "--as-of", "2026-11-26", "--full"}, killed);
    std::set<std::string> ids;
    for (const auto& [id, state] : states()) ids.insert(id);
    EXPECT_EQ(ids.size(), before.size()) << "after a kill at " << milliseconds << " ms";
  }
  EXPECT_EQ(sweep().exit_status, 0);
  EXPECT_EQ(states().size(), before.size());
}

TEST_F(SweepTest, WritesOnePageThatNamesTheHeadlines) {
  sweep({"share", "--html", "report.html"});
  const std::string page = box_.read("report.html");
  EXPECT_NE(page.find("<html"), std::string::npos);
  EXPECT_EQ(page.find(fake("a", 20)), std::string::npos);
  EXPECT_EQ(page.find("src=\"http"), std::string::npos) << "nothing from elsewhere";
}

// The estate that ./dev sweep shows to a stranger: what it must say of it.
TEST(SampleEstate, ShowsWhatHangsOnCis1AndFallsIntoNoTrap) {
  const Sandbox box;
  box.must({"bash", NHI_SOURCE_DIR "/tests/estate/make.sh", box.path("made")});
  const Outcome first = box.run(
      {"sweep", "--estate", "made/estate.yaml", "--as-of", "2026-11-25", "--format", "jsonl"});
  EXPECT_EQ(first.exit_status, 1) << first.err;
  std::set<std::string> identities;
  for (const std::string& key : json_strings(first.out, "identity")) identities.insert(key);
  for (const char* key : {"mssql:pas01:1433/svc_mirth", "postgresql:ers01:5432/svc_ers",
                          "sftp:sftp.northward.example:22/svc_adt_pickup"}) {
    EXPECT_TRUE(identities.contains(key)) << key;
  }
  const Outcome traps = box.run({"scan", "made/traps", "--format", "jsonl"});
  EXPECT_EQ(traps.exit_status, 0) << traps.out;
  const Outcome dependencies = box.run({"dependencies", "list", "--format", "json"});
  const auto states = json_strings(dependencies.out, "proposed");
  EXPECT_EQ(std::set<std::string>(states.begin(), states.end()),
            (std::set<std::string>{"cis1-only", "dual", "observed"}))
      << dependencies.out;
  const Outcome again = box.run({"sweep", "--estate", "made/estate.yaml", "--as-of", "2026-11-26"});
  EXPECT_EQ(again.exit_status, 0) << again.out;
}

}  // namespace
}  // namespace nhi::testing

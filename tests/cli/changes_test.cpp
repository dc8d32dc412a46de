// Claims about `nhisweep scan --staged` and `--since`, on the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Changes : public ::testing::Test {
 protected:
  Changes() { git({"init", "-q", "-b", "main", box_.path("r")}, box_.folder()); }

  void git(std::vector<std::string> words, const std::string& cwd = {}) const {
    words.insert(words.begin(), "git");
    box_.must(words, cwd.empty() ? box_.path("r") : cwd);
  }
  void commit(const std::string& message) const {
    git({"add", "-A"});
    git({"commit", "-q", "-m", message});
  }
  static std::string line(const std::string& name) {
    return "db.password=" + fake(name, 20) + "\n";
  }
  [[nodiscard]] Outcome scan(std::vector<std::string> flags, const std::string& cwd = {}) const {
    flags.insert(flags.begin(), {"scan", "--format", "json"});
    RunOptions options;
    options.cwd = cwd.empty() ? box_.path("r") : cwd;
    return box_.run(flags, options);
  }
  [[nodiscard]] Outcome staged(const std::string& cwd = {}) const {
    return scan({"--staged"}, cwd);
  }
  static std::vector<std::string> paths(const Outcome& scanned) {
    return json_strings(scanned.out, "path");
  }

  const Sandbox box_;
};

TEST_F(Changes, ReadsWhatIsStagedAndNotTheWorkTree) {
  box_.write("r/a.properties", "x=1\n" + line("staged"));
  git({"add", "-A"});
  box_.write("r/a.properties", "x=1\n");
  box_.write("r/b.properties", line("not staged"));
  const Outcome scanned = staged();
  EXPECT_EQ(scanned.exit_status, 1) << scanned.err;
  EXPECT_THAT(paths(scanned), ElementsAre("a.properties"));
  EXPECT_THAT(scanned.out, HasSubstr("\"lines\":[2,2]"));
  EXPECT_THAT(scanned.out + scanned.err, Not(HasSubstr(fake("staged", 20))));
  // What is not staged any more is not there.
  git({"rm", "-q", "--cached", "-f", "a.properties"});
  EXPECT_EQ(staged().exit_status, 0);
}

TEST_F(Changes, LeavesOutWhatHeadHoldsAtTheSamePath) {
  box_.write("r/a.properties", line("old"));
  box_.write("r/b.properties", "b=1\n");
  commit("first");
  box_.write("r/a.properties", "above=1\n" + line("old"));
  git({"add", "-A"});
  const Outcome touched = staged();
  EXPECT_EQ(touched.exit_status, 0) << touched.out;
  EXPECT_THAT(touched.err, HasSubstr("1 finding stood there before this change"));
  box_.write("r/a.properties", "above=1\n" + line("old") + line("new"));
  // The same value in another file is new there.
  box_.write("r/b.properties", "b=1\n" + line("old"));
  git({"add", "-A"});
  const Outcome more = staged();
  EXPECT_EQ(more.exit_status, 1);
  EXPECT_THAT(paths(more), ElementsAre("a.properties", "b.properties"));
  EXPECT_THAT(more.out, HasSubstr("\"lines\":[3,3]"));
}

TEST_F(Changes, LetsAFileBeMoved) {
  box_.write("r/a.properties", "a=1\nb=2\n" + line("old"));
  commit("first");
  git({"mv", "a.properties", "c.properties"});
  box_.write("r/c.properties", "a=1\nb=3\n" + line("old"));
  git({"add", "-A"});
  EXPECT_EQ(staged().exit_status, 0);
  // A copy is not a move.
  git({"checkout", "-q", "HEAD", "--", "a.properties"});
  EXPECT_EQ(staged().exit_status, 1);
}

TEST_F(Changes, GivesTheIdsOfAPlainScan) {
  box_.write("r/sub/a.properties", line("a"));
  git({"add", "-A"});
  const auto ids = [](const Outcome& scanned) { return json_strings(scanned.out, "id"); };
  const Outcome plain = scan({".", "--no-git-history"});
  ASSERT_EQ(plain.exit_status, 1) << plain.err;
  EXPECT_EQ(ids(staged()), ids(plain));
  EXPECT_EQ(ids(scan({"--staged", "r"}, box_.folder())),
            ids(scan({"r", "--no-git-history"}, box_.folder())));
  EXPECT_EQ(ids(scan({"--staged", "sub"})), ids(scan({"sub"})));
  // In a folder of it the whole repository is meant.
  const Outcome inside = staged(box_.path("r/sub"));
  EXPECT_EQ(ids(inside), ids(plain));
  EXPECT_THAT(inside.out, HasSubstr("\"root\":\"..\""));
  // So what a baseline knows is known.
  box_.write("baseline.json", plain.out);
  EXPECT_EQ(scan({"--staged", "--baseline", box_.path("baseline.json")}).exit_status, 0);
}

TEST_F(Changes, KeepsToTheFolderThatIsNamed) {
  box_.write("r/in/a.properties", line("a"));
  box_.write("r/in-not/b.properties", line("b"));
  git({"add", "-A"});
  const Outcome scanned = scan({"--staged", "in"});
  EXPECT_THAT(paths(scanned), ElementsAre("a.properties"));
}

TEST_F(Changes, HonoursInlineIgnoresAndExclude) {
  box_.write("r/a.properties", "db.password=" + fake("x", 20) + " # nhisweep:allow\n");
  git({"add", "-A"});
  EXPECT_EQ(staged().exit_status, 0);
  box_.write("r/b.properties", line("b"));
  git({"add", "-A"});
  EXPECT_EQ(scan({"--staged", "--exclude", "b.*"}).exit_status, 0);
  EXPECT_EQ(scan({"--staged", "--max-file-size", "4"}).exit_status, 0);
  EXPECT_EQ(staged().exit_status, 1);
}

TEST_F(Changes, ThatCannotBeReadAreNeverClean) {
  box_.write("r/a.txt", "quiet\n");
  commit("first");
  box_.write("r/a.txt", "quiet too\n");
  box_.write("r/b.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10) + "xx");
  git({"add", "-A"});
  const Outcome closed = staged();
  EXPECT_EQ(closed.exit_status, 3);
  EXPECT_THAT(closed.out, HasSubstr("closed-gzip"));
  EXPECT_EQ(scan({"--staged", "--accept-closed", "gzip"}).exit_status, 0);
  git({"rm", "-q", "--cached", "b.gz"});
  const Outcome made = box_.other({"git", "rev-parse", ":a.txt"}, box_.path("r"));
  const std::string blob = made.out.substr(0, 40);
  std::filesystem::remove(box_.path("r/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2)));
  const Outcome missing = staged();
  EXPECT_EQ(missing.exit_status, 3);
  EXPECT_THAT(missing.out, HasSubstr("missing-object"));
  box_.write("r/.git/index", "DIRC and then nothing");
  const Outcome damaged = staged();
  EXPECT_EQ(damaged.exit_status, 5);
  EXPECT_THAT(damaged.err, HasSubstr("index"));
  EXPECT_THAT(damaged.out, IsEmpty());
}

TEST_F(Changes, OfASplitIndexSayWhatToDo) {
  box_.write("r/a.txt", "quiet\n");
  commit("first");
  git({"update-index", "--split-index"});
  const Outcome scanned = staged();
  EXPECT_EQ(scanned.exit_status, 5);
  EXPECT_THAT(scanned.err, HasSubstr("--no-split-index"));
}

TEST_F(Changes, AskedForInTheWrongWayAreBadUse) {
  box_.write("r/a.txt", "quiet\n");
  commit("first");
  git({"clone", "-q", "--bare", "r", "bare"}, box_.folder());
  const auto status = [&](const std::vector<std::string>& flags) {
    const Outcome scanned = scan(flags);
    EXPECT_THAT(scanned.err, HasSubstr("hint")) << flags[0];
    return scanned.exit_status;
  };
  EXPECT_EQ(status({"--staged", "--since", "HEAD"}), 2);
  EXPECT_EQ(status({"--staged", ".", ".."}), 2);
  EXPECT_EQ(status({"--staged", box_.folder()}), 2);
  EXPECT_EQ(status({"--staged", "a.txt"}), 2);
  EXPECT_EQ(status({"--staged", box_.path("bare")}), 2);
  EXPECT_EQ(status({"--since", "no-such-branch"}), 2);
  EXPECT_EQ(scan({"--since", "HEAD", box_.path("bare")}).exit_status, 0);
  const Outcome unknown = scan({"--since", "no-such-branch"});
  EXPECT_THAT(unknown.err, HasSubstr("no-such-branch"));
  EXPECT_EQ(box_.run({"sweep", "--staged", "."}).exit_status, 2);
  EXPECT_EQ(box_.run({"sweep", "--since", "HEAD", "."}).exit_status, 2);
  EXPECT_EQ(box_.run({"scan"}).exit_status, 2);
}

TEST_F(Changes, SinceARevisionAreThoseOfItsCommits) {
  box_.write("r/old.properties", line("old"));
  commit("first");
  git({"tag", "-a", "v1", "-m", "v1"});
  box_.write("r/gone.properties", line("gone"));
  box_.write("r/old.properties", "above=1\n" + line("old"));
  commit("second, password=" + fake("message", 20));
  std::filesystem::remove(box_.path("r/gone.properties"));
  box_.write("r/stays.properties", line("stays"));
  commit("third");
  const Outcome scanned = scan({"--since", "v1"});
  EXPECT_EQ(scanned.exit_status, 1) << scanned.err;
  EXPECT_THAT(scanned.out, HasSubstr("\"path\":\"gone.properties\""));
  EXPECT_THAT(scanned.out, HasSubstr("\"path\":\"stays.properties\""));
  EXPECT_THAT(scanned.out, Not(HasSubstr("\"path\":\"old.properties\"")));
  EXPECT_THAT(scanned.out, HasSubstr("\"member\":\"commit-message\""));
  EXPECT_THAT(scanned.err, HasSubstr("1 finding stood there before"));
  for (const char* name : {"old", "gone", "stays", "message"}) {
    EXPECT_THAT(scanned.out + scanned.err, Not(HasSubstr(fake(name, 20)))) << name;
  }
  const Outcome one = scan({"--since", "HEAD~1"});
  EXPECT_THAT(one.out, HasSubstr("\"path\":\"stays.properties\""));
  EXPECT_THAT(one.out, Not(HasSubstr("gone.properties")));
  EXPECT_EQ(scan({"--since", "HEAD"}).exit_status, 0);
}

TEST_F(Changes, SinceARevisionHaveIdsAndFactsOfTheHistory) {
  box_.write("r/quiet", "quiet\n");
  commit("first");
  box_.write("r/a.properties", line("a"));
  commit("second");
  const Outcome part = scan({"--since", "HEAD~1"});
  const Outcome whole = scan({"."});
  for (const char* key : {"id", "commit", "author", "committer", "date", "last_seen_commit"}) {
    EXPECT_EQ(json_strings(part.out, key), json_strings(whole.out, key)) << key;
  }
}

TEST_F(Changes, AreTheSameForEveryNumberOfJobs) {
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::to_string(i);
    box_.write("r/f" + name + ".properties", line(name) + line(name + "b"));
  }
  git({"add", "-A"});
  const Outcome one = scan({"--staged", "--jobs", "1", "--as-of", "2026-11-25"});
  EXPECT_EQ(one.exit_status, 1);
  for (const char* jobs : {"2", "8"}) {
    EXPECT_EQ(scan({"--staged", "--jobs", jobs, "--as-of", "2026-11-25"}).out, one.out) << jobs;
  }
}

}  // namespace
}  // namespace nhi::testing

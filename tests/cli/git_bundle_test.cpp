// Claims: a bundle of git is read like the history that it is, by name of the place within, once
// for as long as the file stays the same; what of it is not there makes the status incomplete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class GitBundleFile : public ::testing::Test {
 protected:
  GitBundleFile() {
    box_.write("r/a.txt", "nothing to see\n");
    git({"init", "-q", "-b", "main"});
    commit("first");
    box_.write("r/conf/app.properties", "db.password=" + fake("bundle", 20) + "\n");
    commit("second");
    std::filesystem::remove(box_.path("r/conf/app.properties"));
    commit("third");
    box_.write("t/notes.txt", "of a backup\n");
  }
  void git(std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    box_.must(words, box_.path("r"));
  }
  void commit(const std::string& message) {
    git({"add", "-A"});
    git({"commit", "-q", "-m", message});
  }
  // Made at another place: git writes it bit by bit.
  void bundle(std::vector<std::string> revisions) {
    revisions.insert(revisions.begin(), {"bundle", "create", "-q", "../new.bundle"});
    git(revisions);
    std::filesystem::rename(box_.path("new.bundle"), box_.path("t/r.bundle"));
  }
  Sandbox box_;
};

TEST_F(GitBundleFile, IsReadToItsEndAndNamesThePlaceWithin) {
  bundle({"--all"});
  const Outcome scan = box_.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_THAT(scan.out, HasSubstr("t/r.bundle!/conf/app.properties:1:13"));
  EXPECT_THAT(scan.out, Not(HasSubstr("closed-git-pack")));
  const Outcome json = box_.run({"scan", "t/r.bundle", "--format", "json"});
  EXPECT_EQ(json.exit_status, 1);
  EXPECT_THAT(json_strings(json.out, "path"), Contains("r.bundle"));
  EXPECT_THAT(json_strings(json.out, "member"), Contains("conf/app.properties"));
  EXPECT_THAT(json_strings(json.out, "author"), Contains("A <a@example.org>"));
}

TEST_F(GitBundleFile, OfAPartIsIncomplete) {
  bundle({"main", "^main~2"});
  const Outcome scan = box_.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("t/r.bundle!/conf/app.properties:1:13"));
  EXPECT_THAT(scan.out, HasSubstr("t/r.bundle: shallow-history\n"));
  EXPECT_THAT(scan.out, HasSubstr("NOT READ: 1 place"));
}

TEST_F(GitBundleFile, IsCarriedForAsLongAsItStaysTheSame) {
  bundle({"--all"});
  // A file that is new may change again within the clock's grain.
  box_.must({"touch", "-d", "2020-01-01", box_.path("t/r.bundle")});
  const auto sweep = [&] { return box_.run({"sweep", "t", "--format", "json"}); };
  EXPECT_EQ(sweep().exit_status, 1);
  box_.must({"sleep", "3"});
  EXPECT_EQ(sweep().exit_status, 0);
  const Outcome third = sweep();
  EXPECT_EQ(third.exit_status, 0);
  EXPECT_THAT(third.out, HasSubstr(R"("git_objects":0)"));
  EXPECT_THAT(box_.run({"findings", "list"}).out, HasSubstr("r.bundle!/conf/app.properties"));

  box_.write("r/more.properties", "db.password=" + fake("more", 20) + "\n");
  commit("fourth");
  bundle({"--all"});
  EXPECT_EQ(sweep().exit_status, 1);
  const Outcome listed = box_.run({"findings", "list"});
  EXPECT_THAT(listed.out, HasSubstr("r.bundle!/conf/app.properties"));
  EXPECT_THAT(listed.out, HasSubstr("r.bundle!/more.properties"));
}

TEST_F(GitBundleFile, ThatLostAPartKeepsItsFindingsUnverified) {
  bundle({"--all"});
  EXPECT_EQ(box_.run({"sweep", "t"}).exit_status, 1);
  bundle({"main", "^main~1"});
  EXPECT_EQ(box_.run({"sweep", "t"}).exit_status, 3);
  EXPECT_THAT(box_.run({"findings", "list"}).out, HasSubstr("unverified"));
  bundle({"--all"});
  EXPECT_EQ(box_.run({"sweep", "t"}).exit_status, 0);
  std::filesystem::remove(box_.path("t/r.bundle"));
  EXPECT_EQ(box_.run({"sweep", "t"}).exit_status, 0);
  EXPECT_THAT(box_.run({"findings", "list", "--state", "gone"}).out, HasSubstr("r.bundle"));
}

}  // namespace
}  // namespace nhi::testing

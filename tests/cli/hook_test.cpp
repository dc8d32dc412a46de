// Claims about `nhisweep hook`: git runs what it installs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

class Hook : public ::testing::Test {
 protected:
  Hook() { box_.must({"git", "init", "-q", "-b", "main", box_.path("r")}); }

  [[nodiscard]] Outcome hook(const std::string& verb, const std::string& path = "r") const {
    return box_.run({"hook", verb, path});
  }
  [[nodiscard]] Outcome git(std::vector<std::string> words, const std::string& cwd = "r") const {
    words.insert(words.begin(), "git");
    return box_.other(words, box_.path(cwd));
  }
  static std::string line(const std::string& name) {
    return "db.password=" + fake(name, 20) + "\n";
  }

  const Sandbox box_;
  const std::string place_ = "r/.git/hooks/pre-commit";
};

TEST_F(Hook, StopsACommitThatBringsASecretAndNoOther) {
  ASSERT_EQ(hook("install").exit_status, 0);
  box_.write("r/quiet.txt", "nothing\n");
  box_.must({"git", "add", "-A"}, box_.path("r"));
  const Outcome quiet = git({"commit", "-q", "-m", "quiet"});
  EXPECT_EQ(quiet.exit_status, 0) << quiet.err;
  EXPECT_THAT(quiet.out + quiet.err, IsEmpty());

  box_.write("r/a.properties", "x=1\n" + line("secret"));
  box_.must({"git", "add", "-A"}, box_.path("r"));
  const Outcome stopped = git({"commit", "-q", "-m", "secret"});
  EXPECT_NE(stopped.exit_status, 0);
  EXPECT_THAT(stopped.err, HasSubstr("a.properties:2"));
  EXPECT_THAT(stopped.err, HasSubstr("--no-verify"));
  EXPECT_THAT(stopped.out + stopped.err, Not(HasSubstr(fake("secret", 20))));
  EXPECT_EQ(git({"commit", "-q", "--no-verify", "-m", "all the same"}).exit_status, 0);

  box_.write("r/a.properties", "x=2\n" + line("secret"));
  box_.must({"git", "add", "-A"}, box_.path("r"));
  EXPECT_EQ(git({"commit", "-q", "-m", "what is old is let pass"}).exit_status, 0);
}

// git gives these commits an index of their own.
TEST_F(Hook, LooksAtWhatIsCommittedWhereTheIndexIsAnother) {
  box_.write("r/a.properties", "a=1\n");
  box_.write("r/b.properties", "b=1\n");
  box_.must({"git", "add", "-A"}, box_.path("r"));
  box_.must({"git", "commit", "-q", "-m", "first"}, box_.path("r"));
  ASSERT_EQ(hook("install").exit_status, 0);
  box_.write("r/a.properties", line("a"));
  box_.write("r/b.properties", "b=2\n");
  EXPECT_NE(git({"commit", "-q", "-a", "-m", "all"}).exit_status, 0);
  EXPECT_NE(git({"commit", "-q", "-m", "one", "a.properties"}).exit_status, 0);
  EXPECT_EQ(git({"commit", "-q", "-m", "one", "b.properties"}).exit_status, 0);
  fs::create_directories(box_.path("r/sub"));
  EXPECT_NE(git({"commit", "-q", "-a", "-m", "from a folder"}, "r/sub").exit_status, 0);
}

TEST_F(Hook, WorksInALinkedWorkTree) {
  box_.write("r/a", "a\n");
  box_.must({"git", "add", "-A"}, box_.path("r"));
  box_.must({"git", "commit", "-q", "-m", "first"}, box_.path("r"));
  box_.must({"git", "worktree", "add", "-q", box_.path("linked")}, box_.path("r"));
  ASSERT_EQ(hook("install", "linked").exit_status, 0);
  EXPECT_TRUE(fs::exists(box_.path(place_)));
  box_.write("linked/b.properties", line("b"));
  box_.must({"git", "add", "-A"}, box_.path("linked"));
  EXPECT_NE(git({"commit", "-q", "-m", "x"}, "linked").exit_status, 0);
  box_.write("linked/b.properties", "b=1\n");
  EXPECT_EQ(git({"commit", "-q", "-a", "-m", "x"}, "linked").exit_status, 0);
}

TEST_F(Hook, IsReplacedIfItIsOursAndLeftAloneIfNot) {
  fs::remove_all(box_.path("r/.git/hooks"));
  ASSERT_EQ(hook("install").exit_status, 0);
  const std::string script = box_.read(place_);
  EXPECT_EQ(fs::status(box_.path(place_)).permissions(), fs::perms(0755));
  ASSERT_EQ(hook("install").exit_status, 0);
  EXPECT_EQ(box_.read(place_), script);
  box_.write(place_, "#!/bin/sh\n# nhisweep pre-commit hook: of an older version\nexit 1\n");
  ASSERT_EQ(hook("install").exit_status, 0);
  EXPECT_EQ(box_.read(place_), script);
  ASSERT_EQ(hook("uninstall").exit_status, 0);
  EXPECT_FALSE(fs::exists(box_.path(place_)));
  EXPECT_EQ(hook("uninstall").exit_status, 0);

  const std::string foreign = "#!/bin/sh\nexit 0\n";
  box_.write(place_, foreign);
  const Outcome refused = hook("install");
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("scan --staged || exit 1"));
  EXPECT_EQ(hook("uninstall").exit_status, 2);
  EXPECT_EQ(box_.read(place_), foreign);
  fs::remove(box_.path(place_));
  fs::create_symlink(box_.path("elsewhere"), box_.path(place_));
  EXPECT_EQ(hook("install").exit_status, 2);
  EXPECT_FALSE(fs::exists(box_.path("elsewhere")));
}

TEST_F(Hook, StandsWhereTheRepositorySaysUnlessThatIsOutside) {
  box_.must({"git", "config", "core.hooksPath", "Tools/Hooks"}, box_.path("r"));
  ASSERT_EQ(hook("install").exit_status, 0);
  EXPECT_TRUE(fs::exists(box_.path("r/Tools/Hooks/pre-commit"))) << "case is kept";
  fs::create_directories(box_.path("shared"));
  box_.must({"git", "config", "core.hooksPath", box_.path("shared")}, box_.path("r"));
  const Outcome refused = hook("install");
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_TRUE(fs::is_empty(box_.path("shared")));
  box_.must({"git", "config", "core.hooksPath", "link"}, box_.path("r"));
  fs::create_symlink(box_.path("shared"), box_.path("r/link"));
  EXPECT_EQ(hook("install").exit_status, 2);
}

TEST_F(Hook, WithoutItsProgramLetsNothingPassAndSaysWhy) {
  ASSERT_EQ(hook("install").exit_status, 0);
  std::string script = box_.read(place_);
  const std::size_t at = script.find("program='") + 9;
  script.insert(at, "/no/such");
  box_.write(place_, script);
  box_.write("r/a", "a\n");
  box_.must({"git", "add", "-A"}, box_.path("r"));
  const Outcome stopped = git({"commit", "-q", "-m", "x"});
  EXPECT_NE(stopped.exit_status, 0);
  EXPECT_THAT(stopped.err, HasSubstr("/no/such"));
  EXPECT_THAT(stopped.err, HasSubstr("--no-verify"));
}

TEST_F(Hook, StopsACommitThatItCannotRead) {
  ASSERT_EQ(hook("install").exit_status, 0);
  box_.write("r/a.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10) + "xx");
  box_.must({"git", "add", "-A"}, box_.path("r"));
  const Outcome stopped = git({"commit", "-q", "-m", "x"});
  EXPECT_NE(stopped.exit_status, 0);
  EXPECT_THAT(stopped.err, HasSubstr("not all was read"));
  EXPECT_THAT(stopped.err, HasSubstr("a.gz"));
  box_.write("r/nhisweep.yaml", "accept-closed: [gzip]\n");
  EXPECT_EQ(git({"commit", "-q", "-m", "x"}).exit_status, 0);
}

TEST_F(Hook, IsForRepositoriesWithAWorkTree) {
  box_.must({"git", "init", "-q", "--bare", box_.path("bare")});
  EXPECT_EQ(hook("install", "bare").exit_status, 2);
  EXPECT_EQ(hook("install", ".").exit_status, 2);
  EXPECT_EQ(hook("install", "no-such-place").exit_status, 2);
}

}  // namespace
}  // namespace nhi::testing

// Claims about init: what it finds, what it never does, and that its file works as it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kChannel =
    "<channel version=\"4.5.0\">\n  <id>c1</id>\n  <name>ADT</name>\n  <revision>1</revision>\n"
    "  <sourceConnector version=\"4.5.0\"/>\n</channel>\n";

// A machine as a folder: m/etc, m/opt, m/srv, m/var, m/home.
class InitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("m/etc/app.conf", "db.password=" + fake("etc", 20) + "\n");
    box_.write("m/opt/oie/conf/mirth.properties", "database = postgres\n");
    box_.write("m/opt/pas/pas.ini", "[db]\nuser=pas\n");
    box_.write("m/srv/exports/2026-11-25/adt.xml", kChannel);
    box_.write("m/home/ada/notes", "x\n");
    for (const char* name : {"one", "two"}) bare("m/srv/git/" + std::string(name) + ".git");
  }
  void bare(const std::string& folder) const {
    box_.write("w/.github/CODEOWNERS", "* @platform\n");
    box_.write("w/app.properties", "db.password=" + fake(folder, 20) + "\n");
    box_.must({"git", "init", "-q", "-b", "main", box_.path("w")});
    box_.must({"git", "add", "."}, box_.path("w"));
    box_.must({"git", "commit", "-q", "-m", folder}, box_.path("w"));
    fs::create_directories(box_.path(folder));
    box_.must({"git", "clone", "-q", "--bare", box_.path("w"), box_.path(folder)});
    fs::remove_all(box_.path("w"));
  }
  Outcome init(std::vector<std::string> more = {"m"}) const {
    more.insert(more.begin(), "init");
    return box_.run(more);
  }
  [[nodiscard]] std::string estate() const { return box_.read("estate.yaml"); }
  Sandbox box_;
};

TEST_F(InitTest, ProposesEachPlaceOnceAndSaysWhy) {
  const Outcome outcome = init();
  ASSERT_EQ(outcome.exit_status, 0) << outcome.err;
  const std::string m = box_.path("m");
  EXPECT_THAT(estate(), HasSubstr("git: [\"" + m + "/srv/git/*.git\"]"));
  EXPECT_THAT(estate(), HasSubstr("# 2 git repositories, 2 of them bare."));
  EXPECT_THAT(estate(), HasSubstr("min_repositories: 2"));
  EXPECT_THAT(estate(), HasSubstr("2 have CODEOWNERS"));
  EXPECT_THAT(estate(), HasSubstr("path: [" + m + "/opt/oie]"));
  EXPECT_THAT(estate(), HasSubstr("path: [" + m + "/srv/exports]")) << "not the folder of one day";
  EXPECT_THAT(estate(), HasSubstr("exclude: [\"oie/**\"]"));
  EXPECT_THAT(estate(), HasSubstr("path: [" + m + "/etc]"));
  EXPECT_THAT(estate(), HasSubstr("place: engine"));
  EXPECT_THAT(estate(), Not(HasSubstr("\n  - name: " + m + "/home")));
  EXPECT_THAT(estate(), HasSubstr("#   path: [" + m + "/home]")) << "personal: a person decides";
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("wrote estate.yaml: 5 targets"), HasSubstr("doctor")));
  struct stat facts {};
  ASSERT_EQ(::stat(box_.path("estate.yaml").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(InitTest, FollowsAnEngineToItsDataElsewhere) {
  const std::string m = box_.path("m");
  box_.write("m/opt/oie/conf/mirth.properties", "dir.appdata = " + m + "/var/lib/oie\n");
  box_.write("m/var/lib/oie/configuration.properties", "PAS_PASSWORD = " + fake("map", 20) + "\n");
  ASSERT_EQ(init().exit_status, 0);
  EXPECT_THAT(estate(), HasSubstr("path: [" + m + "/var/lib/oie]\n    place: engine"));
  fs::remove(box_.path("estate.yaml"));
  ASSERT_EQ(init({"m/opt"}).exit_status, 0);
  EXPECT_THAT(estate(), Not(HasSubstr("/var/lib"))) << "not what was asked about";
}

TEST_F(InitTest, ExportsInSeveralFoldersAreOneTargetThatSaysSo) {
  box_.write("m/srv/exports/lab/oru.xml", kChannel);
  ASSERT_EQ(init().exit_status, 0);
  EXPECT_THAT(estate(), HasSubstr("in 2 folders; narrow `path` if other things lie here."));
  EXPECT_THAT(estate(), HasSubstr("path: [" + box_.path("m") + "/srv/exports]"));
}

TEST_F(InitTest, WhatItWritesIsSweptWholeAndAlsoByDoctor) {
  ASSERT_EQ(init().exit_status, 0);
  const Outcome doctor = box_.run({"doctor", "--estate", "estate.yaml"});
  EXPECT_EQ(doctor.exit_status, 0) << doctor.out << doctor.err;
  const Outcome sweep = box_.run({"sweep", "--estate", "estate.yaml"});
  EXPECT_EQ(sweep.exit_status, 1) << sweep.err;
  EXPECT_THAT(sweep.out, HasSubstr("new 3 ")) << "each value once: " << sweep.out;
  fs::remove_all(box_.path("m/srv/git/two.git"));
  const Outcome next = box_.run({"sweep", "--estate", "estate.yaml"});
  EXPECT_EQ(next.exit_status, 3) << "a repository that is missing is no success";
  EXPECT_THAT(next.err, HasSubstr("too-few-repositories: 1 of at least 2"));
}

TEST_F(InitTest, NeverReplacesAFile) {
  box_.write("estate.yaml", "mine\n");
  const Outcome outcome = init();
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("is not replaced"), Not(HasSubstr("looking at"))));
  EXPECT_EQ(estate(), "mine\n");
  EXPECT_EQ(init({"m", "--output", "other.yaml"}).exit_status, 0);
  fs::create_symlink("nowhere", box_.path("link.yaml"));
  EXPECT_EQ(init({"m", "--output", "link.yaml"}).exit_status, 2) << "nor a link that leads nowhere";
}

TEST_F(InitTest, OddNamesComeBackWhole) {
  const std::vector<std::string> names = {"a b",      "we[i]rd*",    "tab\there", "caf\xe9",
                                          "it's: #1", "caf\xc3\xa9", "true"};
  for (const std::string& name : names) {
    box_.write("m/srv/" + name + "/app.conf", "db.password=" + fake(name, 20) + "\n");
  }
  ASSERT_EQ(init().exit_status, 0);
  const Outcome sweep = box_.run({"sweep", "--estate", "estate.yaml"});
  EXPECT_EQ(sweep.exit_status, 1) << sweep.err << estate();
  EXPECT_THAT(sweep.out, HasSubstr("new " + std::to_string(3 + names.size()) + " ")) << sweep.err;
}

TEST_F(InitTest, AFolderThatIsNamedIsTakenWhole) {
  box_.write("conf/x.ini", "[db]\npassword=" + fake("x", 20) + "\n");
  ASSERT_EQ(init({"conf"}).exit_status, 0);
  EXPECT_THAT(estate(), HasSubstr("path: [" + box_.path("conf") + "]"));
  EXPECT_EQ(box_.run({"sweep", "--estate", "estate.yaml"}).exit_status, 1);
}

TEST_F(InitTest, PrintsToStandardOutputAndRefusesWhatIsNothing) {
  const Outcome printed = init({"m", "--output", "-"});
  EXPECT_EQ(printed.exit_status, 0);
  EXPECT_THAT(printed.out, HasSubstr("targets:"));
  EXPECT_FALSE(fs::exists(box_.path("estate.yaml")));
  fs::create_directories(box_.path("empty"));
  EXPECT_EQ(init({"empty"}).exit_status, 2);
  EXPECT_EQ(init({"m/etc/app.conf"}).exit_status, 2);
  EXPECT_NE(init({"none"}).exit_status, 0);
}

TEST_F(InitTest, WhatThisUserMayNotSeeIsSaid) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  fs::create_directories(box_.path("m/opt/closed"));
  fs::permissions(box_.path("m/opt/closed"), fs::perms::none);
  fs::permissions(box_.folder(), fs::perms::all);
  RunOptions as_nobody;
  as_nobody.uid = 65534;
  const Outcome outcome = box_.run({"init", "m"}, as_nobody);
  EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("/opt: 1 file or folder is closed to this user"));
}

}  // namespace
}  // namespace nhi::testing

// Claims about estate files: what is expected and not met is unread, and nothing under it is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class EstateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("exports/a.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("exports/b.properties", "db.password=" + fake("b", 20) + "\n");
  }
  void estate(const std::string& more, const std::string& target = "") const {
    box_.write("estate.yaml", "estate: Test\ntargets:\n  - name: exports\n    path: exports\n" +
                                  (target.empty() ? "" : "    " + target + "\n") + more);
  }
  Outcome sweep(const std::string& as_of = "2026-11-25") {
    return box_.run({"sweep", "--estate", "estate.yaml", "--as-of", as_of});
  }
  std::multiset<std::string> column(const std::string& key) {
    const auto values = json_strings(box_.run({"findings", "list", "--format", "jsonl"}).out, key);
    return {values.begin(), values.end()};
  }
  std::string owners() {
    std::string out;
    const std::string list = box_.run({"findings", "list", "--format", "jsonl"}).out;
    for (const std::string& name : json_strings(list, "name")) out += name + " ";
    return out;
  }
  using Words = std::multiset<std::string>;
  Sandbox box_;
};

TEST_F(EstateTest, AStaleExportIsUnreadAndNothingUnderItIsGone) {
  estate("", "expect: {max_age: 7d}");
  for (const char* name : {"a", "b"}) {
    box_.must(
        {"touch", "-d", "2026-11-20", box_.path(std::string("exports/") + name + ".properties")});
  }
  EXPECT_EQ(sweep().exit_status, 1);
  fs::remove(box_.path("exports/b.properties"));
  const Outcome late = sweep("2026-12-05");
  EXPECT_EQ(late.exit_status, 3);
  EXPECT_THAT(late.err, HasSubstr("stale: newest file written 15 days ago, at most 7 days"));
  EXPECT_EQ(column("state"), (Words{"open", "unverified"}));
  box_.must({"touch", "-d", "2026-12-04", box_.path("exports/a.properties")});
  EXPECT_EQ(sweep("2026-12-05").exit_status, 0);
  EXPECT_EQ(column("state"), (Words{"gone", "open"}));
}

TEST_F(EstateTest, AnEmptyTargetIsIncomplete) {
  estate("");
  EXPECT_EQ(sweep().exit_status, 1);
  fs::remove(box_.path("exports/a.properties"));
  fs::remove(box_.path("exports/b.properties"));
  const Outcome empty = sweep();
  EXPECT_EQ(empty.exit_status, 3);
  EXPECT_THAT(empty.err, HasSubstr("empty"));
  EXPECT_EQ(column("state"), (Words{"unverified", "unverified"}));
}

TEST_F(EstateTest, MissingRepositoriesAreCountedAndNothingIsGone) {
  for (const char* name : {"one", "two"}) {
    const std::string repository = "git/" + std::string(name);
    box_.write(repository + "/app.properties", "db.password=" + fake(name, 20) + "\n");
    box_.must({"git", "init", "-q", "-b", "main", box_.path(repository)});
    box_.must({"git", "add", "."}, box_.path(repository));
    box_.must({"git", "commit", "-q", "-m", "a"}, box_.path(repository));
  }
  box_.write("estate.yaml",
             "estate: Test\ntargets:\n  - {name: repos, git: [git/*],"
             " expect: {min_repositories: 2}}\n");
  EXPECT_EQ(sweep().exit_status, 1);
  fs::remove_all(box_.path("git/two"));
  const Outcome fewer = sweep();
  EXPECT_EQ(fewer.exit_status, 3);
  EXPECT_THAT(fewer.err, HasSubstr("too-few-repositories: 1 of at least 2"));
  EXPECT_EQ(column("state"), (Words{"open", "unverified"}));
}

TEST_F(EstateTest, AnAcceptedPlaceIsCompleteUntilItsEnd) {
  box_.write("estate.yaml",
             "estate: Test\ntargets:\n  - {name: hosts, path: [exports, absent]}\n"
             "accepted_unread:\n  - {path: absent, owner: pas-team, reason: vendor lock,"
             " expires: 2026-12-01}\n");
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(sweep().exit_status, 0);
  const Outcome over = sweep("2026-12-01");
  EXPECT_EQ(over.exit_status, 3);
  EXPECT_THAT(over.err, HasSubstr("pas-team: vendor lock) ended on 2026-12-01"));
}

TEST_F(EstateTest, OwnersAreTheEstatesTonightWithoutReadingAgain) {
  estate("", "owner: platform");
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(owners(), "platform platform ");
  box_.write("owners.yaml", "'exports/a*': pas\n");
  estate("owners: owners.yaml\n", "owner: platform");
  const Outcome again = sweep();
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_THAT(again.out, HasSubstr("read 0 files"));
  EXPECT_EQ(owners(), "pas platform ");
}

TEST_F(EstateTest, CodeownersOfARepositoryNameTheOwner) {
  box_.write("git/one/conf/app.properties", "db.password=" + fake("one", 20) + "\n");
  box_.write("git/one/.github/CODEOWNERS", "* @all\n/conf/ @pas\n");
  box_.must({"git", "init", "-q", "-b", "main", box_.path("git/one")});
  box_.must({"git", "add", "."}, box_.path("git/one"));
  box_.must({"git", "commit", "-q", "-m", "a"}, box_.path("git/one"));
  box_.write("estate.yaml", "estate: Test\ntargets:\n  - {name: repos, git: [git/*]}\n");
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(owners(), "@pas ");
}

TEST_F(EstateTest, AChangedSystemIsSeenWithoutAChangedFile) {
  estate("", "system: TIE");
  EXPECT_EQ(sweep().exit_status, 1);
  EXPECT_EQ(column("system"), (Words{"TIE", "TIE"}));
  estate("", "system: PAS");
  EXPECT_EQ(sweep().exit_status, 0);
  EXPECT_EQ(column("system"), (Words{"PAS", "PAS"}));
}

TEST_F(EstateTest, RefusesWhatItCannotHonourAndNamesThePlace) {
  estate("accepted_unread: [{path: x, owner: y}]\n");
  const Outcome refused = sweep();
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("estate.yaml:5:"));
  EXPECT_THAT(refused.err, HasSubstr("reason"));
  EXPECT_FALSE(fs::exists(box_.path("nhisweep.db"))) << "nothing was done";
}

TEST_F(EstateTest, DoctorSaysWhatToGrantAndHowLongTheNightIs) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  estate("");
  RunOptions as_nobody;
  as_nobody.uid = 65534;
  fs::permissions(box_.path("home"), fs::perms::all);
  for (const char* name : {"", "exports", "exports/a.properties"}) {
    fs::permissions(box_.path(name), static_cast<fs::perms>(0755));
  }
  fs::permissions(box_.path("estate.yaml"), static_cast<fs::perms>(0644));
  fs::permissions(box_.path("exports/b.properties"), fs::perms::none);
  const Outcome doctor = box_.run({"doctor", "--estate", "estate.yaml"}, as_nobody);
  EXPECT_EQ(doctor.exit_status, 3) << doctor.err;
  EXPECT_THAT(doctor.out, HasSubstr("setfacl -m u:nobody:r '" + box_.path("exports/b.properties")));
  EXPECT_THAT(doctor.out, HasSubstr("a first sweep of this takes about 1 second with"));
  EXPECT_THAT(doctor.out, HasSubstr("2 files"));
}

TEST_F(EstateTest, TwoFoldersOfOneNameStayApart) {
  box_.write("other/exports/a.properties", "db.password=" + fake("c", 20) + "\n");
  box_.write("estate.yaml",
             "estate: Test\ntargets:\n  - {name: all, path: [exports, other/exports]}\n");
  EXPECT_EQ(sweep().exit_status, 1);
  const std::multiset<std::string> ids = column("id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 3u);
}

}  // namespace
}  // namespace nhi::testing

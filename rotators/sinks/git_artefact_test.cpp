#include "rotators/sinks/git_artefact.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace nhi {
namespace {

namespace fs = std::filesystem;

class GitArtefactTest : public ::testing::Test {
 protected:
  GitArtefactTest() {
    std::string name = (fs::temp_directory_path() / "nhi-git-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    sh("git init -q -b main . && mkdir conf && printf 'password=old\\n' > conf/app.properties && "
       "chmod 755 conf/app.properties && ln -s app.properties conf/link && git add -A && "
       "git commit -q -m one");
  }
  ~GitArtefactTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  // What it prints; fails the test unless it ends with 0.
  std::string sh(const std::string& line) const {
    const std::string whole = "cd " + folder_ + " && export HOME=" + folder_ +
                              " GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@example.org"
                              " GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=a@example.org; " +
                              line;
    const std::string file = folder_ + ".out";
    const pid_t child = ::fork();
    if (child == 0) {
      const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(to, 1);
      ::execl("/bin/sh", "sh", "-c", whole.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << line;
    std::ifstream in(file, std::ios::binary);
    std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    fs::remove(file);
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }
  [[nodiscard]] GitFile place(const std::string& path = "conf/app.properties") const {
    return {folder_, "main", path};
  }
  [[nodiscard]] GitFileChange change(const std::string& content = "password=new\n") const {
    return {"nhisweep/r_1", "Rotate\n", sh("git rev-parse main:conf/app.properties"),
            SecretText(content), Instant{1'700'000'000}};
  }

  std::string folder_;
};

TEST_F(GitArtefactTest, ReadsAFileAtARef) {
  const auto content = git_content(place());
  ASSERT_TRUE(content) << content.error().message();
  EXPECT_EQ(content->bytes.reveal(), "password=old\n");
  EXPECT_EQ(content->blob, sh("git rev-parse main:conf/app.properties"));
  EXPECT_EQ(content->commit, sh("git rev-parse main"));
}

TEST_F(GitArtefactTest, CommitsOnABranchAndTouchesNothingElse) {
  const std::string before = sh("git rev-parse main; git status --porcelain; cat conf/*");
  const auto commit = git_commit_change(place(), change());
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(*commit, sh("git rev-parse nhisweep/r_1"));
  EXPECT_EQ(sh("git rev-parse nhisweep/r_1^"), sh("git rev-parse main"));
  EXPECT_EQ(sh("git show nhisweep/r_1:conf/app.properties"), "password=new");
  EXPECT_EQ(sh("git diff --name-only main nhisweep/r_1"), "conf/app.properties");
  EXPECT_EQ(sh("git ls-tree nhisweep/r_1 conf/app.properties | cut -c1-6"), "100755");
  EXPECT_EQ(sh("git rev-parse main; git status --porcelain; cat conf/*"), before);
  EXPECT_EQ(sh("git fsck 2>&1"), "");
}

TEST_F(GitArtefactTest, ARepeatGivesTheSameCommit) {
  const auto first = git_commit_change(place(), change());
  const auto again = git_commit_change(place(), change());
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
  EXPECT_EQ(sh("git rev-list --count nhisweep/r_1"), "2");
}

TEST_F(GitArtefactTest, TwoFilesOfOneRotationShareABranch) {
  sh("printf 'b=old\\n' > b.properties && git add -A && git commit -q -m two");
  GitFileChange other{"nhisweep/r_1", "Rotate\n", sh("git rev-parse main:b.properties"),
                      SecretText("b=new\n"), Instant{1'700'000'000}};
  ASSERT_TRUE(git_commit_change(place(), change()));
  ASSERT_TRUE(git_commit_change(place("b.properties"), other));
  EXPECT_EQ(sh("git diff --name-only main nhisweep/r_1"), "b.properties\nconf/app.properties");
}

TEST_F(GitArtefactTest, AFileThatChangedMeanwhileIsAConflict) {
  GitFileChange stale = change();
  sh("printf 'password=by-hand\\n' > conf/app.properties && git commit -q -a -m two");
  const auto commit = git_commit_change(place(), stale);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::kConflict);
  EXPECT_EQ(sh("git branch --list 'nhisweep/*'"), "");
}

TEST_F(GitArtefactTest, HooksAndFiltersOfTheRepositoryAreNotRun) {
  sh("printf '#!/bin/sh\\ntouch " + folder_ +
     "/ran\\n' > .git/hooks/reference-transaction && "
     "cp .git/hooks/reference-transaction .git/hooks/post-commit && chmod +x .git/hooks/* && "
     "git config filter.evil.clean 'touch " +
     folder_ +
     "/ran' && "
     "git config filter.evil.smudge 'touch " +
     folder_ +
     "/ran' && "
     "printf '* filter=evil\\n' > .git/info/attributes && rm -f ran");
  ASSERT_TRUE(git_commit_change(place(), change()));
  ASSERT_TRUE(git_content(place()));
  EXPECT_FALSE(fs::exists(folder_ + "/ran"));
}

TEST_F(GitArtefactTest, WhatIsNoFileOfTheTreeIsRefused) {
  for (const char* path : {"../conf/app.properties", "/etc/passwd", "conf/../conf/app.properties",
                           "", "conf//app.properties", "./conf/app.properties"}) {
    const auto content = git_content(place(path));
    ASSERT_FALSE(content) << path;
    EXPECT_EQ(content.error().code, ErrorCode::kBadUse) << path;
  }
  EXPECT_EQ(git_content(place("conf/none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(git_content(place("conf/link")).error().code, ErrorCode::kGit);
  EXPECT_EQ(git_content(place("conf")).error().code, ErrorCode::kGit);
  GitFile nowhere = place();
  nowhere.ref = "none";
  EXPECT_EQ(git_content(nowhere).error().code, ErrorCode::kNotFound);
  nowhere.repository = folder_ + "/conf";
  EXPECT_FALSE(git_content(nowhere));
}

TEST_F(GitArtefactTest, ABareRepositoryWorksAsWell) {
  sh("git clone -q --bare . bare.git");
  GitFile bare = place();
  bare.repository = folder_ + "/bare.git";
  ASSERT_TRUE(git_commit_change(bare, change()));
  EXPECT_EQ(sh("git -C bare.git show nhisweep/r_1:conf/app.properties"), "password=new");
}

TEST_F(GitArtefactTest, ATagOfTheBranchsNameIsNotTakenForIt) {
  sh("git tag main && printf 'password=newer\\n' > conf/app.properties && "
     "git commit -q -a -m two");
  const auto content = git_content(place());
  ASSERT_TRUE(content) << content.error().message();
  EXPECT_EQ(content->bytes.reveal(), "password=newer\n");
}

TEST_F(GitArtefactTest, TheSameChangeGivesTheSameCommit) {
  const auto first = git_commit_change(place(), change());
  sh("git branch -D nhisweep/r_1");
  const auto again = git_commit_change(place(), change());
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
  EXPECT_EQ(sh("git log -1 --format=%cI%aI nhisweep/r_1"),
            "2023-11-14T22:13:20+00:002023-11-14T22:13:20+00:00");
}

TEST_F(GitArtefactTest, ABranchThatIsCheckedOutIsRefused) {
  sh("git branch nhisweep/r_1 && git worktree add -q other nhisweep/r_1");
  auto commit = git_commit_change(place(), change());
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::kBadUse);
  sh("git worktree remove other && git branch -D nhisweep/r_1 && git switch -q --orphan "
     "nhisweep/r_1");
  commit = git_commit_change(place(), change());
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::kBadUse);
}

TEST_F(GitArtefactTest, ALockThatWasLeftIsNamed) {
  sh("mkdir -p .git/refs/heads/nhisweep && touch .git/refs/heads/nhisweep/r_1.lock");
  const auto commit = git_commit_change(place(), change());
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::kBusy);
  EXPECT_NE(commit.error().hint.find("refs/heads/nhisweep/r_1.lock"), std::string::npos);
}

TEST_F(GitArtefactTest, RootWorksAsTheRepositorysOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a repository away";
  // git itself refuses to look into a stranger's repository.
  const GitFileChange first = change();
  GitFileChange second = change("password=newer\n");
  second.branch = "nhisweep/r_2";
  sh("chown -R 65534:65534 .");
  const auto commit = git_commit_change(place(), first);
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(sh("find .git -not -uid 65534 -o -not -gid 65534"), "");
  EXPECT_EQ(sh("find .git/objects -type d -not -perm 755"), "");
  EXPECT_EQ(::geteuid(), 0U);
  sh("chown 0:0 .git/objects");
  const auto refused = git_commit_change(place(), second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
}

TEST_F(GitArtefactTest, ARepositoryOfSha256IsRefusedByName) {
  sh("git init -q --object-format=sha256 other && cd other && printf a > a && git add a && "
     "git commit -q -m one");
  const auto content = git_content({folder_ + "/other", "HEAD", "a"});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kGit);
}

}  // namespace
}  // namespace nhi

#if defined(__SANITIZE_ADDRESS__)
// libgit2 1.5 does not free what it matched with where an expression of a configuration does not
// match (regexp.c, git_regexp_match); 20 KiB each time.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpcre2"; }
#endif

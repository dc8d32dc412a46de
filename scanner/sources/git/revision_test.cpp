#include "scanner/sources/git/revision.hpp"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

class Revision : public testing::Test {
 protected:
  Revision() {
    fill(box_, "r");
    box_.git("r", {"branch", "v1"});
    box_.git("r", {"branch", "deep/er"});
    box_.git("r", {"tag", "-a", "of-tag", "-m", "a tag of a tag", "v1"});
    box_.git("r", {"update-ref", "refs/remotes/origin/main", "main"});
    box_.git("r", {"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});
  }

  Result<GitId> resolved(const std::string& revision) {
    const std::string git_dir = box_.path("r/.git");
    GitStore store;
    store.open(git_dir + "/objects", "/", PackCheck::kLookups);
    RefLookup refs(git_dir, git_dir);
    return resolve_revision(store, refs, revision);
  }
  std::string by_git(const std::string& revision) {
    return box_.git("r", {"rev-parse", "-q", "--verify", revision + "^{commit}"});
  }

  const Sandbox box_;
};

TEST_F(Revision, ComesToTheCommitThatGitNames) {
  for (int round = 0; round < 2; ++round) {
    const std::string head = box_.git("r", {"rev-parse", "HEAD"});
    for (const std::string& revision : std::vector<std::string>{"HEAD",
                                                                "@",
                                                                "main",
                                                                "refs/heads/main",
                                                                "heads/main",
                                                                "side",
                                                                "deep/er",
                                                                "v1",
                                                                "of-tag",
                                                                "tags/v1",
                                                                "origin/main",
                                                                "origin",
                                                                "remotes/origin/main",
                                                                "HEAD~1",
                                                                "HEAD~",
                                                                "HEAD^",
                                                                "HEAD^1",
                                                                "HEAD^2",
                                                                "HEAD^0",
                                                                "HEAD~0",
                                                                "HEAD~2",
                                                                "HEAD^2~1",
                                                                "v1^2",
                                                                "v1~1^{commit}",
                                                                "v1^{}",
                                                                "@~1",
                                                                head,
                                                                head.substr(0, 8),
                                                                head.substr(0, 39),
                                                                head.substr(0, 7) + "~1",
                                                                "refs/notes/commits",
                                                                "stash",
                                                                "ORIG_HEAD"}) {
      const auto commit = resolved(revision);
      ASSERT_TRUE(commit) << revision << ": " << commit.error().message();
      EXPECT_EQ(commit->hex(), by_git(revision)) << revision;
    }
    box_.git("r", {"gc", "-q"});  // the same of packed refs and objects
  }
}

TEST_F(Revision, ThatNothingHasIsBadUseAndNamed) {
  for (const std::string& revision : std::vector<std::string>{
           "nope", "", "main..side", "HEAD~3..HEAD", "HEAD~99", "HEAD^3", "main^{tree}",
           "main:a.txt", "HEAD@{1}", "../../HEAD", "config", "refs", "main.lock",
           std::string(40, 'f'), "ffff", "HEAD~99999999999999999999", "main~x"}) {
    const auto commit = resolved(revision);
    ASSERT_FALSE(commit) << revision;
    EXPECT_EQ(commit.error().code, ErrorCode::kBadUse) << revision;
    EXPECT_EQ(commit.error().subject, revision);
    const bool range = revision.find("..") != std::string::npos;
    EXPECT_EQ(commit.error().what == "a range is no revision", range) << revision;
  }
}

TEST_F(Revision, OfABlobIsNoCommit) {
  const std::string blob = box_.git("r", {"rev-parse", "HEAD:a.txt"});
  const auto commit = resolved(blob);
  ASSERT_FALSE(commit);
  EXPECT_THAT(commit.error().what, HasSubstr("no commit"));
  EXPECT_FALSE(resolved(blob.substr(0, 10)));
}

TEST_F(Revision, ThatSeveralCommitsBeginWithNamesThem) {
  // Commits until two begin alike: with four digits of 65,536 that takes about 300.
  std::string tree = box_.git("r", {"rev-parse", "HEAD^{tree}"});
  std::map<std::string, std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string id =
        box_.git("r", {"commit-tree", tree, "-m", "number " + std::to_string(i)});
    const auto [at, fresh] = seen.emplace(id.substr(0, 4), id);
    if (fresh) continue;
    const auto commit = resolved(id.substr(0, 4));
    ASSERT_FALSE(commit);
    EXPECT_EQ(commit.error().code, ErrorCode::kBadUse);
    EXPECT_THAT(commit.error().hint, HasSubstr(id));
    EXPECT_THAT(commit.error().hint, HasSubstr(at->second));
    return;
  }
  FAIL() << "no two commits begin alike";
}

TEST_F(Revision, OfADamagedRefSaysSo) {
  box_.write("r/.git/refs/heads/broken", "no id\n");
  const auto commit = resolved("broken");
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().what, "damaged-ref");
}

TEST(RefLookup, OfABranchThatIsNotBornIsNothing) {
  const Sandbox box;
  box.init("r");
  RefLookup refs(box.path("r/.git"), box.path("r/.git"));
  const auto head = refs.find("HEAD");
  ASSERT_TRUE(head);
  EXPECT_FALSE(head->has_value());
}

TEST(RefLookup, DoesNotGoInCirclesNorOutOfItsFolder) {
  const Sandbox box;
  box.write("g/HEAD", "ref: refs/heads/a\n");
  box.write("g/refs/heads/a", "ref: refs/heads/a\n");
  RefLookup circle(box.path("g"), box.path("g"));
  EXPECT_FALSE(circle.find("HEAD"));
  box.write("g/HEAD", "ref: ../outside\n");
  RefLookup outside(box.path("g"), box.path("g"));
  EXPECT_FALSE(outside.find("HEAD"));
}

}  // namespace
}  // namespace nhi

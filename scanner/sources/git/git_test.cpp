#include "scanner/sources/git/git.hpp"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::IsEmpty;

std::string stamp(const std::string& git_dir) {
  auto text = opened(git_dir).state_stamp();
  return text ? *text : std::string();
}

TEST(GitRepository, SaysWhichFormatsItCannotRead) {
  const Sandbox box;
  box.init("sha256", {"--object-format=sha256"});
  const auto first = GitRepository::open(box.path("sha256/.git"));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kGit);
  EXPECT_EQ(first.error().what, "sha256-repository");
  box.init("reftable");
  box.git("reftable", {"config", "core.repositoryformatversion", "1"});
  box.git("reftable", {"config", "extensions.refStorage", "reftable"});
  const auto second = GitRepository::open(box.path("reftable/.git"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what, "reftable-repository");
  EXPECT_FALSE(GitRepository::open(box.path("nothing/.git")));
}

TEST(GitRepository, OpensLinkedWorkTreesAndSubmodules) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"worktree", "add", "-q", "-b", "linked", "../tree"});
  const Listing whole = list(box.path("r/.git"));
  GitRepository linked = opened(box.path("r/.git/worktrees/tree"));
  EXPECT_EQ(by_us(list(linked)), by_us(whole));
  EXPECT_EQ(linked.head_blob("deep/er/b.txt"),
            box.git("tree", {"rev-parse", "HEAD:deep/er/b.txt"}));
  EXPECT_EQ(linked.head_blob("absent"), "");
  box.init("super");
  box.git("super", {"submodule", "--quiet", "add", box.path("r"), "sub"});
  box.commit("super", "with a submodule");
  const Listing sub = list(box.path("super/.git/modules/sub"));
  EXPECT_NE(sub.find(box.git("r", {"rev-parse", "main"})), nullptr);
  EXPECT_THAT(sub.reasons(), IsEmpty());
  EXPECT_THAT(list(box.path("super/.git")).reasons(), IsEmpty());
}

TEST(GitRepository, OpensWhatSomebodyElseOwns) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const Sandbox box;
  fill(box, "r");
  ASSERT_EQ(box.run({"chown", "-R", "12345:12345", box.path("r")}, "/").status, 0);
  EXPECT_EQ(by_us(list(box.path("r/.git"))), by_git(box, "r"));
}

TEST(StateStamp, ChangesWithTheRepositoryOnly) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"clone", "-q", "--no-local", ".", "../copy"});
  std::string before = stamp(box.path("copy/.git"));
  EXPECT_EQ(stamp(box.path("copy/.git")), before);
  box.write("copy/untracked.txt", "not in the repository\n");
  EXPECT_EQ(stamp(box.path("copy/.git")), before);
  const auto changed = [&](const char* what) {
    const std::string now = stamp(box.path("copy/.git"));
    EXPECT_NE(now, before) << what;
    before = now;
  };
  box.commit("copy", "more");
  changed("commit");
  box.write("r/new.txt", "new\n");
  box.commit("r", "upstream");
  box.git("copy", {"fetch", "-q"});
  changed("fetch");
  store(box, "copy", "a blob alone\n");
  changed("blob");
  box.git("copy", {"branch", "other"});
  changed("branch");
  box.git("copy", {"checkout", "-q", "--detach", "HEAD~1"});
  changed("detached");
}

}  // namespace
}  // namespace nhi

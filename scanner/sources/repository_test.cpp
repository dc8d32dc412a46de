#include "scanner/sources/repository.hpp"

#include <fcntl.h>

#include "gtest/gtest.h"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

struct PathCase {
  const char* base;
  const char* path;
  const char* expected;
};

TEST(LexicalPath, TakesDotsOutAsText) {
  const PathCase cases[] = {
      {"/a/b", "c", "/a/b/c"},         {"/a/b", "../c", "/a/c"}, {"/a", "../../..", "/"},
      {"/a/b", "/x//y/./z", "/x/y/z"}, {"/", "a", "/a"},         {"/a/", "", "/a"},
      {"/a", "./b/../c/", "/a/c"},
  };
  for (const PathCase& row : cases) EXPECT_EQ(lexical_path(row.base, row.path), row.expected);
}

TEST(IsInside, ComparesWholeParts) {
  EXPECT_TRUE(is_inside("/a/b", "/a/b"));
  EXPECT_TRUE(is_inside("/a/b", "/a/b/c"));
  EXPECT_FALSE(is_inside("/a/b", "/a/bc"));
  EXPECT_TRUE(is_inside("/", "/a"));
}

TEST(LookAtDotGit, ReadsTheTargetOfALinkFile) {
  const Sandbox box;
  const auto look = [&] {
    const FileHandle folder(::open(box.path("t").c_str(), O_RDONLY | O_DIRECTORY));
    return look_at_dot_git(folder.get());
  };
  box.folder("t");
  EXPECT_EQ(look().kind, DotGit::kNone);
  box.write("t/.git", "gitdir: ../main/.git/worktrees/t\r\n");
  EXPECT_EQ(look().kind, DotGit::kLink);
  EXPECT_EQ(look().target, "../main/.git/worktrees/t");
  box.write("t/.git", "gitdir: \n");
  EXPECT_EQ(look().kind, DotGit::kDamaged);
  box.write("t/.git", "gitdir: " + std::string(100'000, 'x'));
  EXPECT_EQ(look().kind, DotGit::kDamaged);
}

TEST(FindRepository, GoesUpAsGitDoes) {
  const Sandbox box;
  box.init("r");
  box.folder("r/a/b");
  box.write("r/f", "x");
  box.init("bare.git", {"--bare"});
  box.commit("r", "first");
  box.git("r", {"worktree", "add", "-q", "../linked"});
  box.folder("linked/deep");
  box.link("r/a", "link");
  for (const std::string path : {"r", "r/a/b", "link"}) {
    const auto found = find_repository(box.path(path));
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(found->git_dir, box.path("r/.git"));
    EXPECT_EQ(found->top, box.path("r"));
    EXPECT_FALSE(found->is_bare);
  }
  const auto linked = find_repository(box.path("linked/deep"));
  ASSERT_TRUE(linked);
  EXPECT_EQ(linked->git_dir, box.path("r/.git/worktrees/linked"));
  EXPECT_EQ(linked->top, box.path("linked"));
  const auto bare = find_repository(box.path("bare.git/objects"));
  ASSERT_TRUE(bare);
  EXPECT_TRUE(bare->is_bare);
  EXPECT_EQ(bare->git_dir, box.path("bare.git"));
}

TEST(FindRepository, SaysWhyThereIsNone) {
  const Sandbox box;
  box.write("f", "x");
  box.write("lost/.git", "gitdir: ../nowhere\n");
  EXPECT_EQ(find_repository(box.path("f")).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(find_repository(box.path("")).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(find_repository(box.path("none")).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(find_repository(box.path("lost")).error().code, ErrorCode::kMalformed);
}

TEST(ReadForeignFile, DoesNotWaitForAFifo) {
  const Sandbox box;
  ASSERT_EQ(::mkfifo(box.path("fifo").c_str(), 0644), 0);
  EXPECT_EQ(read_foreign_file(AT_FDCWD, box.path("fifo").c_str(), 100), std::nullopt);
}

}  // namespace
}  // namespace nhi

#include "scanner/sources/git/tree_lookup.hpp"

#include <string>

#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

class TreeLookupOf : public testing::Test {
 protected:
  TreeLookupOf() {
    box_.init("r");
    box_.write("r/a/b/c", "here\n");
    box_.write("r/a/d", "there\n");
    box_.write("r/top", "top\n");
    box_.git("r", {"add", "-A"});
    tree_ = *GitId::parse(box_.git("r", {"write-tree"}));
  }
  [[nodiscard]] std::string id_of(const std::string& path) const {
    return box_.git("r", {"rev-parse", tree_.hex() + ":" + path});
  }
  TreeLookup lookup() {
    store_.open(box_.path("r/.git/objects"), "/");
    return {store_, damage_, tree_};
  }
  std::vector<Unread> damage() const {
    std::vector<Unread> unread;
    damage_.report(unread);
    return unread;
  }

  const Sandbox box_;
  GitId tree_;
  GitStore store_;
  GitDamage damage_;
};

TEST_F(TreeLookupOf, FindsBlobsByTheirPaths) {
  TreeLookup lookup = this->lookup();
  for (int round = 0; round < 2; ++round) {
    for (const std::string path : {"a/b/c", "top", "a/d", "a/b/c"}) {
      const auto blob = lookup.find(path);
      ASSERT_TRUE(blob) << path;
      EXPECT_EQ(blob->hex(), id_of(path)) << path;
    }
    for (const char* path : {"a", "a/b", "a/b/d", "a/b/c/d", "", "a//b", "/a", "top/"}) {
      EXPECT_FALSE(lookup.find(path)) << path;
    }
    EXPECT_EQ(lookup.names(), 5U) << "of three folders";
    lookup.forget();
    EXPECT_EQ(lookup.names(), 0U);
  }
  EXPECT_TRUE(damage().empty());
}

TEST_F(TreeLookupOf, NotesATreeThatIsNotThere) {
  const std::string inner = id_of("a/b");
  ASSERT_EQ(::unlink(box_.path("r/.git" + loose(inner)).c_str()), 0);
  TreeLookup lookup = this->lookup();
  EXPECT_FALSE(lookup.find("a/b/c"));
  EXPECT_TRUE(lookup.find("a/d"));
  const auto unread = damage();
  ASSERT_EQ(unread.size(), 1U);
  EXPECT_EQ(unread[0].path, ".git/objects/" + inner);
}

}  // namespace
}  // namespace nhi

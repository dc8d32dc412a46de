#include "scanner/sources/git/tree_diff.hpp"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class TreeDifference : public testing::Test {
 protected:
  TreeDifference() { box_.init("r"); }

  GitId tree() {
    box_.git("r", {"add", "-A"});
    return *GitId::parse(box_.git("r", {"write-tree"}));
  }
  // "path" of what is new, "path=twin" where another blob stood.
  std::vector<std::string> difference(const TreeSide& tree, const TreeSide& beside) {
    GitStore store;
    store.open(box_.path("r/.git/objects"), "/");
    TreeDiff diff(store, damage_);
    std::vector<std::string> lines;
    diff.each_difference(
        tree, beside, [&](const std::string& path, const GitId&, const GitId* twin) {
          lines.push_back(path + (twin == nullptr ? "" : "=" + twin->hex().substr(0, 4)));
        });
    EXPECT_FALSE(diff.full());
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  const Sandbox box_;
  GitDamage damage_;
};

TEST_F(TreeDifference, NamesWhatTheOtherHasNotAtTheSamePath) {
  box_.write("r/a/b/same", "same\n");
  box_.write("r/a/b/changes", "one\n");
  box_.write("r/a/goes", "goes\n");
  box_.write("r/becomes-folder", "file\n");
  const std::string one = box_.git("r", {"hash-object", "a/b/changes"});
  const GitId before = tree();
  box_.write("r/a/b/changes", "two\n");
  box_.write("r/new/deep/er", "new\n");
  box_.run({"rm", box_.path("r/a/goes"), box_.path("r/becomes-folder")}, "/");
  box_.write("r/becomes-folder/inner", "file\n");
  const GitId after = tree();
  EXPECT_THAT(
      difference(TreeSide(after), TreeSide(before)),
      ElementsAre("a/b/changes=" + one.substr(0, 4), "becomes-folder/inner", "new/deep/er"));
  EXPECT_THAT(difference(TreeSide(after), TreeSide(after)), IsEmpty());
  EXPECT_THAT(difference(TreeSide(), TreeSide(after)), IsEmpty());
  EXPECT_EQ(difference(TreeSide(before), TreeSide()).size(), 4U);
}

TEST_F(TreeDifference, NotesATreeThatIsNotThere) {
  box_.write("r/a/b", "x\n");
  const GitId top = tree();
  const std::string inner = box_.git("r", {"rev-parse", top.hex() + ":a"});
  ASSERT_EQ(::unlink(box_.path("r/.git" + loose(inner)).c_str()), 0);
  EXPECT_THAT(difference(TreeSide(top), TreeSide()), IsEmpty());
  std::vector<Unread> unread;
  damage_.report(unread);
  ASSERT_EQ(unread.size(), 1U);
  EXPECT_EQ(unread[0].path, ".git/objects/" + inner);
}

}  // namespace
}  // namespace nhi

#include "scanner/sources/git/store.hpp"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::IsEmpty;

class Store : public testing::Test {
 protected:
  Store() {
    box_.init("t");
    box_.write("t/a", "content");
    commit_ = *GitId::parse(box_.commit("t", "one"));
    tree_ = *GitId::parse(box_.git("t", {"rev-parse", "HEAD^{tree}"}));
    blob_ = *GitId::parse(box_.git("t", {"rev-parse", "HEAD:a"}));
  }
  void open() { store_.open(box_.path("t/.git/objects"), box_.path("t")); }
  Sandbox box_;
  GitStore store_;
  GitId commit_, tree_, blob_;
};

TEST_F(Store, GivesHeadersAndContentsLooseAndPacked) {
  for (const bool packed : {false, true}) {
    if (packed) box_.git("t", {"gc", "-q"});
    GitStore store;
    store.open(box_.path("t/.git/objects"), box_.path("t"));
    EXPECT_THAT(store.problems(), IsEmpty());
    GitHeader head;
    ASSERT_EQ(store.header(blob_, head), GitRead::kFound);
    EXPECT_EQ(head.type, GitType::kBlob);
    EXPECT_EQ(head.size, 7U);
    GitType type{};
    std::string content;
    ASSERT_EQ(store.read(blob_, type, content), GitRead::kFound);
    EXPECT_EQ(content, "content");
    std::vector<Unread> unread;
    EXPECT_EQ(store.list(unread).size(), 3U);
    EXPECT_THAT(unread, IsEmpty());
  }
}

TEST_F(Store, TakesNoObjectForAnotherKind) {
  open();
  std::string content;
  EXPECT_EQ(store_.read_typed(commit_, GitType::kCommit, content), GitRead::kFound);
  EXPECT_EQ(store_.read_typed(commit_, GitType::kTree, content), GitRead::kCorrupt);
  std::shared_ptr<const std::string> tree;
  EXPECT_EQ(store_.tree(tree_, tree), GitRead::kFound);
  EXPECT_EQ(store_.tree(blob_, tree), GitRead::kCorrupt);
}

TEST_F(Store, KnowsWhatIsMissing) {
  open();
  std::string content;
  GitHeader head;
  const GitId nothing = *GitId::parse(std::string(40, '1'));
  EXPECT_EQ(store_.header(nothing, head), GitRead::kMissing);
  EXPECT_EQ(store_.read_typed(nothing, GitType::kTree, content), GitRead::kMissing);
}

TEST_F(Store, RefusesAnObjectUnderAnothersName) {
  const std::string hex = blob_.hex();
  const std::string other(40, '1');
  box_.folder("t/.git/objects/11");
  box_.run({"cp", box_.path("t/.git/objects/" + hex.substr(0, 2) + "/" + hex.substr(2)),
            box_.path("t/.git/objects/11/" + other.substr(2))},
           "/");
  open();
  GitType type{};
  std::string content;
  EXPECT_EQ(store_.read(*GitId::parse(other), type, content), GitRead::kCorrupt);
}

}  // namespace
}  // namespace nhi

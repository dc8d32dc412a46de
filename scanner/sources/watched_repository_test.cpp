#include "scanner/sources/watched_repository.hpp"

#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"
#include "scanner/sources/mount_watch.hpp"

namespace nhi {
namespace {

class WatchedRepositoryTest : public ::testing::TestWithParam<bool> {
 protected:
  // The switch is for the whole process and has no way back: "directly" comes first.
  void SetUp() override {
    if (GetParam()) MountWatch::of_process().watch_git();
  }
};

TEST_P(WatchedRepositoryTest, GivesWhatTheRepositoryGives) {
  const Sandbox box;
  fill(box, "r");
  const std::string git_dir = box.path("r/.git");
  GitRepository plain = opened(git_dir);
  auto watched = WatchedRepository::open(git_dir);
  ASSERT_TRUE(watched);
  std::vector<Unread> unread;
  const auto expected = plain.objects(unread);
  const auto plan = watched->plan(unread, std::make_shared<QuietBlobs>());
  ASSERT_TRUE(plan);
  std::map<std::string, std::string> walked;
  for (std::size_t share = 0; share < shares_of(**plan); ++share) {
    const auto walk = watched->walk(*plan, share);
    GitFound found;
    while (*watched->next(walk, found)) walked[found.object.id.hex()] = found.content;
  }
  EXPECT_EQ(walked.size(), expected->size());
  for (const GitObject& object : *expected) {
    EXPECT_EQ(walked[object.id.hex()], *plain.read(object));
    EXPECT_EQ(*watched->read(object), *plain.read(object));
  }
  for (std::size_t share = 0; share < tree_shares_of(**plan); ++share) {
    EXPECT_TRUE(watched->read_trees(*plan, share, wanted_of(*expected)));
  }
  EXPECT_EQ(*watched->state_stamp(), *plain.state_stamp());
  EXPECT_EQ(*watched->head_blob("deep/er/b.txt"), plain.head_blob("deep/er/b.txt"));
  const auto places = watched->attribute(*plan, *expected, unread);
  ASSERT_TRUE(places);
  EXPECT_TRUE(unread.empty());
  EXPECT_EQ(places->expand(*expected).size(), plain.attribute(*expected, unread)->size());
}

TEST_P(WatchedRepositoryTest, HandsOnWhatIsWrong) {
  const Sandbox box;
  const auto missing = WatchedRepository::open(box.path("none/.git"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  fill(box, "r");
  auto watched = WatchedRepository::open(box.path("r/.git"));
  ASSERT_TRUE(watched);
  const auto content = watched->read({GitId{}, GitObjectKind::kBlob, 0});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().what, "missing-object");
}

INSTANTIATE_TEST_SUITE_P(Both, WatchedRepositoryTest, ::testing::Bool(),
                         [](const auto& row) { return row.param ? "Watched" : "Directly"; });

}  // namespace
}  // namespace nhi

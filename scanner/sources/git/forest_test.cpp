#include "scanner/sources/git/forest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;

class Forest : public testing::Test {
 protected:
  Forest() { box_.init("t"); }
  std::shared_ptr<const DeltaForest> build() {
    pack_.write(box_, "t", "x");
    return DeltaForest::build(open_pack(box_, "t", "x"));
  }
  std::size_t add_delta(std::size_t base, const std::string& content) {
    return pack_.delta_at(base, DeltaText(1, content.size()).insert(content), GitType::kBlob,
                          content);
  }
  Sandbox box_;
  TestPack pack_;
};

TEST_F(Forest, KnowsKindsBasesAndHowMuchHangsOnEach) {
  const std::size_t root = pack_.whole(GitType::kBlob, "0");
  const std::size_t heavy = add_delta(root, "1");
  add_delta(heavy, "2");
  add_delta(heavy, "3");
  add_delta(root, "4");
  pack_.whole(GitType::kTree, "");
  const auto forest = build();
  EXPECT_EQ(forest->size(), 6U);
  EXPECT_TRUE(forest->is_root(0));
  EXPECT_FALSE(forest->is_root(1));
  EXPECT_EQ(forest->tree_size(0), 5U);
  EXPECT_EQ(forest->tree_size(1), 3U);
  EXPECT_THAT(std::vector(forest->children(0).begin(), forest->children(0).end()),
              ElementsAre(4, 1));  // the lightest first
  EXPECT_EQ(forest->type(3), GitType::kBlob);
  EXPECT_EQ(forest->type(5), GitType::kTree);
  for (std::uint32_t node = 0; node < forest->size(); ++node) {
    EXPECT_EQ(forest->id(node), pack_.id(node));
    EXPECT_EQ(forest->begin(node), pack_.at(node));
  }
  EXPECT_EQ(forest->end(5), forest->pack().end());
}

TEST_F(Forest, FindsBasesThatStandBehindTheirDeltas) {
  const GitId base = git_id(GitType::kBlob, "0");
  pack_.delta_of(base, DeltaText(1, 1).insert("1"), git_id(GitType::kBlob, "1"));
  pack_.whole(GitType::kBlob, "0");
  const auto forest = build();
  EXPECT_EQ(forest->type(0), GitType::kBlob);
  EXPECT_EQ(forest->tree_size(1), 2U);
}

TEST_F(Forest, GivesNoKindToWhatHangsInACircleOrOnNothing) {
  const GitId a = *GitId::parse(std::string(40, 'a'));
  const GitId b = *GitId::parse(std::string(40, 'b'));
  pack_.delta_of(b, DeltaText(1, 1).copy(0, 1), a);
  pack_.delta_of(a, DeltaText(1, 1).copy(0, 1), b);
  pack_.delta_of(*GitId::parse(std::string(40, 'c')), DeltaText(1, 1).copy(0, 1),
                 *GitId::parse(std::string(40, 'd')));
  pack_.whole(GitType::kBlob, "x");
  const auto forest = build();
  for (std::uint32_t node = 0; node < 3; ++node) EXPECT_FALSE(forest->type(node)) << node;
  EXPECT_EQ(forest->type(3), GitType::kBlob);
}

}  // namespace
}  // namespace nhi

// Claims about forests and the walks over them.
#include "scanner/sources/git/pack_walk.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

constexpr unsigned kBlobs = 1U << static_cast<unsigned>(GitType::kBlob);

class PackWalking : public testing::Test {
 protected:
  PackWalking() { box_.init("t"); }
  std::shared_ptr<const DeltaForest> forest() {
    pack_.write(box_, "t", "x");
    return forest_as_written();
  }
  std::shared_ptr<const DeltaForest> forest_as_written() {
    return DeltaForest::build(open_pack(box_, "t", "x"));
  }
  // A blob that is the one before it with another letter at its end.
  std::size_t add_version(std::size_t base, std::string& text, char letter) {
    const auto size = static_cast<std::uint32_t>(text.size());
    text.back() = letter;
    return pack_.delta_at(base, DeltaText(size, size).copy(0, size - 1).insert({letter}),
                          GitType::kBlob, text);
  }
  // Everything that walks over all shares give; each once.
  static std::map<std::string, std::string> walk_all(
      const std::shared_ptr<const DeltaForest>& forest, std::uint32_t nodes_min) {
    std::map<std::string, std::string> found;
    for (const ForestShare& share : share_forest(*forest, kBlobs, nodes_min)) {
      PackWalk walk(forest, share);
      GitItem item;
      while (walk.next(item)) {
        EXPECT_EQ(item.outcome, GitRead::kFound);
        EXPECT_TRUE(found.emplace(forest->id(item.node).hex(), item.content).second);
      }
    }
    return found;
  }
  static void expect_true_names(const std::map<std::string, std::string>& found) {
    for (const auto& [id, content] : found) {
      EXPECT_EQ(git_id(GitType::kBlob, content).hex(), id);
    }
  }
  Sandbox box_;
  TestPack pack_;
};

TEST_F(PackWalking, GoesDownAChainOfManyThousands) {
  std::string text(50, 'x');
  std::size_t last = pack_.whole(GitType::kBlob, text);
  for (int i = 0; i < 4'500; ++i) {
    text.replace(0, 4, std::to_string(1000 + i));
    const auto size = static_cast<std::uint32_t>(text.size());
    last = pack_.delta_at(last, DeltaText(size, size).insert(text.substr(0, 4)).copy(4, size - 4),
                          GitType::kBlob, text);
  }
  const auto found = walk_all(forest(), 100);
  EXPECT_EQ(found.size(), 4'501U);
  expect_true_names(found);
}

TEST_F(PackWalking, CutsLargeTreesAndMeetsEachNodeOnce) {
  // A main line of 300 with a side line of 20 at each tenth.
  std::string line(40, '-');
  std::size_t last = pack_.whole(GitType::kBlob, line);
  for (int i = 0; i < 300; ++i) {
    line.replace(0, 4, std::to_string(1000 + i));
    last = pack_.delta_at(last, DeltaText(40, 40).insert(line.substr(0, 4)).copy(4, 36),
                          GitType::kBlob, line);
    if (i % 10 != 0) continue;
    std::string side = line;
    std::size_t at = last;
    for (char letter = 'a'; letter < 'a' + 20; ++letter) at = add_version(at, side, letter);
  }
  const auto whole = forest();
  EXPECT_EQ(share_forest(*whole, kBlobs, 1000).size(), 1U);
  EXPECT_GT(share_forest(*whole, kBlobs, 10).size(), 20U);
  const auto found = walk_all(whole, 1000);
  EXPECT_EQ(found.size(), 901U);
  expect_true_names(found);
  EXPECT_EQ(walk_all(whole, 10), found);
}

TEST_F(PackWalking, MakesAgainWhatItCouldNotHold) {
  // Two below each, five deep, all of 4 MiB: where a walk goes down, more than is held is to be
  // gone on with.
  std::string text(4 << 20, 'x');
  char letter = '!';
  std::vector<std::size_t> level{pack_.whole(GitType::kBlob, text)};
  for (int depth = 0; depth < 5; ++depth) {
    std::vector<std::size_t> below;
    for (const std::size_t base : level) {
      // Only the last byte differs, and it is not taken over: any of them is a base for all.
      below.push_back(add_version(base, text, letter++));
      below.push_back(add_version(base, text, letter++));
    }
    level = below;
  }
  const auto found = walk_all(forest(), 1000);
  EXPECT_EQ(found.size(), 63U);
  expect_true_names(found);
}

TEST_F(PackWalking, SeesAnEntryThatSaysAnotherBase) {
  // Its data is sound, so only the sum of the whole entry tells.
  pack_.whole(GitType::kBlob, "0123456789");
  const std::size_t base = pack_.whole(GitType::kBlob, "abcdefghij");
  pack_.delta_at(base, DeltaText(10, 3).copy(2, 3), GitType::kBlob, "cde");
  pack_.write(box_, "t", "x");
  const std::string file = box_.path("t/.git/objects/pack/pack-x.pack");
  const int pack = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  const char distance = static_cast<char>(pack_.at(2) - pack_.at(0));
  ASSERT_EQ(::pwrite(pack, &distance, 1, static_cast<off_t>(pack_.at(2)) + 1), 1);
  ::close(pack);
  const auto made = forest_as_written();
  PackWalk walk(made, share_forest(*made, kBlobs, 10).at(0));
  std::map<std::string, GitRead> outcomes;
  GitItem item;
  while (walk.next(item)) outcomes[made->id(item.node).hex()] = item.outcome;
  EXPECT_EQ(outcomes[pack_.id(1).hex()], GitRead::kFound);
  EXPECT_EQ(outcomes[pack_.id(2).hex()], GitRead::kCorrupt);
}

TEST_F(PackWalking, GivesWhatIsMadeOfAnObjectThatIsTooLarge) {
  const std::string large(kWholeBytesMax + 1, 'x');
  const std::size_t base = pack_.whole(GitType::kBlob, large);
  pack_.delta_at(base, DeltaText(large.size(), 4).copy(5, 3).insert("y"), GitType::kBlob, "xxxy");
  const auto made = forest();
  PackWalk walk(made, share_forest(*made, kBlobs, 10).at(0));
  GitItem item;
  ASSERT_TRUE(walk.next(item));
  EXPECT_EQ(item.outcome, GitRead::kTooLarge);
  EXPECT_EQ(item.size, large.size());
  EXPECT_TRUE(item.content.empty());
  ASSERT_TRUE(walk.next(item));
  EXPECT_EQ(item.outcome, GitRead::kFound);
  EXPECT_EQ(item.content, "xxxy");
  EXPECT_EQ(item.size, 4U);
}

TEST_F(PackWalking, LeavesOtherKindsAlone) {
  pack_.whole(GitType::kTree, "");
  pack_.whole(GitType::kBlob, "x");
  pack_.whole(GitType::kCommit, "tree ");
  EXPECT_EQ(walk_all(forest(), 10).size(), 1U);
}

TEST_F(PackWalking, TellsWhatHangsOnDamageAndIsMended) {
  std::string text(100, 'x');
  const std::size_t base = pack_.whole(GitType::kBlob, text);
  const std::size_t bad = pack_.delta_at(base, DeltaText(100, 100).copy(0, 99).insert("yy"),
                                         GitType::kBlob, std::string(99, 'x') + "y");
  std::string next = std::string(99, 'x') + "y";
  add_version(bad, next, 'z');
  const auto made = forest();
  for (const bool mend : {false, true}) {
    std::map<std::string, GitRead> outcomes;
    PackWalk walk(made, share_forest(*made, kBlobs, 10).at(0));
    GitItem item;
    while (walk.next(item)) {
      const std::string id = made->id(item.node).hex();
      outcomes[id] = item.outcome;
      if (mend && item.outcome != GitRead::kFound) {
        walk.mend(item, std::string(99, 'x') + "y");
        EXPECT_EQ(item.content, std::string(99, 'x') + "y");
      }
    }
    EXPECT_EQ(outcomes[pack_.id(0).hex()], GitRead::kFound);
    EXPECT_EQ(outcomes[pack_.id(1).hex()], GitRead::kCorrupt);
    EXPECT_EQ(outcomes[pack_.id(2).hex()], mend ? GitRead::kFound : GitRead::kCorrupt);
  }
}

}  // namespace
}  // namespace nhi

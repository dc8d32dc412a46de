#include "scanner/base/text_change.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(TextChange, OfTheSameTextHasNoGap) {
  TextChange change(2'000);
  change.keep(0, 1'200);
  change.keep(1'200, 800);
  change.finish();
  ASSERT_EQ(change.kept().size(), 1U);
  EXPECT_TRUE(change.kept()[0].opens);
  EXPECT_TRUE(change.kept()[0].closes);
  EXPECT_TRUE(change.gaps().empty());
  EXPECT_NE(change.holding({0, 2'000}, 10'000, 10'000), nullptr);
}

TEST(TextChange, OfNothingIsOneGap) {
  const TextChange change = TextChange::all_new(7);
  EXPECT_EQ(change.gaps(), std::vector<Span>({{0, 7}}));
  EXPECT_EQ(change.holding({0, 1}, 0, 0), nullptr);
  EXPECT_EQ(TextChange::all_new(0).gaps(), std::vector<Span>({{0, 0}}));
}

TEST(TextChange, KnowsWhereBytesWereTakenOut) {
  TextChange change(3'000);
  change.keep(0, 1'000);
  change.keep(1'500, 1'500);
  change.finish();
  EXPECT_EQ(change.size(), 2'500U);
  EXPECT_EQ(change.gaps(), std::vector<Span>({{1'000, 1'000}}));
  EXPECT_EQ(change.holding({999, 1'001}, 0, 0), nullptr);
  const KeptRange* const behind = change.holding({1'000, 1'010}, 0, 10'000);
  ASSERT_NE(behind, nullptr);
  EXPECT_EQ(behind->to_old(1'000), 1'500U);
  EXPECT_EQ(behind->to_new(1'501), 1'001U);
  EXPECT_EQ(change.holding({1'000, 1'010}, 1, 0), nullptr);
}

TEST(TextChange, HasGapsAtEndsThatOnlyOneTextHas) {
  TextChange cut(2'000);  // the first and the last byte are gone
  cut.keep(1, 1'998);
  cut.finish();
  EXPECT_EQ(cut.gaps(), std::vector<Span>({{0, 0}, {1'998, 1'998}}));
  EXPECT_EQ(cut.holding({0, 5}, 1, 0), nullptr);
  TextChange grown(1'000);
  grown.add(3);
  grown.keep(0, 1'000);
  grown.add(4);
  grown.finish();
  EXPECT_EQ(grown.gaps(), std::vector<Span>({{0, 3}, {1'003, 1'007}}));
}

TEST(TextChange, PassesOverShortStretches) {
  TextChange change(5'000);
  change.keep(0, 1'000);
  change.add(2);
  change.keep(1'000, TextChange::kKeptBytesMin - 1);
  change.add(2);
  change.keep(2'000, 3'000);
  change.finish();
  EXPECT_EQ(change.gaps(), std::vector<Span>({{1'000, 1'003 + TextChange::kKeptBytesMin}}));
}

TEST(TextChange, KeepsAStretchMoreThanOnce) {
  TextChange change(1'000);
  change.keep(0, 1'000);
  change.keep(0, 1'000);
  change.finish();
  ASSERT_EQ(change.kept().size(), 2U);
  EXPECT_FALSE(change.kept()[0].closes);
  EXPECT_FALSE(change.kept()[1].opens);
  EXPECT_EQ(change.gaps(), std::vector<Span>({{1'000, 1'000}}));
}

}  // namespace
}  // namespace nhi

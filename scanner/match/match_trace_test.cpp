#include "scanner/match/match_trace.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

constexpr std::uint64_t kSize = 100'000;

MatchTrace trace(std::vector<std::pair<std::uint32_t, bool>> hits) {
  MatchTrace out;
  for (const auto& [start, live] : hits) out.hits.push_back({start, 0, 2'000, 2'000, live});
  return out;
}

// `added` bytes are put in at `at`.
TextChange insertion(std::uint64_t at, std::uint64_t added) {
  TextChange change(kSize);
  change.keep(0, at);
  change.add(added);
  change.keep(at, kSize - at);
  change.finish();
  return change;
}

TEST(LivesAlike, WhereTheChangeIsFarFromAllThatLives) {
  const MatchTrace before = trace({{10, false}, {40'000, true}, {41'000, true}});
  EXPECT_TRUE(lives_alike(before, trace({{10, false}, {40'500, true}, {41'500, true}}),
                          insertion(20'000, 500)));
  EXPECT_TRUE(lives_alike(before, before, insertion(60'000, 500)));
  // Up to the ends of both texts there need not be so much.
  EXPECT_TRUE(lives_alike(trace({{5, true}}), trace({{5, true}}), insertion(60'000, 5)));
}

TEST(LivesAlike, WhereTheChangeIsBetween) {
  const MatchTrace before = trace({{40'000, true}, {80'000, true}});
  const MatchTrace after = trace({{40'000, true}, {80'100, true}});
  EXPECT_TRUE(lives_alike(before, after, insertion(60'000, 100)));
}

TEST(LivesAlike, NotWhereTheChangeIsNear) {
  const MatchTrace before = trace({{40'000, true}, {80'000, true}});
  const MatchTrace after = trace({{40'100, true}, {80'100, true}});
  EXPECT_FALSE(lives_alike(before, after, insertion(39'000, 100)));
  EXPECT_FALSE(lives_alike(before, before, insertion(81'000, 100)));
}

TEST(LivesAlike, NotWhereOneStandsTwiceInPlaceOfAnother) {
  TextChange change(kSize);
  change.keep(0, 40'000);
  change.keep(0, 40'000);
  change.finish();
  const MatchTrace before = trace({{20'000, true}, {80'000, true}});
  EXPECT_FALSE(lives_alike(before, trace({{20'000, true}, {60'000, true}}), change));
}

TEST(LivesAlike, NotWhereOneIsGone) {
  const MatchTrace before = trace({{40'000, true}, {41'000, true}});
  EXPECT_FALSE(lives_alike(before, trace({{40'000, true}}), insertion(90'000, 1)));
  EXPECT_FALSE(lives_alike(before, trace({}), insertion(90'000, 1)));
  EXPECT_TRUE(lives_alike(trace({}), trace({}), insertion(90'000, 1)));
}

}  // namespace
}  // namespace nhi

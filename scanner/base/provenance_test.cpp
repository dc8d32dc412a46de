#include "scanner/base/provenance.hpp"

#include <gtest/gtest.h>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

Unread place(std::uint64_t number) {
  std::string name = std::to_string(number);
  return {"root", std::string(8 - name.size(), '0') + name, "permission-denied", 1};
}

TEST(Coverage, ListsTheSmallestUnreadPlacesAndCountsAll) {
  // Two orders of reading, one answer: 25,000 places forwards and backwards.
  Coverage forwards;
  Coverage backwards;
  constexpr std::uint64_t kPlaces = 25'000;
  for (std::uint64_t i = 0; i < kPlaces; ++i) {
    forwards.add_unread(place(i));
    backwards.add_unread(place(kPlaces - 1 - i));
  }
  forwards.normalise();
  backwards.normalise();
  EXPECT_EQ(forwards.unread_total, kPlaces);
  EXPECT_EQ(backwards.unread_total, kPlaces);
  ASSERT_EQ(forwards.unread.size(), kUnreadListedMax);
  ASSERT_EQ(backwards.unread.size(), kUnreadListedMax);
  for (std::size_t i = 0; i < kUnreadListedMax; ++i) {
    ASSERT_EQ(forwards.unread[i].path, place(i).path);
    ASSERT_EQ(backwards.unread[i].path, place(i).path);
  }
}

TEST(Coverage, MergesCountsOnce) {
  Coverage one;
  one.files = 2;
  one.bytes = 10;
  one.add_unread(place(1));
  one.add_policy("exclude", 1, 5);
  one.carried_since = Instant{200};
  Coverage two;
  two.files = 3;
  two.add_unread(place(0));
  two.add_policy("exclude", 2, 7);
  two.add_policy("decode-depth", 1, 0);
  two.carried_since = Instant{100};
  one.merge(two);
  one.normalise();
  EXPECT_EQ(one.files, 5U);
  EXPECT_EQ(one.bytes, 10U);
  EXPECT_EQ(one.unread_total, 2U);
  ASSERT_EQ(one.unread.size(), 2U);
  EXPECT_EQ(one.unread[0].path, place(0).path);
  ASSERT_EQ(one.by_policy.size(), 2U);
  EXPECT_EQ(one.by_policy[0].reason, "decode-depth");
  EXPECT_EQ(one.by_policy[1].count, 3U);
  EXPECT_EQ(one.by_policy[1].bytes, 12U);
  EXPECT_EQ(one.carried_since, Instant{100});
}

TEST(Coverage, MergeOfACutListKeepsItsTotal) {
  Coverage big;
  for (std::uint64_t i = 0; i < 30'000; ++i) big.add_unread(place(i));
  big.normalise();
  Coverage all;
  all.merge(big);
  EXPECT_EQ(all.unread_total, 30'000U);
}

}  // namespace
}  // namespace nhi

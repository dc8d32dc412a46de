#include "scanner/base/offset_map.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(OffsetMap, IdentityMapsEverySpanOntoItself) {
  const OffsetMap map = OffsetMap::identity(10);
  EXPECT_EQ(map.view_length(), 10U);
  EXPECT_EQ(map.to_source({3, 7}), (Span{3, 7}));
  EXPECT_TRUE(map.is_copy({0, 10}));
}

TEST(OffsetMap, EmptyMapAndEmptySpansStayEmpty) {
  EXPECT_EQ(OffsetMap::identity(0).to_source({0, 0}), (Span{0, 0}));
  const OffsetMap map = OffsetMap::identity(4);
  EXPECT_EQ(map.to_source({2, 2}), (Span{2, 2}));
  EXPECT_EQ(map.to_source({4, 4}), (Span{4, 4}));
}

TEST(OffsetMap, WidensToTheUnitsThatTheBytesCameFrom) {
  OffsetMap map;  // 8 characters of base64 at 100 give 6 bytes
  map.repeat(100, 4, 3, 2);
  EXPECT_EQ(map.view_length(), 6U);
  EXPECT_EQ(map.to_source({0, 1}), (Span{100, 104}));
  EXPECT_EQ(map.to_source({2, 4}), (Span{100, 108}));
  EXPECT_EQ(map.to_source({3, 6}), (Span{104, 108}));
  EXPECT_FALSE(map.is_copy({0, 1}));
}

TEST(OffsetMap, Utf16GivesTwoSourceBytesForEachViewByte) {
  OffsetMap map;
  map.repeat(2, 2, 1, 5);  // behind a byte-order mark
  EXPECT_EQ(map.to_source({1, 3}), (Span{4, 8}));
}

TEST(OffsetMap, OneEntityIsIndivisible) {
  OffsetMap map;  // `a&amp;b`
  map.copy(0, 1);
  map.replace({1, 6}, 1);
  map.copy(6, 1);
  EXPECT_EQ(map.view_length(), 3U);
  EXPECT_EQ(map.to_source({1, 2}), (Span{1, 6}));
  EXPECT_EQ(map.to_source({0, 3}), (Span{0, 7}));
  EXPECT_TRUE(map.is_copy({0, 1}));
  EXPECT_FALSE(map.is_copy({0, 2}));
}

TEST(OffsetMap, GapsInTheSourceLieInsideASpanThatCrossesThem) {
  OffsetMap map;  // text, a frame of 9 bytes, text
  map.copy(0, 4);
  map.copy(13, 4);
  EXPECT_EQ(map.to_source({2, 6}), (Span{2, 15}));
  EXPECT_EQ(map.to_source({4, 8}), (Span{13, 17}));
  EXPECT_EQ(map.to_source({4, 4}), (Span{13, 13}));
  EXPECT_FALSE(map.is_copy({2, 6}));
}

TEST(OffsetMap, TouchingRunsOfOneKindBecomeOne) {
  OffsetMap map;
  for (std::uint64_t i = 0; i < 1000; ++i) map.copy(i, 1);
  EXPECT_EQ(map.runs(), 1U);
  map.replace({1000, 1000}, 0);  // nothing
  EXPECT_EQ(map.view_length(), 1000U);
}

TEST(OffsetMap, BytesFromNowhereMapToAnEmptyPlace) {
  OffsetMap map;
  map.replace({5, 5}, 2);
  EXPECT_EQ(map.to_source({0, 2}), (Span{5, 5}));
}

}  // namespace
}  // namespace nhi

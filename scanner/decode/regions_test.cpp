#include "scanner/decode/regions.hpp"

#include <gtest/gtest.h>

#include "scanner/decode/sequences.hpp"
#include "scanner/decode/test_encoders.hpp"

namespace nhi {
namespace {

struct Made {
  Span span;
  std::string bytes;
};

std::vector<Made> regions_of(const View& view) {
  std::vector<Made> all;
  const RegionVisitor visit = [&](Span region, const std::vector<Hit>& hits) {
    Decoded decoded = decode_region(view.bytes, region, hits);
    EXPECT_EQ(decoded.bytes.size(), decoded_size(region, hits));
    EXPECT_EQ(decoded.map.view_length(), decoded.bytes.size());
    all.push_back({region, std::move(decoded.bytes)});
  };
  RegionBuilder builder(view, visit);
  find_entities(view.bytes, [&](const Hit& hit) { builder.add(hit); });
  builder.finish();
  return all;
}

std::vector<Made> regions_of(Bytes bytes) {
  View view;
  view.bytes = bytes;
  return regions_of(view);
}

std::string lines(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += "an ordinary line of text, " + std::to_string(i) + "\n";
  return out;
}

TEST(Regions, AreWholeLinesAroundASequence) {
  const std::string text = lines(200) + "key=a&amp;b\n" + lines(200);
  const auto all = regions_of(text);
  ASSERT_EQ(all.size(), 1U);
  const auto start = static_cast<std::size_t>(all[0].span.start);
  const auto end = static_cast<std::size_t>(all[0].span.end);
  EXPECT_EQ(text[start - 1], '\n');
  EXPECT_EQ(text[end - 1], '\n');
  EXPECT_LE(text.find('&') - start, 2 * kContextBytesMin);
  EXPECT_LE(end - text.find('&'), 2 * kContextBytesMin);
  EXPECT_NE(all[0].bytes.find("key=a&b\n"), std::string::npos);
}

TEST(Regions, JoinWhenCloseAndNotWhenFar) {
  EXPECT_EQ(regions_of("a&amp;b\n" + lines(40) + "c&amp;d\n").size(), 1U);
  EXPECT_EQ(regions_of("a&amp;b\n" + lines(400) + "c&amp;d\n").size(), 2U);
}

TEST(Regions, OfOneGiantLineStaySmall) {
  const std::string line = std::string(5 * kMiB, 'x') + "key=a&amp;b" + std::string(5 * kMiB, 'y');
  const auto all = regions_of(line);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_LE(all[0].span.size(), 2 * kContextBytesMax + 20);
}

TEST(Regions, CoverEverySequenceAndOverlapWhenCut) {
  test::Random random(1);
  for (const bool broken_in_lines : {false, true}) {
    std::string text;
    while (text.size() < 5 * kMiB) {
      text += random() % 3 == 0 ? "&#x41;" : "some text ";
      if (broken_in_lines && random() % 8 == 0) text += "\n";
    }
    const auto all = regions_of(text);
    ASSERT_GE(all.size(), 5U);
    EXPECT_EQ(all.front().span.start, 0U);
    EXPECT_GE(all.back().span.end, text.rfind('&') + 6);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_LE(all[i].span.size(), kRegionBytesMax + 2 * kContextBytesMax);
      EXPECT_EQ(all[i].bytes.find("&#x41;"), std::string::npos);
      if (i == 0) continue;
      EXPECT_LE(all[i].span.start, all[i - 1].span.end - kMatchBytesMax);
      EXPECT_GT(all[i].span.end, all[i - 1].span.end);
    }
  }
}

TEST(Regions, AreNotMadeForWhatTheParentHeldAlready) {
  View parent;
  parent.bytes = "";
  const std::string text = lines(500) + "a&amp;b\n" + lines(500);
  View child;
  child.bytes = text;
  child.parent = &parent;
  child.map = OffsetMap::identity(text.size());
  EXPECT_TRUE(regions_of(child).empty());
  OffsetMap changed;
  const std::uint64_t at = text.find('&') - 100;
  changed.copy(0, at);
  changed.replace({at, at + 5}, 1);
  changed.copy(at + 5, text.size() - at - 1);
  child.map = changed;
  EXPECT_EQ(regions_of(child).size(), 1U);
}

TEST(Regions, DecodeWhatStandsInTheirContextButOpensNone) {
  const std::string text = "first\\n\" second=\\u0041 third\\n\"\n" + lines(500) + "last\\n\"\n";
  View view;
  view.bytes = text;
  std::vector<std::string> all;
  const RegionVisitor visit = [&](Span region, const std::vector<Hit>& hits) {
    all.push_back(decode_region(text, region, hits).bytes);
  };
  RegionBuilder builder(view, visit);
  find_escapes(text, [&](const Hit& hit) { builder.add(hit); });
  builder.finish();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].substr(0, 33), "first\n\" second=A third\n\"\nan ordin");
}

}  // namespace
}  // namespace nhi

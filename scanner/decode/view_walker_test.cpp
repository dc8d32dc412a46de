#include "scanner/decode/view_walker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

TEST(ViewWalker, VisitsWhatIsEncodedInAPart) {
  std::vector<std::string> seen;
  const ViewVisitor visit = [&](const View& view) {
    seen.emplace_back(view.bytes);
    return true;
  };
  const std::string text = "x &amp;#65;BCDEFGHIJKL y";
  ViewWalker walker(text, DecodeLimits{}, visit);
  ASSERT_TRUE(walker.admit(walker.blob(), 20));
  Decoded part{"x &#65;BCDEFGHIJKL y", OffsetMap::identity(20)};
  part.map = {};
  part.map.replace({0, text.size()}, part.bytes.size());
  walker.descend(walker.blob(), Encoding::kXmlEntity, part);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[1], "x ABCDEFGHIJKL y");
  EXPECT_EQ(walker.stats().views, 2U);
  EXPECT_EQ(walker.allowance().used().first, 20U);
  EXPECT_EQ(walker.allowance().used().deeper, seen[1].size());
}

TEST(ViewWalker, CountsWhatItDoesNotAdmit) {
  const ViewVisitor visit = [](const View&) { return true; };
  ViewWalker walker("some text", DecodeLimits{}, visit);
  EXPECT_FALSE(walker.admit(walker.blob(), 1)) << "not worth a view, and not counted";
  EXPECT_EQ(walker.stats().dropped_by_expansion, 0U);
  EXPECT_FALSE(walker.admit(walker.blob(), std::size_t{1} << 30U));
  EXPECT_EQ(walker.stats().dropped_by_expansion, 1U);
  View deep;
  deep.depth = DecodeLimits{}.depth_max;
  EXPECT_FALSE(walker.admit(deep, 100));
  EXPECT_EQ(walker.stats().dropped_by_depth, 1U);
}

TEST(Allowance, TakesInOneWhatWasTakenInParts) {
  Allowance parts(10'000, 8);
  EXPECT_TRUE(parts.take(1, 30'000));
  EXPECT_TRUE(parts.take(2, 5'000));
  EXPECT_TRUE(parts.take(3, 20'000));
  Allowance all(10'000, 8);
  EXPECT_TRUE(all.take_all(parts.used()));
  EXPECT_EQ(all.used(), parts.used());
  EXPECT_FALSE(all.take_all(parts.used())) << "twice is too much";
}

}  // namespace
}  // namespace nhi

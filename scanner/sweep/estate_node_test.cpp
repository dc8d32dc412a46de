#include "scanner/sweep/estate_node.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(PathFrom, StartsAtTheFolderUnlessAbsolute) {
  EXPECT_EQ(path_from("/etc/nhi", "../a/"), "/etc/a");
  EXPECT_EQ(path_from("/etc/nhi", "/srv//b/."), "/srv/b");
}

TEST(CheckKeys, OffersTheNearestAndNamesThePlace) {
  const YAML::Node node = YAML::Load("path: x\nownr: y\n");
  const auto checked = check_keys("estate.yaml", node, {"path", "owner"});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().subject, "estate.yaml:2:1");
  EXPECT_EQ(checked.error().hint, "did you mean 'owner'?");
}

}  // namespace
}  // namespace nhi

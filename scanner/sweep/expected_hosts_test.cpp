#include "scanner/sweep/expected_hosts.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace nhi {
namespace {

TEST(ExpectedHosts, AreNamesWithAnAgeThatABundleMayHave) {
  const auto hosts =
      read_hosts("estate.yaml", YAML::Load("[app01, {name: pas.trust.local, max_age: 2d}]"));
  ASSERT_TRUE(hosts.has_value());
  ASSERT_EQ(hosts->size(), 2U);
  EXPECT_EQ((*hosts)[0].name, "app01");
  EXPECT_EQ((*hosts)[0].max_age, kBundleAgeMaxSeconds);
  EXPECT_EQ((*hosts)[1].name, "pas.trust.local");
  EXPECT_EQ((*hosts)[1].max_age, 2 * 86'400);
  // Two nights' bundles are further apart than this, one night's collection and import closer.
  EXPECT_LT(kBundleAgeMaxSeconds, 86'400);
}

TEST(ExpectedHosts, RefusesWhatCannotBeHonoured) {
  for (const char* yaml :
       {"app01", "{app01: }", "[App01]", "['../x']", "[app01, app01]", "['']", "[{max_age: 2d}]",
        "[{name: app01, max_age: soon}]", "[{name: app01, age: 2d}]", "[[app01]]"}) {
    const auto hosts = read_hosts("estate.yaml", YAML::Load(yaml));
    ASSERT_FALSE(hosts.has_value()) << yaml;
    EXPECT_EQ(hosts.error().code, ErrorCode::kBadUse) << yaml;
    EXPECT_TRUE(hosts.error().subject.starts_with("estate.yaml:1:")) << yaml;
  }
}

}  // namespace
}  // namespace nhi

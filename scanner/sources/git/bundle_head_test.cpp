#include "scanner/sources/git/bundle_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

const std::string kOne(40, '1');
const std::string kTwo(40, '2');
const std::string kSecond = "# v2 git bundle\n";
const std::string kThird = "# v3 git bundle\n";

TEST(ParseBundleHead, ReadsRefsAndPrerequisites) {
  const std::string text = kSecond + "-" + kTwo + " a comment with spaces\n-" + kOne + "\n" + kTwo +
                           " refs/heads/b\n" + kOne + " refs/heads/a b\n" + kTwo + " HEAD\n\nPACK";
  const auto head = parse_bundle_head(text);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->pack_at, text.size() - 4);
  ASSERT_EQ(head->refs.refs.size(), 2U);
  EXPECT_EQ(head->refs.refs[0].name, "refs/heads/a b");
  EXPECT_EQ(head->refs.refs[1].name, "refs/heads/b");
  EXPECT_EQ(head->refs.refs[1].target.hex(), kTwo);
  ASSERT_TRUE(head->refs.head);
  EXPECT_EQ(head->refs.head->hex(), kTwo);
  ASSERT_EQ(head->refs.prerequisites.size(), 2U);
  EXPECT_EQ(head->refs.prerequisites[1].hex(), kOne);
}

TEST(ParseBundleHead, KnowsTheCapabilitiesThatGitKnows) {
  const auto head = parse_bundle_head(kThird + "@object-format=sha1\n@filter=blob:none\n" + kOne +
                                      " refs/heads/main\n\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->refs.refs.size(), 1U);
}

struct Refused {
  std::string name, text, reason;
};
class BundleHeadTest : public testing::TestWithParam<Refused> {};
TEST_P(BundleHeadTest, IsRefused) {
  const auto head = parse_bundle_head(GetParam().text);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().what, GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(
    Table, BundleHeadTest,
    testing::Values(
        Refused{"Nothing", "", "unsupported-bundle"},
        Refused{"AnotherVersion", "# v4 git bundle\n\n", "unsupported-bundle"},
        Refused{"Sha256", kThird + "@object-format=sha256\n\n", "sha256-repository"},
        Refused{"AnotherFormat", kThird + "@object-format=md5\n\n", "unsupported-bundle"},
        Refused{"UnknownCapability", kThird + "@compress=zstd\n\n", "unsupported-bundle"},
        // Version 2 has none: what looks like one is no ref.
        Refused{"CapabilityOfVersion3", kSecond + "@filter=blob:none\n\n", "corrupt-bundle"},
        Refused{"CapabilityBehindARef", kThird + kOne + " r\n@filter=blob:none\n\n",
                "corrupt-bundle"},
        Refused{"NoEnd", kSecond + kOne + " refs/heads/main\n", "corrupt-bundle"},
        Refused{"NoLineEnd", kSecond + kOne, "corrupt-bundle"},
        Refused{"NoName", kSecond + kOne + " \n\n", "corrupt-bundle"},
        Refused{"NoNameAtAll", kSecond + kOne + "\n\n", "corrupt-bundle"},
        Refused{"ShortId", kSecond + kOne.substr(1) + " r\n\n", "corrupt-bundle"},
        Refused{"LongId", kSecond + kOne + kOne.substr(0, 24) + " r\n\n", "corrupt-bundle"},
        Refused{"NoId", kSecond + "refs/heads/main\n\n", "corrupt-bundle"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace nhi

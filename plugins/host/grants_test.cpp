#include "plugins/host/grants.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

using Words = std::vector<std::string>;

TEST(Grants, EveryWordIsRead) {
  const auto grants =
      parse_grants({"net:443", "net:8443", "exec", "fs:read:/etc/ssh", "fs:write:/var/lib/x"});
  ASSERT_TRUE(grants);
  EXPECT_TRUE(grants->net);
  EXPECT_EQ(grants->ports, (std::vector<std::uint16_t>{443, 8443}));
  EXPECT_TRUE(grants->exec);
  EXPECT_EQ(grants->read, Words{"/etc/ssh"});
  EXPECT_EQ(grants->write, Words{"/var/lib/x"});
  EXPECT_EQ(*parse_grants({}), Grants{});
}

TEST(Grants, TheWiderWordWins) {
  for (const Words& words : {Words{"net", "net:443"}, Words{"net:443", "net"}}) {
    const auto grants = parse_grants(words);
    ASSERT_TRUE(grants);
    EXPECT_TRUE(grants->ports.empty());
  }
}

TEST(Grants, UnknownWordsAndCrookedPathsAreRefused) {
  for (const char* word : {"", "network", "net:", "net:0", "net:65536", "net:http", "fs:/etc",
                           "fs:read:", "fs:read:etc", "fs:read:/etc/../root", "fs:write:/a//b"}) {
    const auto grants = parse_grants({word});
    ASSERT_FALSE(grants) << word;
    EXPECT_EQ(grants.error().subject, word);
  }
}

TEST(Grants, NeedsAreCoveredByWhatIsAllowed) {
  const Grants allowed = *parse_grants({"net:443", "fs:read:/etc", "fs:write:/var/lib/x"});
  EXPECT_EQ(not_covered({"net:443", "fs:read:/etc/ssh", "fs:read:/var/lib/x/a"}, allowed), Words{});
  EXPECT_EQ(not_covered({"net"}, allowed), Words{"net"});
  EXPECT_EQ(not_covered({"net:80", "exec"}, allowed), (Words{"net:80", "exec"}));
  EXPECT_EQ(not_covered({"fs:read:/etcetera"}, allowed), Words{"fs:read:/etcetera"});
  EXPECT_EQ(not_covered({"fs:write:/etc/ssh"}, allowed), Words{"fs:write:/etc/ssh"});
  EXPECT_EQ(not_covered({"moon"}, allowed), Words{"moon"});
  EXPECT_EQ(not_covered({"fs:read", "fs:write"}, allowed), Words{});
  EXPECT_EQ(not_covered({"fs:read", "fs:write"}, Grants{}), (Words{"fs:read", "fs:write"}));
}

}  // namespace
}  // namespace nhi

#include "scanner/definitions/settings.hpp"

#include <gtest/gtest.h>

namespace nhi::definitions {
namespace {

std::vector<Setting> settings(std::initializer_list<std::pair<const char*, const char*>> list) {
  std::vector<Setting> out;
  for (const auto& [key, value] : list) out.push_back({key, Text(std::string_view(value)), key});
  return out;
}

TEST(Settings, PairByTheirStem) {
  const auto sites = sites_of_settings("", settings({{"LAB_URL", "jdbc:mysql://lab/x"},
                                                     {"LAB_USER", "lu"},
                                                     {"LAB_PASSWORD", "l9"},
                                                     {"pasHost", "pas01"},
                                                     {"pasPort", "1433"},
                                                     {"pasUser", "pu"},
                                                     {"pasPassword", "p9"},
                                                     {"lonely.password", "q9"}}));
  ASSERT_EQ(sites.size(), 3U);
  EXPECT_EQ(sites[0].site.account, "lu");
  EXPECT_EQ(sites[0].site.target, "jdbc:mysql://lab/x");
  EXPECT_EQ(sites[0].site.provider, "mysql");
  EXPECT_EQ(sites[1].site.account, "pu");
  EXPECT_EQ(sites[1].site.target, "pas01:1433");
  EXPECT_EQ(sites[2].site.account, "");
  EXPECT_EQ(sites[2].site.target, "");
  EXPECT_EQ(sites[2].setting, 7U);
}

TEST(Settings, ShorterStemsServeLongerOnes) {
  const auto sites = sites_of_settings(
      "", settings({{"pas.db.url", "jdbc:mysql://pas/x"}, {"pas.db.ro.password", "p9"}}));
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].site.target, "jdbc:mysql://pas/x");
}

TEST(Settings, UrlsWithALoginAreSites) {
  const auto sites = sites_of_settings("", settings({{"broker", "amqp://u:p9@mq/v"}}));
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].site.account, "u");
  EXPECT_EQ(sites[0].site.target, "amqp://mq/v");
}

}  // namespace
}  // namespace nhi::definitions

#include "scanner/report/groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

Credential in_system(std::string id, std::vector<std::string> systems, std::uint64_t sites) {
  Credential c;
  c.id = std::move(id);
  c.principal = Principal::kMachine;
  c.systems = std::move(systems);
  c.sites = sites;
  return c;
}

TEST(Groups, SumUpWhatCountsAndPutTheWeightiestFirst) {
  ReportData data;
  data.credentials = {in_system("c_1", {"PAS"}, 1), in_system("c_2", {"PAS", "TIE"}, 4),
                      in_system("c_3", {}, 1)};
  data.credentials[2].status = CredentialStatus::kDeadProven;
  const std::vector<Group> groups = groups_of(data, GroupBy::kSystem);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].name, "PAS");  // as weighty as TIE, and more of them
  EXPECT_EQ(groups[0].credentials, 2u);
  EXPECT_EQ(groups[0].sites, 5u);
  EXPECT_EQ(groups[0].first, "c_2");
  EXPECT_EQ(groups[1].name, "TIE");
  EXPECT_EQ(groups[2].name, "");
  EXPECT_EQ(groups[2].credentials, 1u);
  EXPECT_EQ(groups[2].counted, 0u);
  EXPECT_EQ(groups[2].first, "");
}

TEST(Groups, ComeAsTextAndJson) {
  const ReportData data = testing::sample_sweep();
  EXPECT_THAT(*render_groups(GroupBy::kOwner, ReportFormat::kText, data, 0),
              HasSubstr("(no owner known)\n"));
  const auto json =
      nlohmann::json::parse(*render_groups(GroupBy::kOwner, ReportFormat::kJson, data, 0));
  EXPECT_EQ(json["groups"].size(), groups_of(data, GroupBy::kOwner).size());
  const auto one =
      nlohmann::json::parse(*render_groups(GroupBy::kSystem, ReportFormat::kJson, data, 1));
  EXPECT_EQ(one["groups"].size(), 1u);
  EXPECT_FALSE(render_groups(GroupBy::kSystem, ReportFormat::kHtml, data, 0).has_value());
}

TEST(Groups, SurviveHostileNames) {
  const ReportData data = testing::hostile("a\xFF\x1b[31m\n");
  EXPECT_EQ(render_groups(GroupBy::kSystem, ReportFormat::kText, data, 0)->find('\x1b'),
            std::string::npos);
  EXPECT_TRUE(
      nlohmann::json::accept(*render_groups(GroupBy::kSystem, ReportFormat::kJson, data, 0)));
}

}  // namespace
}  // namespace nhi

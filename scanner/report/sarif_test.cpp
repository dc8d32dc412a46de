// The official schema is asked by the CTest report_sarif_schema; here stands what it cannot say.
#include "scanner/report/sarif.hpp"

#include <gtest/gtest.h>

#include "scanner/report/json.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

Json run_of(const ReportData& data) { return Json::parse(render_sarif(data))["runs"][0]; }

TEST(Sarif, MapsPresenceToBaselineState) {
  ReportData data = testing::sample_sweep();
  data.findings.resize(1);
  const std::pair<Presence, const char*> rows[] = {{Presence::kNew, "new"},
                                                   {Presence::kOpen, "unchanged"},
                                                   {Presence::kGone, "absent"},
                                                   {Presence::kUnverified, "unchanged"}};
  for (const auto& [presence, wanted] : rows) {
    data.findings[0].presence = presence;
    EXPECT_EQ(run_of(data)["results"][0]["baselineState"], wanted);
  }
  data.findings[0].first_seen.reset();  // a scan has no yesterday
  EXPECT_FALSE(run_of(data)["results"][0].contains("baselineState"));
}

TEST(Sarif, NamesEveryRuleOnceAndPointsAtIt) {
  const Json run = run_of(testing::sample_sweep());
  const Json& rules = run["tool"]["driver"]["rules"];
  for (const Json& result : run["results"]) {
    EXPECT_EQ(rules[result["ruleIndex"].get<std::size_t>()]["id"], result["ruleId"]);
  }
}

TEST(Sarif, EncodesThePathAndGivesTheMemberNoLineOfTheContainer) {
  ReportData data = testing::sample_scan();
  data.findings.resize(1);
  Finding& finding = data.findings[0];
  finding.place.path = "a b/\xFF:c.env";
  finding.place.member.clear();
  Json place = run_of(data)["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "a%20b/%FF%3Ac.env");
  EXPECT_EQ(place["artifactLocation"]["uriBaseId"], "ROOT1");
  EXPECT_TRUE(place.contains("region"));
  finding.place.member = "inner.txt";
  place = run_of(data)["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_FALSE(place.contains("region"));
}

TEST(Sarif, SaysThatAnIncompleteRunDidNotSucceed) {
  ReportData data = testing::sample_scan();
  const Json invocation = run_of(data)["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  EXPECT_EQ(invocation["properties"]["coverage"]["unread_total"], 2);
  data.coverage = {};
  EXPECT_EQ(run_of(data)["invocations"][0]["executionSuccessful"], true);
}

TEST(Sarif, CarriesExceptionsAsSuppressions) {
  ReportData data = testing::sample_sweep();
  data.findings.resize(1);
  data.findings[0].exception_id = "e_1";
  data.findings[0].ignored_inline = true;
  const Json suppressions = run_of(data)["results"][0]["suppressions"];
  ASSERT_EQ(suppressions.size(), 2u);
  EXPECT_EQ(suppressions[0]["kind"], "external");
  EXPECT_EQ(suppressions[1]["kind"], "inSource");
  data.findings[0].decision.emplace().verdict = Verdict::kFalsePositive;
  data.findings[0].decision->reason = "a sample";
  EXPECT_EQ(run_of(data)["results"][0]["suppressions"][1]["justification"],
            "false positive: a sample");
}

TEST(Sarif, CallsAReferenceInformational) {
  const Json run = run_of(testing::sample_scan());
  for (const Json& result : run["results"]) {
    if (result["properties"]["kind"] != "site") continue;
    EXPECT_EQ(result["kind"], "informational");
    EXPECT_EQ(result["level"], "none");
  }
}

TEST(Sarif, CarriesAllFactsOfAFinding) {
  const ReportData data = testing::sample_sweep();
  const Json run = run_of(data);
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    EXPECT_EQ(run["results"][i]["properties"], finding_value(data.findings[i], nullptr));
  }
}

TEST(Sarif, EqualsTheGoldenFiles) {
  testing::expect_golden("scan.sarif", render_sarif(testing::sample_scan()));
  testing::expect_golden("sweep.sarif", render_sarif(testing::sample_sweep()));
}

}  // namespace
}  // namespace nhi

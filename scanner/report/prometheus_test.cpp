#include "scanner/report/prometheus.hpp"

#include <gtest/gtest.h>

#include "scanner/report/overview.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/prometheus_grammar.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

std::string page_of(const ReportData& data) {
  const auto page = render_prometheus(data);
  return page ? *page : std::string();
}

std::map<std::string, double> samples_of(const ReportData& data) {
  const testing::Metrics metrics = testing::read_prometheus(page_of(data));
  EXPECT_EQ(metrics.error, "");
  return metrics.samples;
}

TEST(PrometheusGrammar, RefusesWhatAServerRefuses) {
  const std::string head = "# HELP a A.\n# TYPE a gauge\n";
  EXPECT_EQ(testing::read_prometheus(head + "a 1\n").error, "");
  EXPECT_EQ(testing::read_prometheus(head + "a{b=\"x\\\\y\\\"z\\n\",c=\"\"} -1.5\n").error, "");
  for (const char* tail :
       {"a 1", "a  1\n", "a 1 \n", "a x\n", "b 1\n", "a{b=\"x} 1\n", "a{b=\"\\x\"} 1\n",
        "a{b=x} 1\n", "a{1=\"x\"} 1\n", "a{} 1\n", "a{b=\"x\",} 1\n", "a{b=\"x\",b=\"y\"} 1\n",
        "a 1\na 2\n", "\n", "a 1\n# HELP a A.\n# TYPE a gauge\n", "# HELP b B.\n", "a\xFF 1\n"}) {
    EXPECT_NE(testing::read_prometheus(head + tail).error, "") << tail;
  }
}

TEST(LabelEscaped, LeavesNothingThatEndsTheLabelOrTheLine) {
  EXPECT_EQ(label_escaped("a\\b\"c"), "a\\\\b\\\"c");
  EXPECT_EQ(label_escaped("a\nb\x1b"), "a\\\\x0Ab\\\\x1B");
  EXPECT_EQ(label_escaped("a\xFF"), "a\xEF\xBF\xBD");
}

TEST(Prometheus, GivesTheNumbersOfTheOverview) {
  const ReportData data = testing::sample_sweep();
  const Overview overview = make_overview(data);
  auto samples = samples_of(data);
  EXPECT_EQ(samples.at("nhisweep_findings{state=\"new\"}"), overview.measures.fresh);
  EXPECT_EQ(samples.at("nhisweep_findings{state=\"open\"}"), overview.open);
  EXPECT_EQ(samples.at("nhisweep_credentials_outstanding"), overview.measures.outstanding);
  EXPECT_EQ(samples.at("nhisweep_credentials_cis1_stale"), overview.measures.cis1_stale);
  EXPECT_EQ(samples.at("nhisweep_dependencies_will_stop"), overview.measures.will_stop);
  EXPECT_EQ(samples.at("nhisweep_dependencies{state=\"cis1-only\"}"), 1);
  EXPECT_EQ(samples.at("nhisweep_dependencies{state=\"retired\"}"), 0);
  EXPECT_EQ(samples.at("nhisweep_cis1_removal_days"), overview.days_to_removal);
  EXPECT_EQ(samples.at("nhisweep_carried_files"), 1100);
  EXPECT_EQ(samples.at("nhisweep_last_sweep_timestamp_seconds"),
            static_cast<double>(data.trend.back().when.seconds));
}

TEST(Prometheus, LeavesOutWhatNobodyKnowsAndSaysSo) {
  ReportData data = testing::sample_sweep();
  for (Credential& credential : data.credentials) credential.staleness = {};
  data.dependencies.clear();
  auto samples = samples_of(data);
  EXPECT_FALSE(samples.contains("nhisweep_credentials_long_lived"));
  EXPECT_FALSE(samples.contains("nhisweep_credentials_cis1_stale"));
  EXPECT_FALSE(samples.contains("nhisweep_dependencies_will_stop"));
  for (const char* name : {"long-lived", "cis1-stale", "will-stop", "unused", "orphaned"}) {
    EXPECT_EQ(samples.at(std::string("nhisweep_measure_unknown{measure=\"") + name + "\"}"), 1);
  }
  samples = samples_of(testing::sample_sweep());
  EXPECT_EQ(samples.at("nhisweep_measure_unknown{measure=\"long-lived\"}"), 0);
  EXPECT_TRUE(samples.contains("nhisweep_credentials_long_lived"));
}

TEST(Prometheus, SumsReasonsWhoseNumbersChangeEveryNight) {
  ReportData data = testing::sample_sweep();
  data.coverage.unread = {{"a", "", "stale: last fetched 3 days ago", 0},
                          {"b", "", "stale: last fetched 4 days ago", 0},
                          {"c", "", "io-error", 0}};
  data.coverage.unread_total = 10;
  auto samples = samples_of(data);
  EXPECT_EQ(samples.at("nhisweep_unread_places_by_reason{reason=\"stale\"}"), 2);
  EXPECT_EQ(samples.at("nhisweep_unread_places_by_reason{reason=\"io-error\"}"), 1);
  EXPECT_EQ(samples.at("nhisweep_unread_places_by_reason{reason=\"not-listed\"}"), 7);
  EXPECT_EQ(samples.at("nhisweep_unread_places"), 10);
}

TEST(Prometheus, StaysGrammaticalWhateverStandsInItsFields) {
  for (const std::string& text : {std::string("a\"} 1\nb{c=\"\\"), std::string("x\0\xFF\xC0\\", 5),
                                  std::string("\xEF\xBF\xBE\xE2\x80\xAE"), std::string()}) {
    samples_of(testing::hostile(text));
  }
}

TEST(Prometheus, NamesNoPlaceAndNoFinding) {
  const std::string page = page_of(testing::sample_sweep());
  for (const char* name : {"tie/channels", "svc_mirth", "f_1", "c_a", "repo-b", "platform"}) {
    EXPECT_EQ(page.find(name), std::string::npos) << name;
  }
}

TEST(Prometheus, IsRefusedForAScan) {
  const auto page = render_prometheus(testing::sample_scan());
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().code, ErrorCode::kBadUse);
}

TEST(Prometheus, EqualsTheGoldenFile) {
  testing::expect_golden("sweep.prom", page_of(testing::sample_sweep()));
}

}  // namespace
}  // namespace nhi

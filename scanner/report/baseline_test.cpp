#include "scanner/report/baseline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/report/report.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

constexpr ReportFormat kFormats[] = {ReportFormat::kJson, ReportFormat::kJsonl,
                                     ReportFormat::kSarif, ReportFormat::kCsv};

std::string refusal(const std::string& text) {
  const auto read = read_baseline(text, "b.json", "k1");
  if (read) return "taken";
  EXPECT_EQ(read.error().code, ErrorCode::kBadUse);
  return read.error().message() + "; " + read.error().hint;
}

TEST(Baseline, EveryFormatWithIdsGivesTheSameFindings) {
  const ReportData scan = testing::sample_scan();
  ASSERT_FALSE(scan.findings.empty());
  for (const ReportFormat format : kFormats) {
    const std::string text = *render(format, scan);
    const auto read = read_baseline(text, "b", scan.key_id);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->ids.size(), scan.findings.size()) << static_cast<int>(format);
    for (const Finding& finding : scan.findings) EXPECT_TRUE(read->ids.contains(finding.id));
  }
}

TEST(Baseline, AReportOfASweepOrOfAnotherKeyIsRefused) {
  const ReportData scan = testing::sample_scan();
  for (const ReportFormat format : kFormats) {
    EXPECT_THAT(refusal(*render(format, testing::sample_sweep())), HasSubstr("report of a sweep"))
        << static_cast<int>(format);
    const auto other = read_baseline(*render(format, scan), "b", "k2");
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().message(), HasSubstr("made with the key 'k1', this is 'k2'"));
  }
}

TEST(Baseline, WhatIsNoReportIsRefusedWithWhatToDo) {
  for (const char* text : {"", " \n", "{}", "[]", "{\"schema\":\"nhisweep.finding/2\"}", "hello",
                           "id,name\n1,2\n", "{\"findings\":[{\"id\":\"f_1\"}]}",
                           "{\"schema\":\"nhisweep.scan/1\",\"findings\":[{}]}"}) {
    EXPECT_THAT(refusal(text), HasSubstr("make it again")) << text;
  }
}

TEST(Baseline, HalfAReportIsRefused) {
  const ReportData scan = testing::sample_scan();
  const std::string text = *render(ReportFormat::kJson, scan);
  EXPECT_THAT(refusal(text.substr(0, text.size() / 2)), HasSubstr("not valid JSON: 'b.json, line"));
}

}  // namespace
}  // namespace nhi

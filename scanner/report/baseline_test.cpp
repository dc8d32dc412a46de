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

BaselineKeys keys_of(const ReportData& scan) { return {scan.key_id, scan.key_check}; }

std::string refusal(const std::string& text) {
  const auto read = read_baseline(text, "b.json", keys_of(testing::sample_scan()));
  if (read) return "taken";
  EXPECT_EQ(read.error().code, ErrorCode::kBadUse);
  return read.error().message() + "; " + read.error().hint;
}

TEST(Baseline, EveryFormatWithIdsGivesTheSameFindings) {
  const ReportData scan = testing::sample_scan();
  ASSERT_FALSE(scan.findings.empty());
  for (const ReportFormat format : kFormats) {
    const std::string text = *render(format, scan);
    const auto read = read_baseline(text, "b", keys_of(scan));
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
    const auto other = read_baseline(*render(format, scan), "b", {"k2", ""});
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().message(), HasSubstr("made with the key 'k1', this is 'k2'"));
  }
}

TEST(Baseline, AnotherEstatesKeyOfTheSameNameIsRefusedWithBothChecks) {
  const ReportData scan = testing::sample_scan();
  for (const ReportFormat format : kFormats) {
    const auto other =
        read_baseline(*render(format, scan), "b", {"k1", "00112233445566"}, coverage_json(scan));
    ASSERT_FALSE(other) << static_cast<int>(format);
    EXPECT_EQ(other.error().code, ErrorCode::kBadUse);
    EXPECT_THAT(other.error().message(),
                HasSubstr("another key: k1 (check 5c9a01f2), this is k1 (check 00112233)"));
    EXPECT_THAT(other.error().hint, HasSubstr("key import"));
  }
  // A CSV alone, and a report of before, tell no check.
  EXPECT_TRUE(read_baseline(*render(ReportFormat::kCsv, scan), "b", {"k1", "0011"}));
  ReportData old = scan;
  old.key_check.clear();
  EXPECT_TRUE(read_baseline(*render(ReportFormat::kJson, old), "b", {"k1", "0011"}));
}

TEST(Baseline, OneOfTheKeyThatIsBeingReplacedSaysSo) {
  const ReportData scan = testing::sample_scan();
  for (const ReportFormat format : kFormats) {
    const std::string text = *render(format, scan);
    const auto now = read_baseline(text, "b", {"k2", "0011", "k1", scan.key_check});
    ASSERT_TRUE(now) << now.error().message();
    EXPECT_TRUE(now->under_former) << static_cast<int>(format);
    EXPECT_FALSE(read_baseline(text, "b", keys_of(scan))->under_former);
    EXPECT_FALSE(
        read_baseline(text, "b", {"k2", "0011", "k1", "other former"}, coverage_json(scan)));
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

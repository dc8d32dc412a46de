#include "scanner/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

TEST(ReportFormats, AreParsedByTheirNames) {
  for (const char* name :
       {"text", "json", "jsonl", "sarif", "csv", "html", "junit", "prometheus"}) {
    const auto format = parse_report_format(name);
    ASSERT_TRUE(format.has_value()) << name;
    EXPECT_TRUE(render(*format, testing::sample_sweep()).has_value());
  }
  EXPECT_FALSE(parse_report_format("HTML").has_value());
}

}  // namespace
}  // namespace nhi

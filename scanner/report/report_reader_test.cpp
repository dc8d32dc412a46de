#include "scanner/report/report_reader.hpp"

#include <gtest/gtest.h>

#include "scanner/report/json.hpp"
#include "scanner/report/report.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

TEST(ReportReader, ReadsWhatTheReportSays) {
  const ReportData data = testing::sample_scan();
  for (const ReportFormat format : {ReportFormat::kJson, ReportFormat::kJsonl}) {
    const auto text = render(format, data);
    ASSERT_TRUE(text);
    for (const Finding& finding : data.findings) {
      const auto read = read_reported_finding(*text, "scan.json", finding.id);
      ASSERT_TRUE(read) << read.error().message();
      EXPECT_EQ(read->rule, finding.rule);
      EXPECT_EQ(read->kind, finding.kind);
      EXPECT_EQ(read->confidence, finding.confidence);
      EXPECT_EQ(read->why, finding.why);
      EXPECT_EQ(read->fingerprint, finding.fingerprint);
      EXPECT_EQ(read->place.root, finding.place.root);
      EXPECT_EQ(read->place.path, finding.place.path);
      EXPECT_EQ(read->place.git.has_value(), finding.place.git.has_value());
      EXPECT_EQ(read->bytes, finding.bytes);
      EXPECT_EQ(read->first.line, finding.first.line);
      EXPECT_EQ(read->encoding, finding.encoding);
    }
  }
}

TEST(ReportReader, RefusesWhatItCannotTell) {
  const std::string a = R"({"schema":"nhisweep.finding/1","id":"f_1a","kind":"credential")";
  const std::string rest = R"(,"severity":"low","confidence":"low"})";
  const std::string b = R"({"schema":"nhisweep.finding/1","id":"f_1b","kind":"credential")";
  const std::string both = a + rest + ",\n" + b + rest + "\n";
  const auto message = [&](std::string_view text, std::string_view prefix) {
    const auto read = read_reported_finding(text, "x.json", prefix);
    return read ? std::string() : read.error().message();
  };
  EXPECT_EQ(message(both, "f_1a"), "");
  EXPECT_NE(message(both, "f_1").find("more than one"), std::string::npos);
  EXPECT_NE(message(both, "f_2").find("nothing"), std::string::npos);
  EXPECT_NE(message("", "f_1").find("one a line"), std::string::npos);
  EXPECT_NE(message(a + "\n", "f_1").find("cannot be read"), std::string::npos);
  EXPECT_NE(message(a + R"(,"severity":7})" + "\n", "f_1").find("cannot be read"),
            std::string::npos);
  EXPECT_NE(message(a + R"(,"id":"x")" + rest, "f_1a").find("two ids"), std::string::npos);
  const std::string odd =
      a + R"(,"severity":"low","confidence":"low","lines":[1],"git":[],"site":"x"})";
  EXPECT_EQ(message(odd, "f_1a"), "");
}

}  // namespace
}  // namespace nhi

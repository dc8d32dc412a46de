#include "scanner/report/json.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "scanner/base/hash.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

std::vector<std::string> keys_of(const Json& value) {
  std::vector<std::string> out;
  for (const auto& [key, child] : value.items()) out.push_back(key);
  return out;
}

TEST(JsonFinding, HasTheFieldsOfTheContractInTheirOrder) {
  const ReportData data = testing::sample_sweep();
  const Json value = Json::parse(finding_json(data.findings.front(), nullptr));
  const std::vector<std::string> wanted = {
      "schema",   "id",         "kind",   "rule",        "also",          "category",
      "severity", "confidence", "why",    "fingerprint", "credential_id", "secret",
      "length",   "host",       "target", "root",        "path",          "member",
      "lines",    "columns",    "bytes",  "ordinal",     "encoding",      "git",
      "identity", "principal",  "system", "environment", "owner",         "age",
      "state",    "checked",    "change", "first_seen",  "last_seen",     "credential_status"};
  EXPECT_EQ(keys_of(value), wanted);
  EXPECT_EQ(keys_of(value["git"]),
            (std::vector<std::string>{"blob", "blobs", "introduced", "last_seen_commit",
                                      "removed_commit", "removed_date", "paths_total", "refs",
                                      "in_head", "in_worktree", "reachable"}));
  EXPECT_TRUE(value["git"]["removed_commit"].is_null());
  EXPECT_TRUE(value["git"]["removed_date"].is_null());
  EXPECT_TRUE(value["lines"][0].is_number());
}

TEST(JsonFinding, LeavesOutWhatOnlyAnInventoryKnows) {
  for (const Finding& finding : testing::sample_scan().findings) {
    const Json value = Json::parse(finding_json(finding, nullptr));
    for (const char* key : {"state", "first_seen", "credential_status", "exception", "value"}) {
      EXPECT_FALSE(value.contains(key)) << key;
    }
  }
}

TEST(JsonFinding, KeepsRawBytesOfAPathThatIsNotUtf8) {
  Finding finding = testing::sample_scan().findings.front();
  finding.place.path = "caf\xE9.env";
  const Json value = Json::parse(finding_json(finding, nullptr));
  EXPECT_EQ(value["path"], "caf\xEF\xBF\xBD.env");
  EXPECT_EQ(from_base64(value["path_bytes"].get<std::string>()), "caf\xE9.env");
  finding.place.path = "caf\xC3\xA9.env";
  EXPECT_FALSE(Json::parse(finding_json(finding, nullptr)).contains("path_bytes"));
}

TEST(JsonFinding, SaysNullForTheLostPathOfAnUnreachableObject) {
  Finding finding = testing::sample_scan().findings.front();
  finding.place.path = std::nullopt;
  EXPECT_TRUE(Json::parse(finding_json(finding, nullptr))["path"].is_null());
}

TEST(JsonFinding, ShowsTheValueOnlyWhenItIsHandedOver) {
  const Finding finding = testing::sample_scan().findings.front();
  const std::string value = "opened\xFF";
  const Json shown = Json::parse(finding_json(finding, &value));
  EXPECT_EQ(shown["value"], "opened\xEF\xBF\xBD");
  EXPECT_EQ(from_base64(shown["value_bytes"].get<std::string>()), value);
}

TEST(JsonReport, WrapsAScan) {
  const ReportData data = testing::sample_scan();
  const Json value = Json::parse(render_json(data));
  EXPECT_EQ(keys_of(value),
            (std::vector<std::string>{"schema", "version", "ruleset", "key", "key_check", "as_of",
                                      "coverage", "findings"}));
  EXPECT_EQ(value["schema"], "nhisweep.scan/1");
  EXPECT_EQ(value["findings"].size(), data.findings.size());
  EXPECT_EQ(value["coverage"]["unread_total"], 2);
}

TEST(JsonReport, EndsItsLinesWithCoverage) {
  const ReportData data = testing::sample_scan();
  std::istringstream lines(render_jsonl(data));
  std::vector<Json> values;
  for (std::string line; std::getline(lines, line);) values.push_back(Json::parse(line));
  ASSERT_EQ(values.size(), data.findings.size() + 1);
  EXPECT_EQ(values.front()["schema"], "nhisweep.finding/1");
  EXPECT_EQ(values.back()["schema"], "nhisweep.coverage/1");
  EXPECT_EQ(values.back()["read"]["files"], 1204);
  EXPECT_EQ(values.back()["key"], data.key_id);
  EXPECT_EQ(values.back()["key_check"], data.key_check);
}

TEST(JsonReport, ParsesBackWhateverStandsInItsFields) {
  for (const std::string& text :
       {std::string("</script><img src=x onerror=alert(1)>"), std::string("a\xFF\xC0\0b\x1b[2J", 9),
        std::string("\"\\\n\r\t\xE2\x80\xA8")}) {
    const ReportData data = testing::hostile(text);
    const Json value = Json::parse(render_json(data));
    EXPECT_EQ(value["findings"].size(), data.findings.size());
    std::istringstream lines(render_jsonl(data));
    for (std::string line; std::getline(lines, line);) EXPECT_TRUE(Json::accept(line));
  }
}

TEST(JsonReport, EqualsTheGoldenFiles) {
  testing::expect_golden("scan.json", render_json(testing::sample_scan()));
  testing::expect_golden("scan.jsonl", render_jsonl(testing::sample_scan()));
  testing::expect_golden("sweep.json", render_json(testing::sample_sweep()));
}

}  // namespace
}  // namespace nhi

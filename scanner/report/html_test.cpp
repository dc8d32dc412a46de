#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scanner/report/json.hpp"
#include "scanner/report/testing/golden.hpp"
#include "scanner/report/testing/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t start = text.find(open);
  if (start == std::string::npos) return {};
  const std::size_t end = text.find(close, start + open.size());
  return text.substr(start + open.size(), end - start - open.size());
}

std::uint64_t count_of(const std::string& text, std::string_view word) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
  return count;
}

/// The page without its own style and script: what the data made.
std::string skeleton(const ReportData& data) {
  std::string page = render_html(data);
  page.erase(page.find("<style>"), page.find("</style>") - page.find("<style>"));
  page.erase(page.rfind("<script>"), page.rfind("</script>") - page.rfind("<script>"));
  const std::size_t policy = page.find("script-src");  // hashes of style and script
  page.erase(policy, page.find("; base-uri") - policy);
  return page;
}

TEST(Html, NeedsNothingFromElsewhere) {
  const std::string page = render_html(testing::sample_sweep());
  for (const char* word : {"src=", "@import", "url(", "<link", "<iframe", " style=", " onclick"}) {
    EXPECT_THAT(skeleton(testing::sample_sweep()), Not(HasSubstr(word)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
}

TEST(Html, LinksEachHeadlineToTheListThatItCounts) {
  const ReportData data = testing::sample_sweep();
  const Overview overview = make_overview(data);
  const Json block = Json::parse(credentials_block(data, overview));
  const std::size_t list = block["columns"].size() - 1;
  const std::string page = headlines_html(data, overview);
  for (std::size_t i = 0; i < kCredentialListNames.size(); ++i) {
    const std::string link = "#credentials?list=" + std::string(kCredentialListNames[i]) + "\"";
    if (page.find(link) == std::string::npos) continue;
    std::uint64_t rows = 0;
    for (const Json& row : block["rows"]) {
      const std::string names =
          " " + block["strings"][row[list].get<std::size_t>()].get<std::string>() + " ";
      if (names.find(" " + std::string(kCredentialListNames[i]) + " ") != std::string::npos) ++rows;
    }
    EXPECT_EQ(between(page, link + "><span class=\"number\">", "<"), std::to_string(rows)) << link;
  }
  EXPECT_EQ(count_of(dependencies_html(data, overview), " will-stop\""), 3u);
}

TEST(Html, SaysUnknownWhereThereIsNoEvidence) {
  const ReportData scan = testing::sample_scan();
  const std::string page = headlines_html(scan, make_overview(scan));
  EXPECT_THAT(page, HasSubstr("#dependencies?list=will-stop\"><span class=\"number\">unknown (1)"));
  EXPECT_THAT(page,
              HasSubstr("<span class=\"number\">unknown (5)</span> <span class=\"label\">new"));
  ReportData sweep = testing::sample_sweep();
  for (Credential& credential : sweep.credentials) credential.staleness = {};
  EXPECT_THAT(headlines_html(sweep, make_overview(sweep)), HasSubstr("unknown (8)"));
  ReportData nothing = testing::sample_sweep();
  nothing.dependencies.clear();  // with unread places, no trace is no proof
  EXPECT_THAT(headlines_html(nothing, make_overview(nothing)), HasSubstr("unknown (4)"));
}

TEST(Html, CountsDaysBelowZeroAfterTheRemoval) {
  ReportData data = testing::sample_sweep();
  data.as_of = {data.cis1_removal.seconds + 12 * 86400};
  EXPECT_THAT(headlines_html(data, make_overview(data)), HasSubstr("\u2212"
                                                                   "12</span>"));
}

TEST(Html, LabelsSharedSpineAsNoPartOfCis1) {
  const ReportData data = testing::sample_sweep();
  const std::string page = dependencies_html(data, make_overview(data));
  EXPECT_THAT(page, HasSubstr("Shared Spine: <strong>not part of CIS1</strong>"));
}

TEST(Html, EscapesEveryHostileField) {
  for (const std::string& text :
       {std::string("</script><img src=x onerror=alert(1)>"), std::string("<!--<script>"),
        std::string("{{js}}{{title}}"), std::string("\"'><svg/onload=alert(1)>\xFF\x1b")}) {
    const std::string page = skeleton(testing::hostile(text));
    EXPECT_EQ(count_of(page, "<img"), 0u);
    EXPECT_EQ(count_of(page, "<svg/"), 0u);
    EXPECT_EQ(count_of(page, "<!--"), 0u);
    EXPECT_EQ(count_of(page, "<script"), 2u);  // the third is cut out, all but its end
    EXPECT_EQ(count_of(page, "</script"), 3u);
    for (const char* id : {"findings-data", "credentials-data"}) {
      const std::string json = between(page, std::string("id=\"") + id + "\">", "</script>");
      EXPECT_TRUE(Json::accept(json)) << id;
    }
  }
}

TEST(Html, PutsEveryFindingIntoItsData) {
  const ReportData data = testing::sample_sweep();
  const Json block = Json::parse(findings_block(data));
  ASSERT_EQ(block["rows"].size(), data.findings.size());
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    ASSERT_EQ(block["rows"][i].size(), block["columns"].size());
    EXPECT_EQ(block["strings"][block["rows"][i][0].get<std::size_t>()], data.findings[i].id);
  }
}

TEST(Html, IsTheSameForTheSameData) {
  EXPECT_EQ(render_html(testing::sample_sweep()), render_html(testing::sample_sweep()));
}

TEST(Html, HoldsFiftyThousandFindingsInUnderTwentyMegabytes) {
  EXPECT_LT(render_html(testing::large_sweep(50'000)).size(), 20u << 20u);
}

TEST(Html, DrawsATrendOfAnyNumbers) {
  ReportData data = testing::sample_sweep();
  for (Measures& m : data.trend) m.outstanding = ~std::uint64_t{0};
  EXPECT_THAT(trend_html(data), HasSubstr("</svg>"));
  data.trend.resize(1);
  EXPECT_THAT(trend_html(data), Not(HasSubstr("<svg")));
}

TEST(Html, EqualsTheGoldenSkeleton) {
  testing::expect_golden("sweep.html", skeleton(testing::sample_sweep()));
  testing::expect_golden("scan.html", skeleton(testing::sample_scan()));
}

TEST(ReportFormats, AreParsedByTheirNames) {
  for (const char* name : {"text", "json", "jsonl", "sarif", "csv", "html"}) {
    const auto format = parse_report_format(name);
    ASSERT_TRUE(format.has_value()) << name;
    EXPECT_TRUE(render(*format, testing::sample_scan()).has_value());
  }
  EXPECT_FALSE(parse_report_format("HTML").has_value());
}

}  // namespace
}  // namespace nhi

#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/report/json.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;

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

TEST(HtmlSections, LinksEachHeadlineToTheListThatItCounts) {
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

TEST(HtmlSections, SaysUnknownWhereThereIsNoEvidence) {
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

TEST(HtmlSections, CountsDaysBelowZeroAfterTheRemoval) {
  ReportData data = testing::sample_sweep();
  data.as_of = {data.cis1_removal.seconds + 12 * 86400};
  EXPECT_THAT(headlines_html(data, make_overview(data)), HasSubstr("\u2212"
                                                                   "12</span>"));
}

}  // namespace
}  // namespace nhi

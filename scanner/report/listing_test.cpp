#include "scanner/report/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
constexpr Listing kListings[] = {Listing::kCredentials, Listing::kIdentities,
                                 Listing::kDependencies};

TEST(Listing, GivesOneJsonObjectALine) {
  const ReportData data = testing::sample_sweep();
  const auto text = render_listing(Listing::kCredentials, ReportFormat::kJsonl, data);
  ASSERT_TRUE(text.has_value());
  std::istringstream lines(*text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(nlohmann::json::parse(line)["schema"], "nhisweep.credential/1");
  }
  EXPECT_EQ(count, data.credentials.size());
}

TEST(Listing, WrapsAListInJson) {
  const ReportData data = testing::sample_sweep();
  const auto text = render_listing(Listing::kDependencies, ReportFormat::kJson, data);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(nlohmann::json::parse(*text)["dependencies"].size(), data.dependencies.size());
}

TEST(Listing, SurvivesHostileFieldsInEveryForm) {
  const ReportData data = testing::hostile("a\xFF\x1b[31m\n");
  for (const Listing listing : kListings) {
    const auto text = render_listing(listing, ReportFormat::kText, data);
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->find('\x1b'), std::string::npos);
    const auto json = render_listing(listing, ReportFormat::kJson, data);
    ASSERT_TRUE(json.has_value());
    EXPECT_TRUE(nlohmann::json::accept(*json));
  }
}

TEST(Listing, RefusesAFormatThatHasNoSuchList) {
  const auto html = render_listing(Listing::kIdentities, ReportFormat::kHtml, {});
  ASSERT_FALSE(html.has_value());
  EXPECT_EQ(html.error().code, ErrorCode::kBadUse);
}

TEST(Listing, SaysNoneForNothing) {
  for (const Listing listing : kListings) {
    EXPECT_EQ(*render_listing(listing, ReportFormat::kText, {}), "none\n");
  }
}

TEST(Listing, SaysOfADependencyWhenItsTracesWereLastSeen) {
  ReportData data = testing::sample_sweep();
  Dependency& row = data.dependencies[0];
  row.traces = TraceStanding::kGone;
  row.last_seen = Instant{1795615200};
  row.gone_traces = row.indicators;
  row.indicators.clear();
  const auto text = [&] {
    return render_listing(Listing::kDependencies, ReportFormat::kText, data).value_or("");
  };
  EXPECT_THAT(text(), HasSubstr("traces gone, last seen 2026-11-25\n"));
  EXPECT_THAT(text(), HasSubstr("hosts/TIE.conf")) << "where it was";
  row.traces = TraceStanding::kUnverified;
  EXPECT_THAT(text(), HasSubstr("no trace was read this time: unverified, last seen 2026-11-25"));
  const auto json = render_listing(Listing::kDependencies, ReportFormat::kJson, data);
  const auto first = nlohmann::json::parse(*json)["dependencies"][0];
  EXPECT_EQ(first["traces"], "unverified");
  EXPECT_EQ(first["last_seen"], "2026-11-25T14:00:00Z");
}

TEST(Listing, NamesWhatADependencyIs) {
  const auto text =
      render_listing(Listing::kDependencies, ReportFormat::kText, testing::sample_sweep());
  EXPECT_THAT(*text, HasSubstr("decided: cis2-only"));
}

TEST(Listing, NamesOnePlaceInAListAndAllWhereOneIsShown) {
  ReportData data;
  data.credentials.emplace_back().id = "c_1";
  data.identities.emplace_back().key = "mssql:pas01:1433/svc";
  for (const char* path : {"old", "gone", "a", "b"}) {
    Finding& finding = data.findings.emplace_back();
    finding.id = std::string("f_") + path;
    finding.credential_id = "c_1";
    finding.identity = "mssql:pas01:1433/svc";
    finding.place.root = "repo";
    finding.place.path = path;
    finding.first = {7, 3};
  }
  data.findings[0].place.git.emplace();
  data.findings[1].presence = Presence::kGone;
  data.dependencies.emplace_back().indicators = {"f_b"};
  const auto list = [&](Listing what) { return *render_listing(what, ReportFormat::kText, data); };
  EXPECT_THAT(list(Listing::kCredentials), HasSubstr("  in repo/a:7:3 and 3 more\n"));
  EXPECT_THAT(list(Listing::kIdentities), HasSubstr("  in repo/a:7:3 and 3 more\n"));
  EXPECT_THAT(list(Listing::kDependencies), HasSubstr("  in repo/b:7:3\n"));
  EXPECT_THAT(*render_listing(Listing::kCredentials, ReportFormat::kText, data, kPlacesShownMax),
              HasSubstr("  in repo/a:7:3\n  in repo/b:7:3\n  in history of repo/old:7:3\n"
                        "  gone from repo/gone:7:3\n"));
  const auto json =
      nlohmann::json::parse(*render_listing(Listing::kCredentials, ReportFormat::kJsonl, data));
  ASSERT_EQ(json["places"].size(), 4U);
  EXPECT_EQ(json["places"][0]["finding"], "f_a");
  EXPECT_EQ(json["places"][3]["state"], "gone");
}

}  // namespace
}  // namespace nhi

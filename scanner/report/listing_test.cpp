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
  const auto text = render_listing(Listing::kCredentials, ReportFormat::kJsonl, data, {});
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
  const auto text = render_listing(Listing::kDependencies, ReportFormat::kJson, data, {});
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(nlohmann::json::parse(*text)["dependencies"].size(), data.dependencies.size());
}

TEST(Listing, SurvivesHostileFieldsInEveryForm) {
  const ReportData data = testing::hostile("a\xFF\x1b[31m\n");
  for (const Listing listing : kListings) {
    const auto text = render_listing(listing, ReportFormat::kText, data, {});
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->find('\x1b'), std::string::npos);
    const auto json = render_listing(listing, ReportFormat::kJson, data, {});
    ASSERT_TRUE(json.has_value());
    EXPECT_TRUE(nlohmann::json::accept(*json));
  }
}

TEST(Listing, RefusesAFormatThatHasNoSuchList) {
  const auto html = render_listing(Listing::kIdentities, ReportFormat::kHtml, {}, {});
  ASSERT_FALSE(html.has_value());
  EXPECT_EQ(html.error().code, ErrorCode::kBadUse);
}

TEST(Listing, SaysNoneForNothing) {
  for (const Listing listing : kListings) {
    EXPECT_EQ(*render_listing(listing, ReportFormat::kText, {}, {}), "none\n");
  }
}

TEST(Listing, NamesWhatADependencyIs) {
  const auto text =
      render_listing(Listing::kDependencies, ReportFormat::kText, testing::sample_sweep(), {});
  EXPECT_THAT(*text, HasSubstr("decided: cis2-only"));
}

}  // namespace
}  // namespace nhi

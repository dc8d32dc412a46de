#include "scanner/report/headlines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t rows_of(const Headline& headline, const ReportData& data) {
  switch (headline.of) {
    case HeadlineOf::kFindings:
      return data.findings.size();
    case HeadlineOf::kCredentials:
      return data.credentials.size();
    case HeadlineOf::kDependencies:
      return data.dependencies.size();
    case HeadlineOf::kCoverage:
      return data.coverage.unread.size();
  }
  return 0;
}

ReportData sweep_with_a_lost_trace() {
  ReportData data = testing::sample_sweep();
  data.dependencies[0].traces = TraceStanding::kGone;
  data.dependencies[1].traces = TraceStanding::kNone;
  data.credentials[0].status = CredentialStatus::kDeadAttested;
  data.credentials[0].seen_again = true;
  return data;
}

TEST(Headlines, AreTheSizeOfTheirLists) {
  const ReportData data = sweep_with_a_lost_trace();
  const Overview overview = make_overview(data);
  for (const Headline& headline : headlines()) {
    ReportData kept = data;
    keep_headline(headline, kept);
    EXPECT_EQ(rows_of(headline, kept), headline_number(headline, data, overview)) << headline.name;
  }
}

// The measures of contracts section 7 are counted apart from the lists: the two must agree.
TEST(Headlines, AreTheMeasuresThatASweepStores) {
  const ReportData data = sweep_with_a_lost_trace();
  const Overview overview = make_overview(data);
  const Measures& m = overview.measures;
  const std::pair<std::string_view, std::uint64_t> kStored[] = {
      {"new", m.fresh},
      {"open", overview.open},
      {"gone", m.gone},
      {"unverified", m.unverified},
      {"will-stop", m.will_stop},
      {"traces-gone", m.traces_gone},
      {"declared", m.declared},
      {"cis1-stale", m.cis1_stale},
      {"removed-not-dead", m.removed_not_dead},
      {"outstanding", m.outstanding},
      {"unowned", m.unowned},
      {"reused", m.reused},
      {"long-lived", m.long_lived.value_or(0)},
      {"age-unknown", m.long_lived_unknown},
      {"shared-spine", m.shared_spine},
      {"unbound", m.unbound},
      {"residue", m.residue},
      {"seen-again", m.seen_again},
      {"unread", m.unread}};
  EXPECT_EQ(std::size(kStored), headlines().size());
  for (const auto& row : kStored) {
    const Headline* const headline = find_headline(row.first);
    ASSERT_NE(headline, nullptr) << row.first;
    EXPECT_EQ(headline_number(*headline, data, overview), row.second) << row.first;
  }
}

TEST(Headlines, OfThingsHaveTheNamesOfThePagesLists) {
  for (const Headline& headline : headlines()) {
    const bool dependencies = headline.of == HeadlineOf::kDependencies;
    if (headline.of != HeadlineOf::kCredentials && !dependencies) continue;
    std::size_t bit = 0;
    while ((headline.list >> bit & 1) == 0) ++bit;
    EXPECT_EQ(dependencies ? kDependencyListNames.at(bit) : kCredentialListNames.at(bit),
              headline.name);
  }
}

TEST(Headlines, NameTheCommandAndQuoteTheStore) {
  const Headline& headline = *find_headline("cis1-stale");
  EXPECT_EQ(headline_command(headline, ""), "nhisweep credentials list --measure cis1-stale");
  EXPECT_EQ(headline_command(headline, "/srv/it's ours.db"),
            "nhisweep credentials list --measure cis1-stale --inventory '/srv/it'\\''s ours.db'");
  EXPECT_EQ(find_headline("cis1"), nullptr);
}

TEST(Headlines, AreNotPrintedWhereTheyAreZero) {
  ReportData data = testing::sample_sweep();
  const std::string lists = headline_lists(data, make_overview(data));
  EXPECT_THAT(lists, HasSubstr("  nhisweep findings list --measure new                  # 2\n"));
  data.findings.clear();
  EXPECT_THAT(headline_lists(data, make_overview(data)), Not(HasSubstr("--measure new")));
}

}  // namespace
}  // namespace nhi

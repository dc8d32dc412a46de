#include "scanner/report/overview.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/report/sample.hpp"

namespace nhi {
namespace {

const CredentialView& view_of(const Overview& overview, const std::string& id) {
  const auto at = std::find_if(overview.credentials.begin(), overview.credentials.end(),
                               [&](const CredentialView& v) { return v.credential->id == id; });
  NHI_ASSERT(at != overview.credentials.end());
  return *at;
}

TEST(Overview, CountsWhatWillStopByTheDecisionBeforeTheProposal) {
  const ReportData data = testing::sample_sweep();
  EXPECT_EQ(make_overview(data).measures.will_stop, 3u);  // cis1-only, observed, cis2-configured
  EXPECT_EQ(effective_state(data.dependencies[3]), DependencyState::kCis2Configured);
}

TEST(Overview, CountsATracelessDependencyApartUnlessPeopleSaidThatItWillStop) {
  ReportData data = testing::sample_sweep();
  const auto counts = [&](TraceStanding traces, std::optional<DependencyState> decided) {
    data.dependencies[0].traces = traces;
    data.dependencies[0].decided = decided;
    const Overview overview = make_overview(data);
    std::uint64_t with_state = 0;
    for (const std::uint64_t number : overview.dependencies_by_state) with_state += number;
    return std::tuple(overview.measures.will_stop, overview.measures.traces_gone, with_state);
  };
  using enum TraceStanding;
  using enum DependencyState;
  EXPECT_EQ(counts(kThere, std::nullopt), std::tuple(3u, 0u, 5u));
  EXPECT_EQ(counts(kUnverified, std::nullopt), std::tuple(3u, 0u, 5u)) << "not looking is no proof";
  EXPECT_EQ(counts(kGone, std::nullopt), std::tuple(2u, 1u, 4u));
  EXPECT_EQ(standing_word(data.dependencies[0]), "traces-gone");
  EXPECT_EQ(counts(kGone, kCis1Only), std::tuple(3u, 1u, 5u)) << "a sweep overrules no decision";
  EXPECT_EQ(counts(kGone, kDual), std::tuple(2u, 1u, 5u));
  EXPECT_EQ(counts(kGone, kCis2Only), std::tuple(2u, 0u, 5u)) << "over";
  EXPECT_EQ(counts(kGone, kRetired), std::tuple(2u, 0u, 5u));
}

TEST(Overview, CallsStaleOnlyWhatIsBoundToADependencyThatIsOver) {
  const ReportData data = testing::sample_sweep();
  const Overview overview = make_overview(data);
  EXPECT_EQ(overview.measures.cis1_stale, 1u);
  EXPECT_TRUE(view_of(overview, "c_a5").in(kListCis1Stale));
  EXPECT_FALSE(view_of(overview, "c_a1").in(kListCis1Stale));  // cis1-only: still needed
}

TEST(Overview, NeverCallsSharedSpineOrMerelyBesideStaleEvenAfterTheRemoval) {
  ReportData data = testing::sample_sweep();
  data.as_of = {data.cis1_removal.seconds + 86400};
  const Overview overview = make_overview(data);
  EXPECT_LT(overview.days_to_removal, 0);
  EXPECT_EQ(overview.measures.cis1_stale, 2u);                 // c_a1 and c_a5
  EXPECT_FALSE(view_of(overview, "c_a4").in(kListCis1Stale));  // shared Spine
  EXPECT_FALSE(view_of(overview, "c_a2").in(kListCis1Stale));  // beside a trace, not bound
  EXPECT_TRUE(view_of(overview, "c_a2").in(kListUnbound));
  EXPECT_TRUE(view_of(overview, "c_a4").in(kListSharedSpine));
}

TEST(Overview, DoesNotCountTheDeadAndListsTheirResidue) {
  ReportData data = testing::sample_sweep();
  for (Credential& credential : data.credentials) credential.status = CredentialStatus::kDeadProven;
  const Measures m = make_overview(data).measures;
  EXPECT_EQ(m.outstanding, 0u);
  EXPECT_EQ(m.cis1_stale, 0u);
  EXPECT_EQ(m.removed_not_dead, 0u);
  EXPECT_EQ(m.residue, 7u);  // of eight: one left no byte behind
  for (Credential& credential : data.credentials) credential.principal = Principal::kHuman;
  EXPECT_EQ(make_overview(data).measures.residue, 0u);  // people's own are none of ours
}

TEST(Overview, KnowsNothingOfLongLifeWithoutEvidenceOfAge) {
  ReportData data = testing::sample_sweep();
  EXPECT_TRUE(make_overview(data).measures.long_lived.has_value());
  for (Credential& credential : data.credentials) credential.staleness = {};
  const Measures m = make_overview(data).measures;
  EXPECT_FALSE(m.long_lived.has_value());
  EXPECT_EQ(m.long_lived_unknown, 8u);
}

TEST(Overview, CountsNoSitesAndNoPeopleAmongFindings) {
  ReportData data = testing::sample_sweep();
  const std::uint64_t before = make_overview(data).measures.findings;
  Finding site = data.findings.front();
  site.kind = FindingKind::kSite;
  Finding person = data.findings.front();
  person.principal = Principal::kHuman;
  data.findings.push_back(site);
  data.findings.push_back(person);
  const Overview overview = make_overview(data);
  EXPECT_EQ(overview.measures.findings, before);
  EXPECT_EQ(overview.references, 1u);
}

TEST(Overview, KnowsOfNoDependencyOnlyIfEverythingWasReadAndNoTraceSeen) {
  ReportData data = testing::sample_sweep();
  EXPECT_TRUE(make_overview(data).knows_dependencies);
  data.dependencies.clear();
  EXPECT_FALSE(make_overview(data).knows_dependencies);
  data.findings.clear();
  data.coverage = {};
  EXPECT_TRUE(make_overview(data).knows_dependencies);
  data.coverage.unread_total = 1;
  EXPECT_FALSE(make_overview(data).knows_dependencies);
  data.dependencies.emplace_back().traces = TraceStanding::kGone;
  EXPECT_FALSE(make_overview(data).knows_dependencies) << "what was not read may hold its trace";
  data.dependencies[0].traces = TraceStanding::kUnverified;
  EXPECT_TRUE(make_overview(data).knows_dependencies);
}

TEST(RuleTitle, FallsBackToTheFormatOfAReaderThenToTheId) {
  ReportData data;
  data.rule_names = {{"a", "Acme key"}, {"b", ""}};
  EXPECT_EQ(rule_title(data, "a"), "Acme key");
  EXPECT_EQ(rule_title(data, "b"), "b");
  EXPECT_EQ(rule_title(data, "site.mirth.channel"), "Credential in mirth.channel");
}

}  // namespace
}  // namespace nhi

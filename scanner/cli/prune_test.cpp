// Claims about which old findings may go.
#include "scanner/cli/prune.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scanner/identity/derive.hpp"
#include "scanner/report/overview.hpp"

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Finding gone(const std::string& id, const std::string& credential) {
  Finding finding;
  finding.id = "f_" + id;
  finding.kind = credential.empty() ? FindingKind::kSite : FindingKind::kCredential;
  if (!credential.empty()) finding.credential_id = "c_" + credential;
  finding.place.root = "t/r";
  finding.place.path = id;
  finding.presence = Presence::kGone;
  return finding;
}

Finding trace(const std::string& id, Presence presence) {
  Finding finding = gone(id, "");
  finding.kind = FindingKind::kIndicator;
  finding.indicator = IndicatorFacts{"cis1.host.gas", IndicatorClass::kCis1, "",
                                     PlaceKind::kApplication, "gas.national.ncrs.nhs.uk"};
  finding.presence = presence;
  return finding;
}

ReportData data_of(std::vector<Finding> findings, std::vector<DependencyDecision> decisions = {}) {
  ReportData data;
  data.schema = "nhisweep.sweep/1";
  Policy policy;
  policy.as_of = Instant{1'795'000'000};
  policy.decisions = std::move(decisions);
  Derived derived = derive(findings, policy);
  data.as_of = policy.as_of;
  data.cis1_removal = policy.cis1_removal;
  data.findings = std::move(findings);
  data.credentials = std::move(derived.credentials);
  data.identities = std::move(derived.identities);
  data.dependencies = std::move(derived.dependencies);
  return data;
}

std::vector<Inventory::Prunable> all_old(const std::vector<Finding>& findings) {
  std::vector<Inventory::Prunable> old;
  for (const Finding& finding : findings) old.push_back({finding.id, false, false});
  return old;
}

PruneChoice choose(const std::vector<Finding>& findings,
                   const std::vector<DependencyDecision>& decisions = {}) {
  return choose_prunable(data_of(findings, decisions), all_old(findings));
}

TEST(PruneChoice, AValueThatIsNotDeadKeepsEveryPlace) {
  const std::vector<Finding> findings = {gone("1", "a"), gone("2", "a")};
  const PruneChoice choice = choose(findings);
  EXPECT_THAT(choice.go, IsEmpty());
  EXPECT_EQ(choice.outstanding, 2U);
  EXPECT_THAT(choice.nameless, ElementsAre("f_1", "f_2"));
}

TEST(PruneChoice, DeadHumanFalsePositiveAndValuelessGo) {
  std::vector<Finding> findings = {gone("dead", "a"),
                                   gone("human", "b"),
                                   gone("no", "c"),
                                   gone("site", ""),
                                   trace("trace", Presence::kGone),
                                   trace("there", Presence::kOpen)};
  findings[0].credential_status = CredentialStatus::kDeadAttested;
  findings[1].principal = Principal::kHuman;
  findings[2].decision = FindingDecision{};
  findings[2].decision->verdict = Verdict::kFalsePositive;
  const PruneChoice choice = choose(findings);
  EXPECT_THAT(choice.go, ElementsAre("f_dead", "f_human", "f_no", "f_site", "f_trace"));
  EXPECT_THAT(choice.nameless, IsEmpty());
}

TEST(PruneChoice, AFalsePositiveInOnePlaceDoesNotLetTheOtherGo) {
  std::vector<Finding> findings = {gone("1", "a"), gone("2", "a")};
  findings[0].decision = FindingDecision{};
  findings[0].decision->verdict = Verdict::kFalsePositive;
  EXPECT_THAT(choose(findings).go, IsEmpty());
}

TEST(PruneChoice, ADecidedDependencyOutlivesItsLastTrace) {
  std::vector<Finding> findings = {trace("1", Presence::kGone), gone("2", "a")};
  findings[1].rule = "cis1.password";
  const ReportData open = data_of({trace("1", Presence::kOpen)});
  ASSERT_EQ(open.dependencies.size(), 1U);
  DependencyDecision decision;
  decision.dependency_id = open.dependencies[0].id;
  decision.value = "cis2-only";
  decision.who = "ann";
  const PruneChoice choice = choose(findings, {decision});
  EXPECT_THAT(choice.go, IsEmpty());
  EXPECT_EQ(choice.dependency, 1U);
  EXPECT_EQ(choice.outstanding, 1U);
}

TEST(PruneChoice, ADependencyOutlivesItsLastTraceAlsoUndecided) {
  const PruneChoice choice = choose({trace("1", Presence::kGone), trace("2", Presence::kGone)});
  EXPECT_THAT(choice.go, IsEmpty());
  EXPECT_EQ(choice.dependency, 2U);
  EXPECT_THAT(choice.nameless, ElementsAre("f_1", "f_2"));
}

TEST(PruneChoice, WhatIsHeldOrThereStays) {
  std::vector<Finding> findings = {gone("1", ""), gone("2", ""), gone("3", "")};
  findings[2].presence = Presence::kOpen;  // not by the store's account: never believed
  std::vector<Inventory::Prunable> old = all_old(findings);
  old[0].concerned = true;
  old[1].shown = true;
  const PruneChoice choice = choose_prunable(data_of(findings), old);
  EXPECT_THAT(choice.go, IsEmpty());
  EXPECT_EQ(choice.concerned, 1U);
  EXPECT_EQ(choice.shown, 1U);
}

// The judge: leaving out what may go changes no number but those of what is gone.
TEST(PruneChoice, NoHeadlineMovesBeyondWhatIsGone) {
  std::vector<Finding> findings;
  for (int i = 0; i < 64; ++i) {
    Finding finding = gone(std::to_string(i), "v" + std::to_string(i % 13));
    if (i % 3 == 0) finding.presence = Presence::kOpen;
    if (i % 13 < 5) finding.credential_status = CredentialStatus::kDeadProven;
    if (i % 13 == 7) finding.principal = Principal::kHuman;
    if (i % 5 == 0) finding.rule = "cis1.password";
    if (i % 7 == 0) finding.owner_name = "team";
    finding.system = i % 4 == 0 ? "TIE" : "PAS";
    findings.push_back(finding);
  }
  findings.push_back(trace("t1", Presence::kGone));
  findings.back().system = "TIE";
  findings.push_back(trace("t2", Presence::kOpen));
  findings.back().system = "PAS";
  const Measures before = make_overview(data_of(findings)).measures;
  const PruneChoice choice = choose(findings);
  EXPECT_GT(choice.go.size(), 5U);
  std::erase_if(findings, [&](const Finding& finding) {
    return std::find(choice.go.begin(), choice.go.end(), finding.id) != choice.go.end();
  });
  const Measures after = make_overview(data_of(findings)).measures;
  EXPECT_EQ(before.outstanding, after.outstanding);
  EXPECT_EQ(before.cis1_stale, after.cis1_stale);
  EXPECT_EQ(before.will_stop, after.will_stop);
  EXPECT_EQ(before.traces_gone, 1U);
  EXPECT_EQ(after.traces_gone, 1U);
  EXPECT_EQ(before.removed_not_dead, after.removed_not_dead);
  EXPECT_EQ(before.residue, after.residue);
  EXPECT_EQ(before.unowned, after.unowned);
  EXPECT_EQ(before.reused, after.reused);
  EXPECT_EQ(before.unbound, after.unbound);
  EXPECT_EQ(before.long_lived_unknown, after.long_lived_unknown);
  EXPECT_EQ(before.fresh, after.fresh);
  EXPECT_EQ(before.unverified, after.unverified);
}

}  // namespace
}  // namespace nhi

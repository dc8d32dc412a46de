#include "scanner/identity/dependencies.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

constexpr Instant kNow{1795615200};  // 2026-11-25
constexpr std::int64_t kDay = 86400;

Finding trace(const std::string& id, Presence presence, std::int64_t days_ago,
              const std::string& system = "RIS") {
  Finding finding;
  finding.id = id;
  finding.kind = FindingKind::kIndicator;
  finding.rule = "cis1.host.gas";
  finding.confidence = Level::kHigh;
  finding.system = system;
  finding.owner_name = "radiology";
  finding.place.root = "app";
  finding.place.path = id + ".env";
  finding.presence = presence;
  finding.last_seen = Instant{kNow.seconds - days_ago * kDay};
  finding.indicator = IndicatorFacts{"cis1.host.gas", IndicatorClass::kCis1, "", PlaceKind::kEngine,
                                     "gas.national.ncrs.nhs.uk"};
  return finding;
}

Policy today() {
  Policy policy;
  policy.as_of = kNow;
  return policy;
}

Dependency only(std::vector<Finding> findings, const Policy& policy = today()) {
  const std::vector<Dependency> found = derive_dependencies(findings, policy);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? Dependency{} : found.front();
}

TEST(DependencyTraces, ThatAreAllGoneLeaveTheDependencyListedWithItsLastDayAndOwner) {
  const Dependency gone =
      only({trace("f_1", Presence::kGone, 9), trace("f_2", Presence::kGone, 4)});
  EXPECT_EQ(gone.traces, TraceStanding::kGone);
  EXPECT_EQ(gone.last_seen, (Instant{kNow.seconds - 4 * kDay}));
  EXPECT_EQ(gone.gone_traces, (std::vector<std::string>{"f_1", "f_2"}));
  EXPECT_TRUE(gone.indicators.empty());
  EXPECT_EQ(gone.owner_name, "radiology");
  EXPECT_EQ(gone.place, PlaceKind::kEngine);
  EXPECT_EQ(gone.proposed, DependencyState::kObserved) << "absence proves no state";
  EXPECT_NE(gone.proposed_because.find("does not prove cis2-only"), std::string::npos);
}

TEST(DependencyTraces, AreUnverifiedOnlyIfNoneWasSeenAndOneMayStillBeThere) {
  const Finding gone = trace("f_1", Presence::kGone, 2);
  const Finding unread = trace("f_2", Presence::kUnverified, 7);
  const Finding open = trace("f_3", Presence::kOpen, 0);
  const Dependency unverified = only({gone, unread});
  EXPECT_EQ(unverified.traces, TraceStanding::kUnverified);
  EXPECT_EQ(unverified.proposed, DependencyState::kCis1Only) << "it may still be there";
  EXPECT_EQ(unverified.last_seen, (Instant{kNow.seconds - 7 * kDay})) << "of what may be there";
  EXPECT_EQ(only({gone, unread, open}).traces, TraceStanding::kThere);
  EXPECT_EQ(only({trace("f_3", Presence::kNew, 0)}).traces, TraceStanding::kThere);
}

TEST(DependencyTraces, OfCis2OrThatPeopleCalledFalseKeepNoDependency) {
  Finding issuer = trace("f_1", Presence::kGone, 2);
  issuer.indicator->indicator_class = IndicatorClass::kCis2;
  Finding false_one = trace("f_2", Presence::kGone, 2);
  false_one.decision.emplace().verdict = Verdict::kFalsePositive;
  std::vector<Finding> findings = {issuer, false_one};
  EXPECT_TRUE(derive_dependencies(findings, today()).empty());
}

TEST(DependencyTraces, ThatAreGoneStayBoundToTheirDependency) {
  std::vector<Finding> findings = {trace("f_1", Presence::kGone, 2),
                                   trace("f_2", Presence::kOpen, 0, "PAS")};
  const std::vector<Dependency> found = derive_dependencies(findings, today());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(findings[0].dependency_id, found[1].id);
  EXPECT_EQ(found[1].system, "RIS");
}

Finding secret(const std::string& rule, const std::string& credential) {
  Finding finding;
  finding.id = "f_" + credential;
  finding.rule = rule;
  finding.credential_id = credential;
  finding.system = "RIS";
  finding.place.root = "app";
  finding.place.path = "f_1.env";  // where the trace stands
  return finding;
}

TEST(Bindings, GoBeforeWhatStandsInOneFileButNotBeforeSpine) {
  std::vector<Finding> findings = {
      trace("f_1", Presence::kOpen, 0), secret("generic-password", "c_relay"),
      secret("generic-password", "c_other"), secret("cis1.token.sso", "c_token"),
      secret("spine.endpoint-key", "c_spine")};
  using Ids = std::vector<std::string>;
  const Dependency before = only(findings);
  EXPECT_EQ(before.credentials, (Ids{"c_other", "c_relay", "c_token"}));
  EXPECT_EQ(before.shared_spine, (Ids{"c_spine"}));

  Policy policy = today();
  const auto say = [&](const char* credential, BindingKind kind) {
    policy.bindings.push_back({before.id, credential, kind, "ada", kNow, "CHG-1"});
  };
  say("c_relay", BindingKind::kCis1Call);
  say("c_other", BindingKind::kSharedSpine);
  say("c_token", BindingKind::kUnrelated);
  say("c_spine", BindingKind::kCis1Call);
  Derived derived = derive(findings, policy);
  const Dependency& after = derived.dependencies.front();
  EXPECT_EQ(after.credentials, (Ids{"c_relay"}));
  EXPECT_EQ(after.shared_spine, (Ids{"c_other", "c_spine"}));
  EXPECT_EQ(after.bindings.size(), 4U);
  for (const Credential& credential : derived.credentials) {
    EXPECT_EQ(credential.bound_to, credential.id == "c_relay" ? Ids{before.id} : Ids{})
        << credential.id;
  }
  // The newest word of each counts, and none takes it back.
  say("c_relay", BindingKind::kCis2Client);
  say("c_token", BindingKind::kNone);
  derived = derive(findings, policy);
  EXPECT_EQ(derived.dependencies.front().credentials, (Ids{"c_token"}));
  EXPECT_EQ(derived.dependencies.front().bindings.size(), 3U);
}

}  // namespace
}  // namespace nhi

#include "scanner/identity/derive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace nhi {
namespace {

constexpr Instant kNow{1795615200};  // 2026-11-25

Finding credential(const std::string& id, const std::string& credential_id,
                   const std::string& path) {
  Finding finding;
  finding.id = id;
  finding.credential_id = credential_id;
  finding.fingerprint = "hmac-sha256:k1:" + credential_id;
  finding.rule = "generic-password";
  finding.place.root = "app";
  finding.place.path = path;
  finding.presence = Presence::kOpen;
  return finding;
}

Finding indicator(const std::string& id, const std::string& kind, IndicatorClass indicator_class,
                  const std::string& text, Level confidence = Level::kHigh,
                  PlaceKind place = PlaceKind::kApplication) {
  Finding finding;
  finding.id = id;
  finding.kind = FindingKind::kIndicator;
  finding.rule = kind;
  finding.confidence = confidence;
  finding.place.root = "app";
  finding.place.path = "app.env";
  finding.indicator = IndicatorFacts{kind, indicator_class, "", place, text};
  return finding;
}

Policy policy_at(Instant now) {
  Policy policy;
  policy.as_of = now;
  return policy;
}

const std::string kGas = "gas.national.ncrs.nhs.uk";
const std::string kLiveIssuer = "am.nhsidentity.spineservices.nhs.uk";

TEST(Derive, AValueOrAccountThatIsNotOnlyAPersonsIsNoPersons) {
  std::vector<Finding> findings = {credential("f_1", "c_1", "a"), credential("f_2", "c_1", "b"),
                                   credential("f_3", "c_2", "a")};
  for (Finding& finding : findings) finding.identity = "ldap:host:389/" + finding.credential_id;
  findings[0].principal = Principal::kHuman;
  findings[1].principal = Principal::kApplication;
  findings[2].principal = Principal::kHuman;
  for (const bool reversed : {false, true}) {
    if (reversed) std::reverse(findings.begin(), findings.end());
    const Derived derived = derive(findings, policy_at(kNow));
    EXPECT_EQ(derived.credentials.at(0).principal, Principal::kApplication);
    EXPECT_EQ(derived.credentials.at(1).principal, Principal::kHuman);
    EXPECT_EQ(derived.identities.at(0).principal, Principal::kApplication);
    EXPECT_EQ(derived.identities.at(1).principal, Principal::kHuman);
  }
}

DependencyState proposed(std::vector<Finding> findings) {
  const Derived derived = derive(findings, policy_at(kNow));
  EXPECT_EQ(derived.dependencies.size(), 1U);
  return derived.dependencies.at(0).proposed;
}

TEST(Derive, AManagedValueIsQuietWhereItBelongsAndNowhereElse) {
  std::vector<Finding> findings = {
      credential("f_1", "c_old", "app.conf"), credential("f_2", "c_new", "app.conf"),
      credential("f_3", "c_new", "app.log"), credential("f_4", "c_kept", "kept.conf"),
      credential("f_5", "c_kept", "copy.conf")};
  findings[0].credential_status = CredentialStatus::kDeadProven;
  findings[0].presence = Presence::kGone;
  for (std::size_t i = 1; i < findings.size(); ++i) {
    findings[i].credential_status = CredentialStatus::kManaged;
    findings[i].first_seen = Instant{kNow.seconds + 100};
  }
  findings[3].first_seen = kNow;  // adopted where it stood
  Policy policy = policy_at(kNow);
  policy.life = {{"c_new", CredentialStatus::kManaged, "run", kNow, "e"},
                 {"c_kept", CredentialStatus::kManaged, "run", kNow, "e"}};
  static_cast<void>(derive(findings, policy));
  const std::vector<bool> quiet = {findings[1].managed_here, findings[2].managed_here,
                                   findings[3].managed_here, findings[4].managed_here};
  EXPECT_EQ(quiet, (std::vector<bool>{true, false, true, false}));
  EXPECT_FALSE(counts_for_status(findings[1], Level::kLow));
  EXPECT_TRUE(counts_for_status(findings[2], Level::kLow));
  EXPECT_TRUE(counts_for_status(findings[4], Level::kLow));
}

TEST(Dependencies, FollowTheEvidenceRules) {
  const Finding gas = indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas);
  EXPECT_EQ(proposed({gas}), DependencyState::kCis1Only);
  EXPECT_EQ(proposed({indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas, Level::kMedium,
                                PlaceKind::kNetwork)}),
            DependencyState::kObserved);
  EXPECT_EQ(proposed({gas, indicator("f_2", "cis2.issuer", IndicatorClass::kCis2, kLiveIssuer)}),
            DependencyState::kDual);
  EXPECT_EQ(proposed({gas, indicator("f_2", "cis2.issuer", IndicatorClass::kCis2,
                                     "am.nhsint.auth-ptl.cis2.spineservices.nhs.uk")}),
            DependencyState::kCis2Configured);
}

TEST(Dependencies, NeedACis1Trace) {
  std::vector<Finding> findings = {
      indicator("f_1", "cis2.issuer", IndicatorClass::kCis2, kLiveIssuer),
      indicator("f_2", "spine.host.msg", IndicatorClass::kNeutral, "msg.spine2.ncrs.nhs.uk")};
  EXPECT_TRUE(derive(findings, policy_at(kNow)).dependencies.empty());
}

TEST(SharedSpineCredentials, AreNeverBoundToCis1) {
  Finding spine = credential("f_2", "c_spine", "app.env");
  spine.site = SiteFacts{};
  spine.site->target = "https://msg.spine2.ncrs.nhs.uk/sync";
  Finding relay = credential("f_3", "c_relay", "app.env");
  relay.site = SiteFacts{};
  relay.site->target = "https://" + kGas + "/saml/RoleAssertion";
  Finding endpoint = credential("f_4", "c_cert", "app.env");
  endpoint.rule = "spine.cert.client-key";
  endpoint.site = relay.site;  // beside a CIS1 call, and still not part of it
  EXPECT_FALSE(bound_to_cis1(spine));
  EXPECT_TRUE(bound_to_cis1(relay));
  EXPECT_FALSE(bound_to_cis1(endpoint));

  std::vector<Finding> findings = {indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas),
                                   spine, relay, endpoint};
  const Derived derived = derive(findings, policy_at(kNow));
  const Dependency& dependency = derived.dependencies.at(0);
  EXPECT_EQ(dependency.credentials, std::vector<std::string>{"c_relay"});
  EXPECT_EQ(dependency.shared_spine, (std::vector<std::string>{"c_cert", "c_spine"}));
  EXPECT_EQ(findings[1].dependency_id, "") << "Spine messaging";
  EXPECT_EQ(findings[2].dependency_id, dependency.id) << "the relay key";
  EXPECT_EQ(findings[3].dependency_id, "") << "the endpoint certificate";
}

DependencyDecision decided(const std::string& id, const std::string& state) {
  DependencyDecision decision;
  decision.dependency_id = id;
  decision.value = state;
  decision.who = "ada";
  return decision;
}

TEST(Dependencies, KeepWhatPeopleDecidedApartFromTheProposal) {
  std::vector<Finding> findings = {indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas)};
  Policy policy = policy_at(kNow);
  const std::string id = derive(findings, policy).dependencies.at(0).id;
  policy.decisions = {decided(id, "cis2-only")};
  const Dependency row = derive(findings, policy).dependencies.at(0);
  EXPECT_EQ(row.proposed, DependencyState::kCis1Only);
  EXPECT_EQ(row.decided, DependencyState::kCis2Only);
}

TEST(SharedSpineCredentials, AreKnownByEveryRuleThatFoundThem) {
  Finding mesh = credential("f_2", "c_mesh", "app.env");
  mesh.rule = "generic-password";
  mesh.also = {"mesh.mailbox-password"};
  EXPECT_TRUE(is_shared_spine(mesh));
  std::vector<Finding> findings = {indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas),
                                   mesh};
  const Derived derived = derive(findings, policy_at(kNow));
  EXPECT_TRUE(derived.dependencies.at(0).credentials.empty());
  EXPECT_EQ(derived.dependencies.at(0).shared_spine, std::vector<std::string>{"c_mesh"});
}

TEST(Dependencies, OutliveTheLastTraceWithTheirCredentials) {
  Finding relay = credential("f_2", "c_relay", "app.env");
  relay.rule = "cis1.relay.key";
  std::vector<Finding> findings = {indicator("f_1", "cis1.host.gas", IndicatorClass::kCis1, kGas),
                                   relay};
  Policy policy = policy_at(kNow);
  const std::string id = derive(findings, policy).dependencies.at(0).id;
  for (Finding& finding : findings) {
    finding.presence = Presence::kGone;
    finding.dependency_id.clear();
  }
  EXPECT_EQ(derive(findings, policy).dependencies.at(0).decided, std::nullopt);
  policy.decisions = {decided(id, "cis2-only")};
  const Dependency kept = derive(findings, policy).dependencies.at(0);
  EXPECT_EQ(kept.id, id);
  EXPECT_EQ(kept.credentials, std::vector<std::string>{"c_relay"});
  EXPECT_EQ(findings[1].dependency_id, id) << "not dead: it still counts as stale";
}

TEST(Credentials, JoinEqualValuesAndCountThemOnce) {
  Finding a = credential("f_1", "c_1", "a.env");
  a.identity = "postgresql:db:5432/app";
  Finding b = credential("f_2", "c_1", "b.env");
  b.identity = "postgresql:db2:5432/app";
  std::vector<Finding> findings = {a, b};
  const Derived derived = derive(findings, policy_at(kNow));
  ASSERT_EQ(derived.credentials.size(), 1U);
  EXPECT_EQ(derived.credentials[0].sites, 2U);
  EXPECT_TRUE(derived.credentials[0].reused);
  EXPECT_EQ(derived.identities.size(), 2U);
}

TEST(Credentials, AttestedAsDeadAreSeenAgainOnlyInAPlaceThatWasNotKnownThen) {
  const auto seen_again = [](CredentialStatus status, std::int64_t first, std::int64_t returned,
                             Presence presence = Presence::kOpen) {
    std::vector<Finding> findings = {credential("f_1", "c_1", "a")};
    findings[0].presence = presence;
    findings[0].first_seen = Instant{first};
    if (returned != 0) findings[0].returned = Instant{returned};
    Policy policy = policy_at(kNow);
    policy.life = {{"c_1", CredentialStatus::kLive, "ada", Instant{50}, ""},
                   {"c_1", status, "ada", Instant{100}, "revoked"}};
    const Derived derived = derive(findings, policy);
    EXPECT_EQ(derived.credentials.at(0).life.size(), 2U);
    return derived.credentials.at(0).seen_again;
  };
  using enum CredentialStatus;
  EXPECT_FALSE(seen_again(kDeadAttested, 100, 0)) << "known when it was said";
  EXPECT_TRUE(seen_again(kDeadAttested, 101, 0));
  EXPECT_TRUE(seen_again(kDeadAttested, 10, 101)) << "gone then, and back";
  EXPECT_FALSE(seen_again(kDeadAttested, 10, 99));
  EXPECT_FALSE(seen_again(kDeadAttested, 101, 0, Presence::kGone));
  EXPECT_FALSE(seen_again(kLive, 101, 0));
  EXPECT_FALSE(seen_again(kDeadProven, 101, 0)) << "a copy of what is dead";
}

TEST(Credentials, ProvenDeadAreSeenAgainAsTheKeyToAnotherAccount) {
  std::vector<Finding> findings = {credential("f_1", "c_1", "a"), credential("f_2", "c_1", "b")};
  findings[0].identity = "postgresql:db1:5432/app";
  findings[0].first_seen = Instant{10};
  findings[1].first_seen = Instant{101};
  findings[1].presence = Presence::kOpen;
  Policy policy = policy_at(kNow);
  policy.life = {{"c_1", CredentialStatus::kDeadProven, "ada", Instant{100}, "revoked"}};
  const auto seen_again = [&](const std::string& identity) {
    findings[1].identity = identity;
    return derive(findings, policy).credentials.at(0).seen_again;
  };
  EXPECT_FALSE(seen_again(findings[0].identity));
  EXPECT_TRUE(seen_again("ldap:dir1:389/cn=app"));
}

TEST(Credentials, AreInNoFileWhenEveryPlaceIsGoneOrOnlyHistory) {
  Finding gone = credential("f_1", "c_1", "a.env");
  gone.presence = Presence::kGone;
  Finding history = credential("f_2", "c_2", "a.env");
  history.place.git = GitFacts{};
  std::vector<Finding> findings = {gone, history, credential("f_3", "c_3", "a.env")};
  const Derived derived = derive(findings, policy_at(kNow));
  ASSERT_EQ(derived.credentials.size(), 3U);
  EXPECT_FALSE(derived.credentials[0].in_head);
  EXPECT_FALSE(derived.credentials[1].in_head);
  EXPECT_TRUE(derived.credentials[2].in_head);
}

TEST(Credentials, AreLongLivedOnlyByEvidence) {
  std::vector<Finding> findings = {credential("f_1", "c_1", "a.env")};
  EXPECT_FALSE(derive(findings, policy_at(kNow)).credentials.at(0).long_lived);
  findings[0].staleness = {AgeSource::kGit, Instant{kNow.seconds - 400 * 86400}, std::nullopt};
  EXPECT_TRUE(derive(findings, policy_at(kNow)).credentials.at(0).long_lived);
}

// A key id and its secret are one credential: listed as two values, counted as one.
TEST(Credentials, AnIdIsPartOfItsSecret) {
  Finding id = credential("f_1", "c_id", "a.env");
  id.role = Role::kId;
  id.group = "g_1";
  Finding secret = credential("f_2", "c_secret", "a.env");
  secret.group = "g_1";
  Finding alone = credential("f_3", "c_id", "b.env");  // the same id, without its secret
  alone.role = Role::kId;
  Finding other = credential("f_4", "c_other", "a.env");
  other.role = Role::kId;
  std::vector<Finding> findings = {id, secret, alone, other};
  const Derived derived = derive(findings, policy_at(kNow));
  std::map<std::string, std::string> part_of;
  for (const Credential& one : derived.credentials) part_of[one.id] = one.part_of;
  EXPECT_EQ(part_of, (std::map<std::string, std::string>{
                         {"c_id", "c_secret"}, {"c_other", ""}, {"c_secret", ""}}));
  for (const Credential& one : derived.credentials) {
    EXPECT_EQ(one.parts,
              one.id == "c_secret" ? std::vector<std::string>{"c_id"} : std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace nhi

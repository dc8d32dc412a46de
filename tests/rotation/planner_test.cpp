// From a credential in the inventory to a plan, with a provider that answers; and every reason why
// there is none.
#include "rotators/engine/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rotators/engine/planner_places.hpp"
#include "rotators/engine/provider_view.hpp"
#include "rotators/engine/registration.hpp"
#include "tests/rotation/ring_trial.hpp"

namespace nhi {
namespace {

using test::Class;
using test::must;
using test::RingServer;
using test::Trial;
using ::testing::HasSubstr;

constexpr Class kTwins = {"C1Twins", "ring.set", Strategy::kTwin, true, false};
constexpr Class kSlots = {"C2Declarative", "ring.add", Strategy::kSlots, true, true};
constexpr Class kPair = {"KeyPair", "ring.pair", Strategy::kSlots, true, true};

struct PlannerTest : ::testing::Test {
  void begin(const Class& one) {
    trial.emplace(ring, one);
    config = must(read_rotation_config(trial->setting().file("rotation.yaml")));
    pins = must(read_registrations(trial->setting().file("rotation.yaml")));
    key = must(trial->setting().fingerprint_key());
    places.emplace(place_io(must(trial->setting().wrapping_key())));
    config.providers[0].ref = {{"port", ring.port()}};
    const std::string fp = fingerprint(key, canonical_value(SecretText(trial->old())));
    Finding finding;
    finding.id = "f_1";
    finding.credential_id = "c_1";
    finding.fingerprint = fp;
    finding.rule = "generic-password";
    finding.redacted = "********";
    finding.target = "app";
    finding.place.root = "app";
    finding.place.path = trial->place().substr(4);
    finding.identity = "ring:127.0.0.1:1/app_a";
    finding.environment = Environment::kTraining;
    finding.system = "PAS";
    finding.owner_name = "platform";
    finding.presence = Presence::kOpen;
    findings = {finding};
    sweep.finished = now;
  }
  Result<Plan> plan() {
    derived = derive(findings, policy);
    PlanSources sources;
    sources.findings = &findings;
    sources.derived = &derived;
    sources.sweep = &sweep;
    sources.config = &config;
    sources.pins = pins;
    sources.session.core = "test";
    sources.key = &key;
    sources.places = &*places;
    sources.on_disk = [this](const Finding& one) -> std::optional<OnDisk> {
      if (one.host == "app02") return std::nullopt;
      return OnDisk{trial->setting().file("app/" + one.place.path.value_or("")), ""};
    };
    sources.given = [this](const std::string& purpose, const std::string&) -> Result<void> {
      given.push_back(purpose);
      return {};
    };
    sources.now = now;
    return make_plan(request, sources);
  }
  std::string refusal() {
    const auto made = plan();
    return made ? "a plan" : made.error().message();
  }
  std::vector<std::string> spots() {
    std::vector<std::string> kinds;
    for (const BlindSpot& spot : must(plan()).blind_spots) kinds.push_back(spot.kind);
    return kinds;
  }
  void depend(DependencyState state) {
    findings[0].rule = "cis1.relay-key";
    findings[0].environment = Environment::kLive;  // its twins in other places are freer
    Finding trace;
    trace.id = "f_t";
    trace.kind = FindingKind::kIndicator;
    trace.rule = "cis1.host.gas";
    trace.confidence = Level::kHigh;
    trace.target = "app";
    trace.place = findings[0].place;
    trace.system = "PAS";
    trace.environment = Environment::kLive;
    trace.indicator = IndicatorFacts{"cis1.host.gas", IndicatorClass::kCis1, "",
                                     PlaceKind::kApplication, "gas.national.ncrs.nhs.uk"};
    findings.push_back(trace);
    derived = derive(findings, policy);
    ASSERT_EQ(derived.dependencies.size(), 1U);
    const std::string id = derived.dependencies[0].id;
    const auto say = [&](DependencyField field, std::string_view word) {
      DependencyDecision decision;
      decision.dependency_id = id;
      decision.system = "PAS";
      decision.field = field;
      decision.value = word;
      decision.who = "ada";
      decision.when = now;
      policy.decisions.push_back(decision);
    };
    say(DependencyField::kState, to_string(state));
    say(DependencyField::kOwner, "platform");
    policy.bindings.push_back({id, "c_1", BindingKind::kCis1Call, "ada", now, "CHG-1"});
  }

  PlannerTest() {
    policy.as_of = now;
    request.run_id = Trial::kRun;
    request.credential_id = "c_1";
    request.planner = "pat";
  }
  const Instant now = system_now();
  RingServer ring;
  std::optional<Trial> trial;
  std::optional<PlaceIo> places;
  RotationConfig config;
  std::vector<PluginPin> pins;
  FingerprintKey key;
  std::vector<Finding> findings;
  Policy policy;
  Derived derived;
  Inventory::SweepRow sweep;
  PlanRequest request;
  std::vector<std::string> given;
};

TEST_F(PlannerTest, ATwinIsPlannedWithItsAccountAndPlace) {
  begin(kTwins);
  const Plan made = must(plan());
  EXPECT_EQ(made.strategy, Strategy::kTwin);
  EXPECT_EQ(made.new_account, "app_b");
  EXPECT_EQ(made.new_ref["account"], "app_b");
  EXPECT_EQ(made.ref["port"], ring.port());
  ASSERT_EQ(made.places.size(), 1U);
  EXPECT_EQ(made.places[0].means, PlaceMeans::kFile);
  EXPECT_EQ(made.places[0].secrets.at(0).path, "db.password");
  EXPECT_EQ(made.places[0].accounts.at(0).path, "db.user");
  EXPECT_EQ(made.system, "PAS");
  EXPECT_FALSE(made.four_eyes);
  EXPECT_EQ(given, std::vector<std::string>{"auth"});
  EXPECT_EQ(ring.changes(), 0);
  EXPECT_EQ(plan_text(must(plan_from(plan_text(made)))), plan_text(made));
}

TEST_F(PlannerTest, WithoutATwinOneSlotIsACutOver) {
  begin(kTwins);
  config.providers[0].twins.clear();
  EXPECT_EQ(must(plan()).strategy, Strategy::kCutOver);
}

TEST_F(PlannerTest, SlotsNeedNoTwin) {
  begin(kSlots);
  config.providers[0].twins.clear();
  EXPECT_EQ(must(plan()).strategy, Strategy::kSlots);
  config.providers[0].twins = {{"app_a", "app_b"}};
  EXPECT_THAT(refusal(), HasSubstr("have no twins"));
}

TEST_F(PlannerTest, ModesChooseWhatIsDone) {
  begin(kTwins);
  request.mode = RunMode::kRevokeOnly;
  EXPECT_EQ(must(plan()).strategy, Strategy::kRevokeOnly);
  request.mode = RunMode::kAdopt;
  EXPECT_EQ(must(plan()).strategy, Strategy::kNoChange);
  request.mode = RunMode::kExposed;
  EXPECT_EQ(must(plan()).cause, GuardCause::kLeaked);
  EXPECT_EQ(must(plan()).soak_s, 0);
}

TEST_F(PlannerTest, WhatIsMissingIsNamed) {
  begin(kTwins);
  request.credential_id = "c_9";
  EXPECT_THAT(refusal(), HasSubstr("no credential has this id"));
  request.credential_id = "c_1";
  const RotationConfig whole = config;
  config.providers.clear();
  EXPECT_THAT(refusal(), HasSubstr("no provider"));
  config = whole;
  config.providers[0].rotator = "another";
  EXPECT_THAT(refusal(), HasSubstr("not registered"));
  config = whole;
  config.providers[0].type = "ring.none";
  EXPECT_THAT(refusal(), HasSubstr("no such type"));
  config = whole;
  findings[0].identity = "ring:127.0.0.1:1/nobody";
  EXPECT_THAT(refusal(), HasSubstr("knows no such account"));
  findings[0].identity.clear();
  EXPECT_THAT(refusal(), HasSubstr("which account"));
}

TEST_F(PlannerTest, AValueOfTwoAccountsIsPlannedForOneThatIsNamed) {
  begin(kTwins);
  Finding other = findings[0];
  other.id = "f_2";
  other.identity = "ring:127.0.0.1:1/other";
  other.place.path = "other.properties";
  findings.push_back(other);
  EXPECT_THAT(refusal(), HasSubstr("opens 2 accounts"));
  request.identity = "ring:127.0.0.1:1/app_a";
  const Plan made = must(plan());
  ASSERT_EQ(made.places.size(), 1U);
  EXPECT_EQ(made.places[0].findings, std::vector<std::string>{"f_1"});
  EXPECT_THAT(spots(), ::testing::Contains("reused"));
}

// A value that opens a second account is not dead when the first one has another.
TEST_F(PlannerTest, WhatElseAValueStandsForIsNamed) {
  begin(kTwins);
  const Plan made = must(plan());
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::IsEmpty());
  Finding other = findings[0];
  other.id = "f_2";
  other.place.path = "other.properties";
  findings.push_back(other);
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::IsEmpty())
      << "a copy for the same account";
  findings[1].identity.clear();
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::ElementsAre("app/other.properties"));
  findings[1].presence = Presence::kGone;
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::IsEmpty());
  findings[1].identity = "ring:127.0.0.1:1/other";
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::ElementsAre("ring:127.0.0.1:1/other"));
  EXPECT_THAT(other_uses(made, findings, {findings[1].identity}), ::testing::IsEmpty());
  findings[1].credential_id = "c_2";
  EXPECT_THAT(other_uses(made, findings, {}), ::testing::IsEmpty());
}

TEST_F(PlannerTest, APersonMayStateTheAccountAndIsNamedForIt) {
  begin(kSlots);
  config.providers[0].twins.clear();
  findings[0].identity.clear();
  request.identity = "ring:127.0.0.1:1/app_a";
  const Plan made = must(plan());
  EXPECT_EQ(made.account, "app_a");
  EXPECT_EQ(made.stated, std::vector<std::string>{"identity"});
  EXPECT_THAT(spots(), ::testing::Contains("account"));
}

TEST_F(PlannerTest, AKeyPairIsPlannedInItsFile) {
  begin(kPair);
  config.providers[0].twins.clear();
  const Plan made = must(plan());
  ASSERT_EQ(made.places.size(), 1U);
  EXPECT_EQ(made.places[0].means, PlaceMeans::kFile);
  EXPECT_EQ(made.places[0].format, "pem");
}

TEST_F(PlannerTest, AKeyThatCannotChangeAloneIsAPersonsWork) {
  begin(kPair);
  config.providers[0].twins.clear();
  findings.push_back(findings[0]);
  findings[1].id = "f_2";
  findings[1].place.path = "copy";
  const std::string whole = trial->setting().read("app/id_ed25519");
  const auto why = [&] {
    const Plan made = must(plan());
    const PlannedPlace& copy = made.places.at(made.places[0].shown.ends_with("copy") ? 0 : 1);
    return copy.means == PlaceMeans::kGuided ? copy.why_guided : std::string("it is written");
  };
  trial->setting().write("app/copy", whole);
  EXPECT_EQ(why(), "it is written");
  trial->setting().write("app/copy.pub", "ssh-ed25519 AAAA other\n");
  EXPECT_THAT(why(), HasSubstr("of another key"));
  std::filesystem::remove(trial->setting().file("app/copy.pub"));
  trial->setting().write("app/copy-cert.pub", "ssh-ed25519-cert-v01@openssh.com AAAA\n");
  EXPECT_THAT(why(), HasSubstr("certificate"));
  std::filesystem::remove(trial->setting().file("app/copy-cert.pub"));
  trial->setting().write("app/copy", "-----BEGIN CERTIFICATE-----\nAAAA\n" + whole);
  EXPECT_THAT(why(), HasSubstr("certificate"));
}

TEST_F(PlannerTest, WhatIsDeadOrHistoryIsNotRotated) {
  begin(kTwins);
  findings[0].credential_status = CredentialStatus::kDeadProven;
  EXPECT_THAT(refusal(), HasSubstr("dead already"));
  findings[0].credential_status = CredentialStatus::kUnknown;
  findings[0].presence = Presence::kGone;
  EXPECT_THAT(refusal(), HasSubstr("stands in no file now"));
}

TEST_F(PlannerTest, AnotherHostsPlaceIsAPersonsWork) {
  begin(kTwins);
  Finding remote = findings[0];
  remote.id = "f_2";
  remote.host = "app02";
  findings.push_back(remote);
  const Plan made = must(plan());
  ASSERT_EQ(made.places.size(), 2U);
  const bool first = made.places[0].host == "app02";
  const PlannedPlace& guided = made.places[first ? 0 : 1];
  EXPECT_EQ(guided.means, PlaceMeans::kGuided);
  EXPECT_THAT(guided.why_guided, HasSubstr("app02"));
}

TEST_F(PlannerTest, WhatItDoesNotSeeIsSaid) {
  begin(kTwins);
  EXPECT_THAT(spots(), ::testing::Contains("no-probe"));
  sweep.finished = Instant{now.seconds - 40 * 3600};
  sweep.coverage.unread_total = 3;
  findings[0].presence = Presence::kUnverified;
  EXPECT_THAT(spots(), ::testing::IsSupersetOf({"old-sweep", "unread", "unverified"}));
}

TEST_F(PlannerTest, TheGuardIsAskedAndItsRuleIsNamed) {
  begin(kTwins);
  request.mode = RunMode::kRevokeOnly;
  depend(DependencyState::kDual);
  EXPECT_THAT(refusal(), HasSubstr("cis1-call in dual"));
  request.set_aside = Override{"ada", "agreed with the vendor", Instant{now.seconds + 86400}};
  EXPECT_EQ(must(plan()).set_aside->who, "ada");
  request.set_aside.reset();
  policy.decisions[0].value = to_string(DependencyState::kCis2Only);
  EXPECT_TRUE(must(plan()).verdicts.at(0).permitted);
}

TEST_F(PlannerTest, ASpineCredentialIsNeverRevokedWhateverIsSetAside) {
  begin(kTwins);
  request.mode = RunMode::kRevokeOnly;
  findings[0].rule = "spine.endpoint-key";
  ASSERT_TRUE(is_shared_spine(findings[0]));
  request.set_aside = Override{"ada", "because", Instant{now.seconds + 86400}};
  EXPECT_THAT(refusal(), HasSubstr("the guard forbids"));
}

TEST(IdentityParts, AreTakenApart) {
  const IdentityParts pg = identity_parts("postgresql:db01:5432/app");
  EXPECT_EQ(pg.host + "|" + pg.port + "|" + pg.account, "db01|5432|app");
  const IdentityParts ms = identity_parts("mssql:pas01/inst01/svc");
  EXPECT_EQ(ms.host + "|" + ms.instance + "|" + ms.account, "pas01|inst01|svc");
  const IdentityParts six = identity_parts("redis:[::1]:6379/a/b");
  EXPECT_EQ(six.host + "|" + six.port + "|" + six.account, "::1|6379|a/b");
  EXPECT_EQ(identity_parts("nothing").account, "");
}

}  // namespace
}  // namespace nhi

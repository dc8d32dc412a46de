#include "scanner/inventory/inventory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "scanner/inventory/test_support.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {
namespace {

using test::by_id;
using test::facts_of;
using test::finding_in;
using test::Folder;
using test::must;
using test::Night;
using test::open_for_writing;
using test::sweep;
using test::unit_of;
using testing::ElementsAre;

const UnitKey kA{"t", "t/r", "a"};
const UnitKey kB{"t", "t/r", "b"};
const UnitKey kHistory{"t", "t/r", ".git"};

class InventoryTest : public testing::Test {
 protected:
  Night night(std::int64_t number, std::vector<UnitResult> units) {
    Night made;
    made.number = number;
    made.units = std::move(units);
    return made;
  }
  std::int64_t rows(const std::string& table) {
    SQLite::Database database(path_, SQLite::OPEN_READONLY, 1000);
    return database.execAndGet("SELECT count(*) FROM " + table).getInt64();
  }
  Folder folder_;
  std::string path_ = folder_.file("db");
  Inventory inventory_ = open_for_writing(path_);
};

TEST_F(InventoryTest, ASweepIsInvisibleUntilItEnds) {
  Inventory reader = must(Inventory::open(path_, Inventory::Mode::kRead));
  EXPECT_FALSE(must(reader.current_sweep()).has_value());
  const SweepId id = must(inventory_.begin_sweep(facts_of(1)));
  must(inventory_.store(id, unit_of(kA, "s", {finding_in(kA, "a", "v")})));
  must(inventory_.checkpoint());
  EXPECT_TRUE(must(reader.findings({})).empty());
  EXPECT_TRUE(must(reader.known_places({"t"})).empty());
  EXPECT_TRUE(must(reader.finished_sweeps()).empty());
  must(inventory_.finish_sweep(id, test::plain_end(1)));
  EXPECT_EQ(must(reader.findings({})).size(), 1U);
  EXPECT_EQ(must(reader.current_sweep())->id, id);
}

TEST_F(InventoryTest, ReusesAUnitOnlyWithEqualStampAndProfile) {
  UnitResult unit = unit_of(kA, "s1", {finding_in(kA, "a", "v")});
  unit.coverage.git_objects = 3;
  unit.coverage.add_unread({"t/r", "a!/x", "corrupt-member", 9});
  unit.coverage.add_policy("decode-depth", 2, 50);
  sweep(inventory_, night(1, {unit}));
  const SweepId id = must(inventory_.begin_sweep(facts_of(2)));
  Coverage carried;
  EXPECT_FALSE(must(inventory_.reuse(id, kA, "s2", "p1", carried)));
  EXPECT_FALSE(must(inventory_.reuse(id, kA, "s1", "p2", carried)));
  EXPECT_FALSE(must(inventory_.reuse(id, kB, "s1", "p1", carried)));
  EXPECT_FALSE(must(inventory_.reuse(id, {"u", "t/r", "a"}, "s1", "p1", carried)));
  EXPECT_TRUE(must(inventory_.reuse(id, kA, "s1", "p1", carried)));
  EXPECT_EQ(carried.files, 0U);
  EXPECT_EQ(carried.bytes, 0U);
  EXPECT_EQ(carried.carried_files, 1U);
  EXPECT_EQ(carried.carried_git_objects, 3U);
  EXPECT_EQ(carried.carried_since, Instant{86'400});
  EXPECT_EQ(carried.unread_total, 1U);
  ASSERT_EQ(carried.unread.size(), 1U);
  EXPECT_EQ(carried.unread.front().path, "a!/x");
  ASSERT_EQ(carried.by_policy.size(), 1U);
  EXPECT_EQ(carried.by_policy.front().count, 2U);
}

TEST_F(InventoryTest, MergesWorkTreeAndHistory) {
  Finding tree = finding_in(kA, "a", "v");
  tree.bytes = {5, 9};
  tree.staleness = {AgeSource::kFileTime, Instant{9}, std::nullopt};
  Finding old = finding_in(kHistory, "a", "v");
  old.bytes = {7, 11};
  const Finding only_old = finding_in(kHistory, "b", "w");
  const auto outcome = sweep(
      inventory_, night(1, {unit_of(kHistory, "h1", {old, only_old}), unit_of(kA, "s1", {tree})}));
  EXPECT_EQ(outcome.fresh, 2U);
  auto found = by_id(inventory_);
  ASSERT_EQ(found.size(), 2U);
  const Finding& merged = found.at(tree.id);
  EXPECT_EQ(merged.bytes, (Span{5, 9}));
  EXPECT_TRUE(merged.place.file.has_value());
  ASSERT_TRUE(merged.place.git.has_value());
  EXPECT_TRUE(merged.place.git->in_worktree);
  EXPECT_EQ(merged.place.git->blob, old.place.git->blob);
  EXPECT_EQ(merged.staleness.source, AgeSource::kGit);
  EXPECT_FALSE(found.at(only_old.id).place.git->in_worktree);

  // Removed from the work tree, still in history: open, and its place is history's.
  sweep(inventory_, night(2, {unit_of(kHistory, "h1", {old, only_old}), unit_of(kA, "s2", {})}));
  found = by_id(inventory_);
  EXPECT_EQ(found.at(tree.id).presence, Presence::kOpen);
  EXPECT_EQ(found.at(tree.id).bytes, (Span{7, 11}));
  EXPECT_FALSE(found.at(tree.id).place.git->in_worktree);

  // History rewritten too: gone, with its last known facts.
  sweep(inventory_, night(3, {unit_of(kHistory, "h2", {only_old}), unit_of(kA, "s2", {})}));
  found = by_id(inventory_);
  EXPECT_EQ(found.at(tree.id).presence, Presence::kGone);
  EXPECT_EQ(found.at(tree.id).place.git->blob, old.place.git->blob);
  EXPECT_EQ(rows("sighting"), 2);
}

TEST_F(InventoryTest, TellsEveryChangeOfPresenceAfterASweep) {
  const Finding a = finding_in(kA, "a", "v");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {a})}));
  sweep(inventory_, night(2, {unit_of(kA, "s1", {a})}));  // new to open: it merely stays
  sweep(inventory_, night(3, {unit_of(kA, "s2", {})}));
  sweep(inventory_, night(4, {unit_of(kA, "s3", {a})}));
  const auto all = must(inventory_.presence_changes(SweepId{0}));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].finding_id, a.id);
  EXPECT_FALSE(all[0].from.has_value());
  EXPECT_EQ(all[0].to, Presence::kNew);
  EXPECT_EQ(all[1].sweep, SweepId{3});
  EXPECT_EQ(all[1].at, facts_of(3).as_of);
  EXPECT_EQ(all[1].to, Presence::kGone);
  EXPECT_EQ(all[2].from, Presence::kGone);
  EXPECT_EQ(all[2].to, Presence::kOpen);
  EXPECT_EQ(all[2].change, "content");
  EXPECT_EQ(must(inventory_.presence_changes(SweepId{3})).size(), 1U);
  EXPECT_TRUE(must(inventory_.presence_changes(SweepId{4})).empty());
}

TEST_F(InventoryTest, GoneNeedsBothPlacesToBeRead) {
  const Finding tree = finding_in(kA, "a", "v");
  const Finding old = finding_in(kHistory, "a", "v");
  sweep(inventory_, night(1, {unit_of(kHistory, "h1", {old}), unit_of(kA, "s1", {tree})}));
  sweep(inventory_, night(2, {unit_of(kA, "s2", {})}));  // the repository could not be read
  EXPECT_EQ(by_id(inventory_).at(tree.id).presence, Presence::kUnverified);
  EXPECT_FALSE(by_id(inventory_).at(tree.id).checked);
  sweep(inventory_, night(3, {unit_of(kHistory, "h3", {}), unit_of(kA, "s2", {})}));
  EXPECT_EQ(by_id(inventory_).at(tree.id).presence, Presence::kGone);
}

TEST_F(InventoryTest, APartlyReadUnitProvesNothing) {
  const Finding finding = finding_in(kA, "a", "v");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding})}));
  UnitResult partly = unit_of(kA, "s2", {});
  partly.coverage.add_unread({"t/r", "a!/m", "corrupt-member", 0});
  sweep(inventory_, night(2, {partly}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kUnverified);
  UnitResult limited = unit_of(kA, "s3", {});
  limited.coverage.add_policy("decode-depth", 1, 10);
  sweep(inventory_, night(3, {limited}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kUnverified);
  sweep(inventory_, night(4, {unit_of(kA, "s4", {})}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kGone);
  EXPECT_EQ(by_id(inventory_).at(finding.id).last_seen, Instant{86'400});
}

// A file that became a container may hold the finding still.
TEST_F(InventoryTest, AFileThatBecameAClosedContainerProvesNothing) {
  const Finding finding = finding_in(kA, "a", "v");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding})}));
  UnitResult closed = unit_of(kA, "s2", {});
  closed.coverage.add_unread({"t/r", "a", "closed-zip", 9});
  sweep(inventory_, night(2, {closed}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kUnverified);
}

// Of a history each blob was gone through; one that is closed says nothing of the others.
TEST_F(InventoryTest, AClosedContainerInAHistoryLeavesTheOthersProven) {
  const Finding finding = finding_in(kHistory, "a", "v");
  sweep(inventory_, night(1, {unit_of(kHistory, "s1", {finding})}));
  UnitResult closed = unit_of(kHistory, "s2", {});
  closed.coverage.add_unread({"t/r", "b.zip", "closed-zip: git blob 0123", 9});
  UnitResult damaged = closed;
  damaged.coverage.add_unread({"t/r", "c", "corrupt-object", 9});
  sweep(inventory_, night(2, {damaged}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kUnverified);
  closed.stamp = "s3";
  sweep(inventory_, night(3, {closed}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kGone);
}

TEST_F(InventoryTest, ARuleThatIsNoLongerAskedNeverMakesAFindingGone) {
  const Finding finding = finding_in(kA, "a", "v", "other-key");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding})}));
  Night without = night(2, {unit_of(kA, "s2", {}, "p2")});
  without.rules = {"acme-key"};
  without.profile = "p2";
  sweep(inventory_, without);
  Finding found = by_id(inventory_).at(finding.id);
  EXPECT_EQ(found.presence, Presence::kUnverified);
  EXPECT_EQ(found.change, "ruleset");
  EXPECT_TRUE(found.checked);
  without.number = 3;  // nothing moved: the same answer
  sweep(inventory_, without);
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kUnverified);
  // The rule is back and looks at the new content: now it is proven.
  sweep(inventory_, night(4, {unit_of(kA, "s2", {}, "p3")}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).presence, Presence::kGone);
}

TEST_F(InventoryTest, EqualContentUnderOtherRulesIsAChangeOfRules) {
  const Finding first = finding_in(kA, "a", "v");
  const Finding second = finding_in(kA, "a", "w", "other-key");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {first})}));
  sweep(inventory_, night(2, {unit_of(kA, "s1", {second}, "p2")}));
  const auto found = by_id(inventory_);
  EXPECT_EQ(found.at(first.id).presence, Presence::kUnverified);
  EXPECT_EQ(found.at(first.id).change, "ruleset");
  EXPECT_EQ(found.at(second.id).presence, Presence::kNew);
  EXPECT_EQ(found.at(second.id).change, "ruleset");
}

TEST_F(InventoryTest, SeenAgainAfterGoneIsOpenWithItsFirstDate) {
  const Finding finding = finding_in(kA, "a", "v");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding})}));
  sweep(inventory_, night(2, {unit_of(kA, "s2", {})}));
  const auto outcome = sweep(inventory_, night(3, {unit_of(kA, "s3", {finding})}));
  EXPECT_EQ(outcome.fresh, 0U);
  EXPECT_EQ(outcome.open, 1U);
  const Finding found = by_id(inventory_).at(finding.id);
  EXPECT_EQ(found.first_seen, Instant{86'400});
  EXPECT_EQ(found.last_seen, Instant{3 * 86'400});
  EXPECT_EQ(found.change, "content");
}

TEST_F(InventoryTest, LeavesOtherTargetsAlone) {
  const UnitKey other{"u", "u/r", "a"};
  Night both = night(1, {unit_of(kA, "s1", {finding_in(kA, "a", "v")}),
                         unit_of(other, "s1", {finding_in(other, "a", "v")})});
  both.targets = {"t", "u"};
  sweep(inventory_, both);
  const auto outcome = sweep(inventory_, night(2, {}));
  EXPECT_EQ(outcome.unverified, 1U);
  const Finding left = by_id(inventory_).at(finding_in(other, "a", "v").id);
  EXPECT_EQ(left.presence, Presence::kNew);
  EXPECT_EQ(left.last_seen, Instant{86'400});
  const SweepId id = must(inventory_.begin_sweep(facts_of(3)));
  EXPECT_FALSE(inventory_.store(id, unit_of(other, "s", {})).has_value());
}

TEST_F(InventoryTest, AKilledSweepIsTakenOverByTheNext) {
  const SweepId killed = must(inventory_.begin_sweep(facts_of(1, {"t", "u"})));
  const UnitKey other{"u", "u/r", "a"};
  must(inventory_.store(killed, unit_of(kA, "s1", {finding_in(kA, "a", "v")})));
  must(inventory_.store(killed, unit_of(kB, "s1", {finding_in(kB, "b", "v")})));
  must(inventory_.store(killed, unit_of(other, "s1", {finding_in(other, "a", "v")})));
  must(inventory_.checkpoint());
  const SweepId id = must(inventory_.begin_sweep(facts_of(2)));
  EXPECT_EQ(id, killed);
  Coverage carried;
  EXPECT_TRUE(must(inventory_.reuse(id, kA, "s1", "p1", carried)));
  EXPECT_EQ(carried.carried_since, Instant{86'400});
  must(inventory_.finish_sweep(id, test::plain_end(2 * 86'400)));
  // Only what this sweep took over counts: not b, and nothing of a target it does not cover.
  const auto found = by_id(inventory_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.begin()->second.place.path, "a");
  EXPECT_EQ(rows("unit"), 1);
  EXPECT_EQ(rows("sighting"), 1);
}

TEST_F(InventoryTest, StoringAUnitTwiceKeepsTheSecond) {
  const SweepId id = must(inventory_.begin_sweep(facts_of(1)));
  UnitResult first = unit_of(kA, "s1", {finding_in(kA, "a", "v")});
  first.coverage.add_unread({"t/r", "a!/m", "io-error", 0});
  must(inventory_.store(id, first));
  must(inventory_.store(id, unit_of(kA, "s2", {finding_in(kA, "a", "w")})));
  must(inventory_.finish_sweep(id, test::plain_end(1)));
  ASSERT_EQ(by_id(inventory_).size(), 1U);
  EXPECT_EQ(by_id(inventory_).begin()->first, finding_in(kA, "a", "w").id);
  EXPECT_EQ(rows("unit_unread"), 0);
}

TEST_F(InventoryTest, AbsentUnitsAndReplacedReadingsLeaveNoRows) {
  UnitResult limited = unit_of(kB, "s1", {});
  limited.coverage.add_policy("decode-depth", 1, 10);
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding_in(kA, "a", "v")}), limited}));
  Night second = night(2, {unit_of(kA, "s2", {finding_in(kA, "a", "v")})});
  second.absent = {kB};
  sweep(inventory_, second);
  EXPECT_EQ(rows("unit"), 1);
  EXPECT_EQ(rows("sighting"), 1);
  EXPECT_EQ(rows("unit_policy"), 0);
}

TEST_F(InventoryTest, AUnitThatNobodyCanTellAboutIsForgottenAfterAMonth) {
  sweep(inventory_,
        night(1, {unit_of(kA, "s1", {finding_in(kA, "a", "v")}), unit_of(kB, "s1", {})}));
  sweep(inventory_, night(2, {}));
  sweep(inventory_, night(20, {unit_of(kB, "s1", {})}));  // back in time: reused, not forgotten
  sweep(inventory_, night(21, {}));
  sweep(inventory_, night(51, {}));
  EXPECT_EQ(rows("unit"), 2);
  sweep(inventory_, night(52, {}));
  EXPECT_EQ(rows("unit"), 1);  // the one with a finding stays
  EXPECT_EQ(by_id(inventory_).begin()->second.presence, Presence::kUnverified);
}

TEST_F(InventoryTest, KnownPlacesAreThoseOfCurrentFindings) {
  sweep(inventory_,
        night(1, {unit_of(kA, "s1", {finding_in(kA, "a", "v"), finding_in(kA, "a", "w")}),
                  unit_of(kB, "s1", {finding_in(kB, "b", "v")}),
                  unit_of({"t", "t/r", "c"}, "s1", {})}));
  sweep(inventory_, night(2, {unit_of(kA, "s1", {}), unit_of(kB, "s2", {})}));
  const auto places = must(inventory_.known_places({"t", "unheard-of"}));
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places.front().key, kA);
  EXPECT_EQ(places.front().findings, 2U);
  EXPECT_EQ(places.front().stamp, "s1");
}

TEST_F(InventoryTest, KeepsCoverageTargetsAndMeasuresOfEverySweep) {
  const SweepId id = must(inventory_.begin_sweep(facts_of(1, {"t", "s"})));
  Coverage coverage;
  coverage.files = 1;
  coverage.bytes = 2;
  coverage.git_objects = 3;
  coverage.archive_members = 4;
  coverage.carried_files = 5;
  coverage.carried_git_objects = 6;
  coverage.carried_since = Instant{7};
  coverage.add_unread({"t/b", "p\xff", "io-error", 8});
  coverage.add_unread({"t/a", "p", "permission-denied", 9});
  coverage.by_policy = {{"exclude", 1, 10}, {"exclude", 2, 20}};
  must(inventory_.finish_sweep(id, {coverage, Instant{99}, {}, nullptr}));
  must(inventory_.store_measures(id, {{"outstanding", 12}, {"unused", std::nullopt}}));
  const auto row = must(inventory_.current_sweep());
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->finished, Instant{99});
  EXPECT_EQ(row->facts.estate, "North Ward Trust");
  EXPECT_THAT(row->facts.targets, ElementsAre("s", "t"));
  EXPECT_EQ(row->coverage.archive_members, 4U);
  EXPECT_EQ(row->coverage.carried_git_objects, 6U);
  EXPECT_EQ(row->coverage.carried_since, Instant{7});
  EXPECT_EQ(row->coverage.unread_total, 2U);
  ASSERT_EQ(row->coverage.unread.size(), 2U);
  EXPECT_EQ(row->coverage.unread.front().reason, "permission-denied");
  EXPECT_EQ(row->coverage.unread.back().path, "p\xff");
  ASSERT_EQ(row->coverage.by_policy.size(), 1U);
  EXPECT_EQ(row->coverage.by_policy.front().bytes, 30U);
  ASSERT_EQ(row->measures.size(), 2U);
  EXPECT_EQ(row->measures.front().value, 12);
  EXPECT_FALSE(row->measures.back().value.has_value());
  for (int number = 2; number <= 40; ++number) {
    const SweepId next = must(inventory_.begin_sweep(facts_of(number)));
    must(inventory_.finish_sweep(next, {coverage, Instant{number * 86'400}, {}, nullptr}));
  }
  const auto sweeps = must(inventory_.finished_sweeps());
  ASSERT_EQ(sweeps.size(), 40U);
  EXPECT_EQ(sweeps.front().id, id);
  EXPECT_EQ(sweeps.front().measures.size(), 2U);
  EXPECT_EQ(sweeps.front().coverage.unread_total, 2U);
  EXPECT_TRUE(sweeps.front().coverage.unread.empty());
  EXPECT_EQ(rows("sweep_unread"), 30 * 2);
  EXPECT_FALSE(inventory_.store_measures(SweepId{999}, {{"x", 1}}).has_value());
}

TEST_F(InventoryTest, DecisionsSurviveSweepsAndTheNewestIsInForce) {
  const Finding finding = finding_in(kA, "a", "v");
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding})}));
  CredentialDecision decision{finding.credential_id, CredentialStatus::kManaged, "ann", Instant{5},
                              "ticket 1"};
  must(inventory_.decide({.credentials = {decision}}));
  decision.status = CredentialStatus::kDeadProven;
  decision.who = "bob";
  must(inventory_.decide({.credentials = {decision}}));
  sweep(inventory_, night(2, {unit_of(kA, "s1", {finding})}));
  EXPECT_EQ(by_id(inventory_).at(finding.id).credential_status, CredentialStatus::kDeadProven);
  const auto record = must(inventory_.credential_decisions());
  ASSERT_EQ(record.size(), 2U);
  EXPECT_EQ(record.front().who, "ann");
  EXPECT_EQ(record.back().status, CredentialStatus::kDeadProven);
  decision.who.clear();
  EXPECT_EQ(inventory_.decide({.credentials = {decision}}).error().code, ErrorCode::kBadUse);
}

TEST_F(InventoryTest, ExceptionsCountUntilTheyEndOrAreWithdrawn) {
  const Finding first = finding_in(kA, "a", "v");
  const Finding second = finding_in(kA, "a", "w");
  const Finding third = finding_in(kA, "a", "x");
  const Finding fourth = finding_in(kA, "a", "y");
  {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE, 1000);
    const auto add = [&](const std::string& id, const std::string& kind, const std::string& subject,
                         int until, int withdrawn) {
      database.exec(
          "INSERT INTO decision_exception (exception_id, subject_kind, subject_id,"
          " owner, reason, until, withdrawn, who, decided_at, evidence) VALUES ('" +
          id + "','" + kind + "','" + subject + "','o','r'," + std::to_string(until) + "," +
          std::to_string(withdrawn) + ",'ann',1,'')");
    };
    add("e_1", "finding", first.id, 2 * 86'400, 0);
    add("e_2", "credential", first.credential_id, 9 * 86'400, 0);
    add("e_3", "credential", second.credential_id, 86'400, 0);  // ends at the sweep's instant
    add("e_4", "finding", third.id, 9 * 86'400, 0);
    add("e_4", "finding", third.id, 9 * 86'400, 1);
  }
  sweep(inventory_, night(1, {unit_of(kA, "s1", {first, second, third, fourth})}));
  const auto found = by_id(inventory_);
  EXPECT_EQ(found.at(first.id).exception_id, "e_2");
  EXPECT_EQ(found.at(first.id).exception_until, Instant{9 * 86'400});
  EXPECT_EQ(found.at(second.id).exception_id, "");
  EXPECT_EQ(found.at(third.id).exception_id, "");
  EXPECT_EQ(found.at(fourth.id).exception_id, "");
}

TEST_F(InventoryTest, OfTheDecisionsAboutAFindingAndItsCredentialTheNewerHolds) {
  const Finding first = finding_in(kA, "a", "v");
  const Finding second = finding_in(kA, "b", "v");
  FindingDecision decision;
  decision.subject = first.id;
  decision.verdict = Verdict::kConfirmed;
  decision.who = "ann";
  decision.when = Instant{5};
  must(inventory_.decide({.findings = {decision}}));
  decision.subject = first.credential_id;
  decision.verdict = Verdict::kFalsePositive;
  decision.reason = "a sample";
  must(inventory_.decide({.findings = {decision}}));
  sweep(inventory_, night(1, {unit_of(kA, "s1", {first, second})}));
  EXPECT_TRUE(is_false_positive(by_id(inventory_).at(first.id)));
  decision.subject = first.id;
  decision.verdict = Verdict::kNone;
  must(inventory_.decide({.findings = {decision}}));
  sweep(inventory_, night(2, {unit_of(kA, "s1", {first, second})}));
  EXPECT_FALSE(by_id(inventory_).at(first.id).decision.has_value());
  EXPECT_TRUE(is_false_positive(by_id(inventory_).at(second.id)));
  FindingFilter filter;
  filter.decision = DecisionFilter{};
  ASSERT_EQ(must(inventory_.findings(filter)).size(), 1U);
  filter.decision->verdict = Verdict::kFalsePositive;
  ASSERT_EQ(must(inventory_.findings(filter)).size(), 1U);
  EXPECT_EQ(must(inventory_.finding_decisions()).size(), 3U);
}

TEST_F(InventoryTest, DecisionsAreStoredTogetherOrNotAtAll) {
  FindingDecision good;
  good.subject = "f_1";
  good.verdict = Verdict::kConfirmed;
  good.who = "ann";
  FindingDecision nobody = good;
  nobody.who.clear();
  FindingDecision unassigned = good;
  unassigned.verdict = Verdict::kAssigned;
  FindingDecision elsewhere = good;
  elsewhere.subject = "x_1";
  for (const FindingDecision& bad : {nobody, unassigned, elsewhere}) {
    EXPECT_EQ(inventory_.decide({.findings = {good, bad}}).error().code, ErrorCode::kBadUse);
  }
  Exception without_owner;
  without_owner.id = "e_1";
  without_owner.subject = "f_1";
  without_owner.reason = "r";
  without_owner.who = "ann";
  EXPECT_FALSE(inventory_.decide({.findings = {good}, .exceptions = {without_owner}}).has_value());
  EXPECT_EQ(rows("decision_finding"), 0);
}

TEST_F(InventoryTest, AReaderMayNotWrite) {
  Inventory reader = must(Inventory::open(path_, Inventory::Mode::kRead));
  EXPECT_FALSE(reader.begin_sweep(facts_of(1)).has_value());
  EXPECT_FALSE(reader.checkpoint().has_value());
  EXPECT_FALSE(reader.decide({.credentials = {{"c_1", {}, "ann", {}, ""}}}).has_value());
}

TEST_F(InventoryTest, ASweepThatIsNotRunningCannotBeWrittenTo) {
  const auto outcome = sweep(inventory_, night(1, {}));
  EXPECT_EQ(inventory_.store(outcome.sweep, unit_of(kA, "s", {})).error().code,
            ErrorCode::kInternal);
  Coverage carried;
  EXPECT_FALSE(inventory_.reuse(outcome.sweep, kA, "s", "p1", carried).has_value());
  EXPECT_FALSE(inventory_.finish_sweep(outcome.sweep, {}).has_value());
}

struct FilterCase {
  const char* name;
  FindingFilter filter;
  std::vector<std::string> paths;
};

FindingFilter made(const std::function<void(FindingFilter&)>& change) {
  FindingFilter filter;
  change(filter);
  return filter;
}

TEST_F(InventoryTest, FiltersAndOrders) {
  const auto unit = [](const std::string& path, const std::string& stamp,
                       const std::function<void(Finding&)>& change) {
    const UnitKey key{"t", "t/r", path};
    Finding finding = finding_in(key, path, "value of " + path);
    change(finding);
    return unit_of(key, stamp, {finding});
  };
  const UnitResult low = unit("a", "s", [](Finding& f) { f.severity = Level::kLow; });
  const UnitResult owned = unit("b", "s", [](Finding& f) {
    f.owner_name = "platform";
    f.system = "TIE";
    f.rule = "other-key";
  });
  const UnitResult human = unit("c", "s", [](Finding& f) {
    f.principal = Principal::kHuman;
    f.kind = FindingKind::kSite;
    f.confidence = Level::kLow;
    f.place.git.emplace();
  });
  sweep(inventory_, night(1, {human, owned, low, unit_of({"t", "t/r", "d"}, "s", {})}));
  const UnitResult late = unit("d", "s2", [](Finding& f) { f.identity = "mssql:x/y"; });
  sweep(inventory_, night(2, {human, late, low}));  // b was not read
  const std::string id = owned.findings.front().id;
  const FilterCase cases[] = {
      {"all", {}, {"a", "b", "c", "d"}},
      {"severity", made([](auto& f) { f.severity = Level::kHigh; }), {"b", "c", "d"}},
      {"confidence", made([](auto& f) { f.confidence = Level::kMedium; }), {"a", "b", "d"}},
      {"rule", made([](auto& f) { f.rule = "other-key"; }), {"b"}},
      {"system", made([](auto& f) { f.system = "TIE"; }), {"b"}},
      {"owner", made([](auto& f) { f.owner = "platform"; }), {"b"}},
      {"open", made([](auto& f) { f.state = Presence::kOpen; }), {"a", "c"}},
      {"unverified", made([](auto& f) { f.state = Presence::kUnverified; }), {"b"}},
      {"principal", made([](auto& f) { f.principal = Principal::kHuman; }), {"c"}},
      {"kind", made([](auto& f) { f.kind = FindingKind::kSite; }), {"c"}},
      {"in head", made([](auto& f) { f.in_head = true; }), {"a", "b", "d"}},
      {"since", made([](auto& f) { f.since_sweep = SweepId{1}; }), {"b", "d"}},
      {"since the last", made([](auto& f) { f.since_sweep = SweepId{2}; }), {}},
      {"id", made([&](auto& f) { f.id_prefix = id.substr(0, 12); }), {"b"}},
      {"identity", made([](auto& f) { f.id_prefix = "mssql:"; }), {"d"}},
      {"limit", made([](auto& f) { f.limit = 2; }), {"a", "b"}},
  };
  for (const FilterCase& row : cases) {
    std::vector<std::string> paths;
    for (const Finding& finding : must(inventory_.findings(row.filter))) {
      paths.push_back(*finding.place.path);
    }
    EXPECT_EQ(paths, row.paths) << row.name;
  }
}

TEST_F(InventoryTest, AFileThatHoldsForeignValuesIsNamedNotTrusted) {
  sweep(inventory_, night(1, {unit_of(kA, "s1", {finding_in(kA, "a", "v")})}));
  SQLite::Database(path_, SQLite::OPEN_READWRITE, 1000)
      .exec("PRAGMA ignore_check_constraints=ON; UPDATE sighting SET severity_code = 99");
  EXPECT_EQ(inventory_.findings({}).error().code, ErrorCode::kStore);
}

}  // namespace
}  // namespace nhi

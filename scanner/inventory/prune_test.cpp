// Claims about removing old facts: what goes leaves no byte, what must stay stays, and a kill at
// any moment leaves the store as it was or as it should be.
#include "scanner/inventory/prune.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using test::Folder;
using test::must;

constexpr std::int64_t kDay = 86'400;
const UnitKey kFile{"t", "t/r", "app.properties"};

// Names are put together here, so that no other file of the test can hold them.
std::string person(int number) { return "Person No." + std::to_string(number) + " Surname"; }

Finding named_finding(const UnitKey& unit, const std::string& value, int who) {
  Finding finding = test::finding_in(unit, unit.path, value);
  finding.place.file->owner = person(who) + " the owner";
  GitFacts git;
  git.blob = "b10b";
  git.introduced.author = person(who) + " <author>";
  git.introduced.committer = person(who) + " <committer>";
  finding.place.git = git;
  SiteFacts site;
  site.format = "ini";
  site.account = person(who) + " account";
  finding.site = site;
  return finding;
}

// Everything that lies beside the inventory, as bytes.
std::string bytes_of(const Folder& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

bool holds(const Folder& folder, const std::string& text) {
  return bytes_of(folder).find(text) != std::string::npos;
}

// Night 1 finds, night 2 finds nothing more of it.
void make_old_nights(Inventory& inventory, const std::vector<Finding>& gone,
                     const std::vector<Finding>& stay = {}) {
  std::vector<Finding> all = gone;
  all.insert(all.end(), stay.begin(), stay.end());
  test::Night night;
  night.units = {test::unit_of(kFile, "s1", all)};
  test::sweep(inventory, night);
  night.number = 2;
  night.units = {test::unit_of(kFile, "s2", stay)};
  test::sweep(inventory, night);
}

PruneOrder order_of(std::vector<Finding> findings, std::int64_t before_night = 100) {
  PruneOrder order;
  order.before = Instant{before_night * kDay};
  for (const Finding& finding : findings) order.findings.push_back(finding.id);
  return order;
}

PruneOrder order_of_all(Inventory& inventory) {
  PruneOrder order = order_of({});
  const std::vector<Inventory::Prunable> all = must(inventory.prunable(order.before));
  for (const Inventory::Prunable& one : all) order.findings.push_back(one.finding_id);
  return order;
}

TEST(Prune, LeavesNoByteOfWhatGoesInAnyFile) {
  const Folder folder;
  std::vector<Finding> gone;
  std::vector<Finding> stay;
  for (int i = 0; i < 300; ++i) {
    const std::string value = "v" + std::to_string(i);
    (i % 3 == 0 ? stay : gone).push_back(named_finding(kFile, value, i));
  }
  Inventory inventory = test::open_for_writing(folder.file("db"));
  make_old_nights(inventory, gone, stay);
  ASSERT_TRUE(holds(folder, person(1)));
  const PruneOutcome outcome = must(inventory.prune(order_of(gone)));
  EXPECT_EQ(outcome.findings, gone.size());
  EXPECT_EQ(outcome.places, gone.size());
  EXPECT_EQ(outcome.changes, 2 * gone.size());  // appeared and gone
  // The inventory is still open: its log is among the files.
  const std::string bytes = bytes_of(folder);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(bytes.find(person(i)) != std::string::npos, i % 3 == 0) << i;
  }
  for (const Finding& finding : gone) EXPECT_EQ(bytes.find(finding.id), std::string::npos);
  EXPECT_EQ(test::by_id(inventory).size(), stay.size());
}

TEST(Prune, ADryRunCountsTheSameAndChangesNothing) {
  const Folder folder;
  const std::vector<Finding> gone = {named_finding(kFile, "v", 1)};
  Inventory inventory = test::open_for_writing(folder.file("db"));
  make_old_nights(inventory, gone);
  PruneOrder order = order_of(gone);
  order.dry_run = true;
  EXPECT_EQ(must(inventory.prune(order)).findings, 1U);
  EXPECT_EQ(test::by_id(inventory).count(gone[0].id), 1U);
  order.dry_run = false;
  EXPECT_EQ(must(inventory.prune(order)).findings, 1U);
  EXPECT_TRUE(test::by_id(inventory).empty());
}

TEST(Prune, WhatIsThereOrUnverifiedOrGoneSinceIsNotPrunable) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const Finding gone = named_finding(kFile, "gone", 1);
  const Finding open = named_finding(kFile, "open", 2);
  const UnitKey other{"t", "t/r", "other"};
  const Finding unread = named_finding(other, "unread", 3);
  test::Night night;
  night.units = {test::unit_of(kFile, "s1", {gone, open}), test::unit_of(other, "s1", {unread})};
  test::sweep(inventory, night);
  night.number = 2;
  night.units = {test::unit_of(kFile, "s2", {open})};
  test::sweep(inventory, night);
  const auto old = must(inventory.prunable(Instant{100 * kDay}));
  ASSERT_EQ(old.size(), 1U);
  EXPECT_EQ(old[0].finding_id, gone.id);
  EXPECT_TRUE(must(inventory.prunable(Instant{2 * kDay})).empty());  // it went that night
  for (const Finding& kept : {open, unread}) {
    EXPECT_EQ(inventory.prune(order_of({kept})).error().code, ErrorCode::kInternal);
  }
  EXPECT_EQ(test::by_id(inventory).size(), 3U);
}

TEST(Prune, AReadingThatTheNextSweepTakesOverIsNotRobbed) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const Finding finding = named_finding(kFile, "v", 1);
  make_old_nights(inventory, {finding});
  {
    // It is back, and the sweep that reads it is killed.
    const SweepId killed = must(inventory.begin_sweep(test::facts_of(50)));
    must(inventory.store(killed, test::unit_of(kFile, "s3", {finding})));
    must(inventory.checkpoint());
  }
  EXPECT_TRUE(must(inventory.prunable(Instant{100 * kDay}))[0].shown);
  EXPECT_EQ(inventory.prune(order_of({finding})).error().code, ErrorCode::kInternal);
  must(inventory.prune(order_of({})));
  test::Night night;
  night.number = 51;
  night.units = {test::unit_of(kFile, "s3", {})};  // reused: what the killed sweep read stands
  EXPECT_EQ(test::sweep(inventory, night).open, 1U);
}

TEST(Prune, AYoungDecisionHoldsFindingAndCredential) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const Finding by_id = named_finding(kFile, "a", 1);
  const Finding by_value = named_finding(kFile, "b", 2);
  const Finding accepted = named_finding(kFile, "c", 3);
  const Finding old = named_finding(kFile, "d", 4);
  make_old_nights(inventory, {by_id, by_value, accepted, old});
  const Instant young{150 * kDay};
  const Instant early{50 * kDay};
  Decisions decisions;
  decisions.findings = {{0, by_id.id, Verdict::kConfirmed, "", "", "", "ann", young, ""},
                        {0, old.id, Verdict::kConfirmed, "", "", "", person(9), early, ""}};
  Exception exception{"e_1", accepted.id, "team", "why", Instant{200 * kDay},
                      false, "ann",       early,  ""};
  decisions.exceptions = {exception};
  must(inventory.decide(decisions));
  must(inventory.decide({.credentials = {{by_value.credential_id, CredentialStatus::kDeadAttested,
                                          "ann", young, ""}}}));
  must(inventory.decide({.credentials = {{old.credential_id, CredentialStatus::kDeadAttested,
                                          person(9), early, ""}}}));
  for (const auto& one : must(inventory.prunable(Instant{100 * kDay}))) {
    EXPECT_EQ(one.concerned, one.finding_id != old.id);
  }
  const PruneOutcome outcome = must(inventory.prune(order_of({old})));
  EXPECT_EQ(outcome.decisions, 2U);
  EXPECT_FALSE(holds(folder, person(9)));
  EXPECT_EQ(must(inventory.finding_decisions()).size(), 1U);
  EXPECT_EQ(must(inventory.exceptions()).size(), 1U);
  // A year later nobody is concerned any more.
  for (const auto& one : must(inventory.prunable(Instant{500 * kDay}))) {
    EXPECT_FALSE(one.concerned);
  }
}

TEST(Prune, DecisionsAboutACredentialStayWhileItHasAPlace) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitKey other{"t", "t/r", "other"};
  const Finding gone = named_finding(kFile, "v", 1);
  const Finding there = named_finding(other, "v", 2);
  test::Night night;
  night.units = {test::unit_of(kFile, "s1", {gone}), test::unit_of(other, "s1", {there})};
  test::sweep(inventory, night);
  night.number = 2;
  night.units[0] = test::unit_of(kFile, "s2", {});
  test::sweep(inventory, night);
  must(inventory.decide({.credentials = {{gone.credential_id, CredentialStatus::kDeadAttested,
                                          "ann", Instant{3 * kDay}, ""}}}));
  EXPECT_EQ(must(inventory.prune(order_of({gone}))).decisions, 0U);
  EXPECT_EQ(test::by_id(inventory).at(there.id).credential_status, CredentialStatus::kDeadAttested);
}

TEST(Prune, NamesGoAndTheFindingStays) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const Finding finding = named_finding(kFile, "v", 7);
  make_old_nights(inventory, {finding});
  PruneOrder order = order_of({});
  order.nameless = {finding.id};
  EXPECT_EQ(must(inventory.prune(order)).names, 1U);
  EXPECT_FALSE(holds(folder, person(7) + " the owner"));
  EXPECT_FALSE(holds(folder, person(7) + " <"));
  const Finding kept = test::by_id(inventory).at(finding.id);
  EXPECT_EQ(kept.presence, Presence::kGone);
  EXPECT_EQ(kept.place.git->blob, "b10b");
  EXPECT_EQ(kept.site->account, person(7) + " account");  // what the value opens
  EXPECT_EQ(must(inventory.prune(order)).names, 0U);
}

TEST(Prune, ThenASweepSaysWhatItWouldHaveSaid) {
  const Folder folder;
  const std::vector<Finding> gone = {named_finding(kFile, "gone", 1)};
  const std::vector<Finding> stay = {named_finding(kFile, "stay", 2)};
  std::map<std::string, Finding> after[2];
  for (const bool pruned : {false, true}) {
    Inventory inventory = test::open_for_writing(folder.file(pruned ? "a" : "b"));
    make_old_nights(inventory, gone, stay);
    if (pruned) must(inventory.prune(order_of(gone)));
    test::Night night;
    night.number = 200;
    night.units = {test::unit_of(kFile, "s3", stay)};
    test::sweep(inventory, night);
    after[pruned ? 1 : 0] = test::by_id(inventory);
  }
  after[0].erase(gone[0].id);
  ASSERT_EQ(after[0].size(), after[1].size());
  EXPECT_EQ(after[0].begin()->first, after[1].begin()->first);
  EXPECT_EQ(after[0].begin()->second.first_seen, after[1].begin()->second.first_seen);
  // One that was pruned and comes back is new: nobody remembers it.
  Inventory inventory = test::open_for_writing(folder.file("a"));
  test::Night night;
  night.number = 201;
  night.units = {test::unit_of(kFile, "s4", {gone[0], stay[0]})};
  EXPECT_EQ(test::sweep(inventory, night).fresh, 1U);
}

TEST(Prune, OldListsAndNamesOfEmptyRootsGoAndMeasuresStay) {
  const Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitKey vanished{"t", "t/of Person No.8 Surname", "f"};
  const Finding finding = named_finding(vanished, "v", 5);
  for (const std::int64_t number : {1, 2, 3}) {
    const SweepId id = must(inventory.begin_sweep(test::facts_of(number)));
    if (number == 1) must(inventory.store(id, test::unit_of(vanished, "s1", {finding})));
    SweepEnd end = test::plain_end(number * kDay + 60);
    end.coverage.add_unread({"t/r", person(6), "permission-denied", 0});
    end.absence = [](const UnitKey&) { return Absence::kProvenAbsent; };
    must(inventory.finish_sweep(id, end));
    must(inventory.store_measures(id, {{"outstanding", number}}));
  }
  const PruneOutcome outcome = must(inventory.prune(order_of({finding})));
  EXPECT_EQ(outcome.unread_places, 2U);  // the newest sweep keeps its own
  EXPECT_EQ(outcome.roots, 1U);
  EXPECT_FALSE(holds(folder, vanished.root));
  EXPECT_TRUE(holds(folder, person(6)));
  const auto sweeps = must(inventory.finished_sweeps());
  ASSERT_EQ(sweeps.size(), 3U);
  for (const auto& sweep : sweeps) EXPECT_EQ(sweep.measures.size(), 1U);
}

TEST(Prune, AReaderThatHoldsTheLogIsNamedAndTheNextRunCleansUp) {
  const Folder folder;
  const std::vector<Finding> gone = {named_finding(kFile, "v", 1)};
  Inventory inventory = test::open_for_writing(folder.file("db"));
  make_old_nights(inventory, gone);
  {
    SQLite::Database reader(folder.file("db"), SQLite::OPEN_READONLY);
    const ReadSnapshot snapshot(reader);
    EXPECT_GT(reader.execAndGet("SELECT count(*) FROM finding").getInt(), 0);
    EXPECT_EQ(inventory.prune(order_of(gone)).error().code, ErrorCode::kBusy);
  }
  must(inventory.prune(order_of({})));
  EXPECT_FALSE(holds(folder, person(1)));
}

// Killed at a random moment, in a process of its own.
TEST(Prune, KilledInTheMiddleLeavesTheStoreWhole) {
  const Folder folder;
  const std::string path = folder.file("db");
  std::vector<Finding> gone;
  for (int i = 0; i < 3000; ++i) gone.push_back(named_finding(kFile, std::to_string(i), i));
  const Finding stays = named_finding(kFile, "stays", 9999);
  {
    Inventory inventory = test::open_for_writing(path);
    make_old_nights(inventory, gone, {stays});
  }
  std::mt19937 random(11);
  int killed = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto inventory = Inventory::open(path, Inventory::Mode::kWrite);
      if (!inventory) ::_exit(1);
      ::_exit(inventory->prune(order_of_all(*inventory)) ? 0 : 2);
    }
    ::usleep(std::uniform_int_distribution<unsigned>(0, 60'000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << status;
    killed += WIFSIGNALED(status) ? 1 : 0;
    Inventory inventory = must(Inventory::open(path, Inventory::Mode::kRead));
    const std::size_t left = test::by_id(inventory).size();
    EXPECT_TRUE(left == 1 || left == gone.size() + 1) << left;
  }
  EXPECT_GT(killed, 0);
  Inventory inventory = test::open_for_writing(path);
  must(inventory.prune(order_of_all(inventory)));
  EXPECT_EQ(test::by_id(inventory).size(), 1U);
  EXPECT_FALSE(holds(folder, person(1)));
  EXPECT_TRUE(holds(folder, person(9999)));
}

}  // namespace
}  // namespace nhi

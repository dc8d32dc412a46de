// Claims about a rotated key: ids, dates and decisions of what is known stay; what was not read
// waits; what is new gets an id of the new key; a killed sweep changes nothing.
#include "scanner/inventory/key_settler.hpp"

#include <gtest/gtest.h>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using test::Folder;
using test::must;

const UnitKey kA{"t", "t/r", "a"};
const UnitKey kB{"t", "t/r", "b"};

// What a key computes: ids begin with its name, so that a kept one can be told from a new one.
Finding made(const UnitKey& unit, const std::string& value, const std::string& key,
             const std::string& former = "") {
  Finding finding = test::finding_in(unit, unit.path, value);
  finding.id = "f_" + key + unit.path + value;
  finding.credential_id = "c_" + key + value;
  finding.fingerprint = "hmac-sha256:" + key + ":" + value;
  if (former.empty()) return finding;
  finding.former.id = "f_" + former + unit.path + value;
  finding.former.credential_id = "c_" + former + value;
  finding.former.fingerprint = "hmac-sha256:" + former + ":" + value;
  return finding;
}

struct KeyNight {
  std::int64_t number = 1;
  std::string key = "k1";
  std::string former;
  std::vector<UnitResult> units;
  bool to_bundle = false;
};

SweepFacts facts_of(const KeyNight& night) {
  SweepFacts facts = test::facts_of(night.number, {"t"}, night.key);
  facts.key_id = night.key;
  facts.key_check = "check-" + night.key;
  if (!night.former.empty()) facts.former_check = "check-" + night.former;
  facts.to_bundle = night.to_bundle;
  return facts;
}

SweepOutcome sweep(Inventory& inventory, KeyNight night) {
  const SweepId id = must(inventory.begin_sweep(facts_of(night)));
  for (UnitResult& unit : night.units) {
    unit.profile = night.key;
    Coverage carried;
    if (must(inventory.reuse(id, unit.key, unit.stamp, unit.profile, carried))) continue;
    must(inventory.store(id, unit));
  }
  return must(inventory.finish_sweep(id, test::plain_end(night.number * 86'400)));
}

std::uint64_t pending(Inventory& inventory) {
  const auto waiting = must(inventory.waiting_for_key(*must(inventory.key_state())));
  std::uint64_t findings = 0;
  for (const auto& [target, count] : waiting) findings += count;
  return findings;
}

class KeyRotationTest : public testing::Test {
 protected:
  void first_night() {
    sweep(inventory_, {1,
                       "k1",
                       "",
                       {test::unit_of(kA, "s", {made(kA, "x", "k1")}),
                        test::unit_of(kB, "s", {made(kB, "y", "k1")})}});
    Decisions decisions;
    decisions.findings = {
        {0, "f_k1ax", Verdict::kConfirmed, "", "", "", "ann", Instant{90'000}, ""}};
    decisions.exceptions = {
        {"e_1", "c_k1y", "team", "why", Instant{9'000'000}, false, "ann", Instant{90'000}, ""}};
    must(inventory_.decide(decisions));
  }
  Folder folder_;
  Inventory inventory_ = test::open_for_writing(folder_.file("db"));
};

TEST_F(KeyRotationTest, WhatIsReadAgainKeepsIdDatesAndDecisions) {
  first_night();
  const SweepOutcome second =
      sweep(inventory_, {2,
                         "k2",
                         "k1",
                         {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}),
                          test::unit_of(kB, "s", {made(kB, "y", "k2", "k1")})}});
  EXPECT_EQ(second.fresh, 0U);
  EXPECT_EQ(second.open, 2U);
  EXPECT_EQ(second.gone, 0U);
  for (const std::int64_t number : {3, 4}) {  // with the new key alone
    const SweepOutcome later = sweep(inventory_, {number,
                                                  "k2",
                                                  "",
                                                  {test::unit_of(kA, "v", {made(kA, "x", "k2")}),
                                                   test::unit_of(kB, "s", {made(kB, "y", "k2")})}});
    EXPECT_EQ(later.open, 2U) << number;
    EXPECT_EQ(later.fresh, 0U) << number;
  }
  const auto found = test::by_id(inventory_);
  ASSERT_EQ(found.size(), 2U);
  const Finding& a = found.at("f_k1ax");
  EXPECT_EQ(a.first_seen, Instant{86'400});
  EXPECT_EQ(a.credential_id, "c_k1x");
  EXPECT_EQ(a.fingerprint, "hmac-sha256:k2:x");
  ASSERT_TRUE(a.decision);
  EXPECT_EQ(a.decision->verdict, Verdict::kConfirmed);
  EXPECT_EQ(found.at("f_k1by").exception_id, "e_1");
  EXPECT_EQ(pending(inventory_), 0U);
}

TEST_F(KeyRotationTest, WhatIsNotReadWaitsWithItsDecisions) {
  first_night();
  const SweepOutcome second =
      sweep(inventory_, {2, "k2", "k1", {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")})}});
  EXPECT_EQ(second.unverified, 1U);
  EXPECT_EQ(pending(inventory_), 1U);
  EXPECT_EQ(test::by_id(inventory_).at("f_k1by").exception_id, "e_1");
  const SweepOutcome third =
      sweep(inventory_, {3,
                         "k2",
                         "k1",
                         {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}),
                          test::unit_of(kB, "s", {made(kB, "y", "k2", "k1")})}});
  EXPECT_EQ(third.open, 2U);
  EXPECT_EQ(third.fresh, 0U);
  EXPECT_EQ(pending(inventory_), 0U);
}

TEST_F(KeyRotationTest, AMovedPlaceIsNewAndItsCredentialIsKept) {
  first_night();
  const SweepOutcome second =
      sweep(inventory_,
            {2,
             "k2",
             "k1",
             {test::unit_of(kA, "t", {}),
              test::unit_of(kB, "t", {made(kB, "x", "k2", "k1"), made(kB, "y", "k2", "k1")})}});
  EXPECT_EQ(second.gone, 1U);
  EXPECT_EQ(second.fresh, 1U);
  const auto found = test::by_id(inventory_);
  EXPECT_EQ(found.at("f_k1ax").presence, Presence::kGone);
  EXPECT_EQ(found.at("f_k2bx").presence, Presence::kNew);
  EXPECT_EQ(found.at("f_k2bx").credential_id, "c_k1x");
  const SweepOutcome third =
      sweep(inventory_,
            {3, "k2", "", {test::unit_of(kB, "u", {made(kB, "x", "k2"), made(kB, "y", "k2")})}});
  EXPECT_EQ(third.open, 2U);
  EXPECT_EQ(test::by_id(inventory_).at("f_k2bx").credential_id, "c_k1x");
}

TEST_F(KeyRotationTest, AKilledSweepChangesNothingAndItsReadingsAreTakenOver) {
  first_night();
  const KeyNight night{2,
                       "k2",
                       "k1",
                       {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}, "k2"),
                        test::unit_of(kB, "s", {made(kB, "y", "k2", "k1")}, "k2")}};
  const SweepId killed = must(inventory_.begin_sweep(facts_of(night)));
  must(inventory_.store(killed, night.units[0]));
  must(inventory_.checkpoint());
  inventory_ = test::open_for_writing(folder_.file("other"));  // gives the first one up
  inventory_ = test::open_for_writing(folder_.file("db"));
  EXPECT_EQ(must(inventory_.key_state())->key_id, "k1");
  EXPECT_EQ(test::by_id(inventory_).at("f_k1ax").fingerprint, "hmac-sha256:k1:x");
  EXPECT_EQ(sweep(inventory_, night).open, 2U);
  EXPECT_EQ(test::by_id(inventory_).size(), 2U);
  EXPECT_EQ(must(inventory_.key_state())->key_id, "k2");
}

TEST_F(KeyRotationTest, ASecondRotationKeepsTheFirstIds) {
  first_night();
  const auto units = [](const std::string& key, const std::string& former) {
    return std::vector<UnitResult>{test::unit_of(kA, "s", {made(kA, "x", key, former)}),
                                   test::unit_of(kB, "s", {made(kB, "y", key, former)})};
  };
  std::int64_t number = 2;
  for (const auto& [key, former] :
       {std::pair("k2", "k1"), std::pair("k2", ""), std::pair("k3", "k2"), std::pair("k3", ""),
        std::pair("k3", "")}) {
    const SweepOutcome outcome = sweep(inventory_, {number++, key, former, units(key, former)});
    EXPECT_EQ(outcome.open, 2U) << key << former;
    EXPECT_EQ(outcome.fresh, 0U) << key << former;
  }
  EXPECT_EQ(test::by_id(inventory_).count("f_k1ax"), 1U);
}

TEST_F(KeyRotationTest, AnotherKeyIsRefusedAndNothingIsGone) {
  first_night();
  const auto refused = inventory_.begin_sweep(facts_of({2, "k9", "", {}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
  EXPECT_FALSE(inventory_.begin_sweep(facts_of({2, "k9", "k8", {}})));
  EXPECT_EQ(sweep(inventory_, {2,
                               "k1",
                               "",
                               {test::unit_of(kA, "s", {made(kA, "x", "k1")}),
                                test::unit_of(kB, "s", {made(kB, "y", "k1")})}})
                .open,
            2U);
}

// A host that still has the former key is merged beside one that has both.
TEST_F(KeyRotationTest, WhatComesUnderTheFormerKeyAloneIsKnownAndWaits) {
  first_night();
  const KeyNight mixed{2,
                       "k2",
                       "k1",
                       {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}),
                        test::unit_of(kB, "t", {made(kB, "y", "k1"), made(kB, "z", "k1")})}};
  const SweepOutcome second = sweep(inventory_, mixed);
  EXPECT_EQ(second.open, 2U);
  EXPECT_EQ(second.fresh, 1U);
  EXPECT_EQ(second.gone, 0U);
  EXPECT_EQ(pending(inventory_), 2U);
  const SweepOutcome third =
      sweep(inventory_,
            {3,
             "k2",
             "k1",
             {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}),
              test::unit_of(kB, "u", {made(kB, "y", "k2", "k1"), made(kB, "z", "k2", "k1")})}});
  EXPECT_EQ(third.open, 3U);
  EXPECT_EQ(third.fresh, 0U);
  EXPECT_EQ(pending(inventory_), 0U);
  EXPECT_EQ(test::by_id(inventory_).count("f_k1bz"), 1U);
  EXPECT_EQ(test::by_id(inventory_).at("f_k1by").exception_id, "e_1");
}

TEST_F(KeyRotationTest, AHostThatFallsBackToTheFormerKeyBringsNothingNew) {
  first_night();
  const auto night = [&](std::int64_t number, const std::string& stamp, const std::string& key,
                         const std::string& former) {
    return sweep(
        inventory_,
        {number,
         "k2",
         "k1",
         {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")}),
          test::unit_of(kB, stamp, {made(kB, "y", key, former), made(kB, "w", key, former)})}});
  };
  EXPECT_EQ(night(2, "t", "k2", "k1").fresh, 1U);
  for (const auto& [number, key, former] :
       {std::tuple(3, "k1", ""), std::tuple(4, "k2", "k1"), std::tuple(5, "k1", "")}) {
    const SweepOutcome back = night(number, "t" + std::to_string(number), key, former);
    EXPECT_EQ(back.fresh, 0U) << number;
    EXPECT_EQ(back.open, 3U) << number;
    EXPECT_EQ(back.gone, 0U) << number;
  }
  const auto found = test::by_id(inventory_);
  EXPECT_EQ(found.size(), 3U);
  EXPECT_EQ(found.at("f_k2bw").credential_id, "c_k2w");
}

TEST_F(KeyRotationTest, OneNewValueUnderBothKeysIsOneCredential) {
  first_night();
  sweep(inventory_, {2,
                     "k2",
                     "k1",
                     {test::unit_of(kA, "t", {made(kA, "n", "k2", "k1")}),
                      test::unit_of(kB, "t", {made(kB, "n", "k1")})}});
  const auto found = test::by_id(inventory_);
  EXPECT_EQ(found.at("f_k2an").credential_id, "c_k2n");
  EXPECT_EQ(found.at("f_k1bn").credential_id, "c_k2n");
}

TEST_F(KeyRotationTest, BeforeTheFirstNightUnderAKeyAllOfItWaits) {
  first_night();
  EXPECT_EQ(must(inventory_.waiting_for_key({"k2", "check-k2"})),
            (std::map<std::string, std::uint64_t>{{"t", 2}}));
  EXPECT_TRUE(must(inventory_.waiting_for_key({"k1", "check-k1"})).empty());
}

// Former fingerprints of what a store that bundles are made of would export.
std::vector<std::string> former_fingerprints(Inventory& inventory) {
  std::vector<std::string> out;
  must(inventory.export_units([&](const UnitResult& unit) -> Result<void> {
    for (const Finding& finding : unit.findings) out.push_back(finding.former.fingerprint);
    return {};
  }));
  return out;
}

TEST_F(KeyRotationTest, ACacheTellsBothFingerprintsAlsoOfWhatIsNotReadAgain) {
  const auto night = [&](std::int64_t number, const std::string& key, const std::string& former) {
    sweep(inventory_,
          {number, key, former, {test::unit_of(kA, "s", {made(kA, "x", key, former)})}, true});
    return former_fingerprints(inventory_);
  };
  const std::vector<std::string> none = {""};
  const std::vector<std::string> both = {"hmac-sha256:k1:x"};
  EXPECT_EQ(night(1, "k1", ""), none);
  EXPECT_EQ(night(2, "k2", "k1"), both);
  EXPECT_EQ(night(3, "k2", "k1"), both) << "reused";
  EXPECT_EQ(night(4, "k2", ""), none) << "reused, and over";
  // A reading under one key alone cannot tell: it is no reading of a host with both.
  EXPECT_EQ(night(5, "k2", "k1"), both);
}

TEST_F(KeyRotationTest, ACacheOfAnotherKeyIsToBeRemoved) {
  sweep(inventory_, {1, "k1", "", {}, true});
  const auto refused = inventory_.begin_sweep(facts_of({2, "k9", "", {}, true}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().hint, "remove it: what it holds is read again");
}

TEST_F(KeyRotationTest, AnInventoryOlderThanThisStepIsTakenAsMadeWithTheFormerKey) {
  KeyNight night{1, "k1", "", {test::unit_of(kA, "s", {made(kA, "x", "k1")})}};
  SweepFacts facts = facts_of(night);
  facts.key_check.clear();  // as a program without this step would
  const SweepId id = must(inventory_.begin_sweep(facts));
  must(inventory_.store(id, night.units[0]));
  must(inventory_.finish_sweep(id, test::plain_end(86'400)));
  EXPECT_FALSE(must(inventory_.key_state()));
  EXPECT_EQ(
      sweep(inventory_, {2, "k2", "k1", {test::unit_of(kA, "s", {made(kA, "x", "k2", "k1")})}})
          .open,
      1U);
  EXPECT_EQ(test::by_id(inventory_).count("f_k1ax"), 1U);
}

}  // namespace
}  // namespace nhi

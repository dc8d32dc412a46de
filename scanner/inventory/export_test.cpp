// Claims about what leaves an inventory for a bundle: the last sweep, whole, and nothing else.
#include "scanner/inventory/export.hpp"

#include <gmock/gmock.h>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const UnitKey kFile{"t", "t", "a.conf"};
const UnitKey kOther{"t", "t", "b.conf"};
const UnitKey kHistory{"t", "t", ".git"};

std::vector<UnitResult> exported(Inventory& inventory) {
  std::vector<UnitResult> units;
  test::must(inventory.export_units([&](UnitResult unit) -> Result<void> {
    units.push_back(std::move(unit));
    return {};
  }));
  return units;
}

TEST(Export, GivesReadAndReusedUnitsWithTheirFindingsAndCoverage) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  UnitResult partly = test::unit_of(kOther, "", {test::finding_in(kOther, "b.conf", "two")});
  partly.coverage.add_unread({"t", "b.conf", "io-error", 7});
  partly.coverage.add_policy("decode-depth", 2, 9);
  const std::vector<UnitResult> units = {
      test::unit_of(kFile, "s1", {test::finding_in(kFile, "a.conf", "one")}), partly,
      test::unit_of(kHistory, "g1", {test::finding_in(kHistory, "a.conf", "one")})};
  for (std::int64_t night = 1; night <= 2; ++night) {
    test::sweep(inventory, {.number = night, .units = units, .absent = {}});
    const std::vector<UnitResult> out = exported(inventory);
    ASSERT_EQ(out.size(), 3U) << night;
    EXPECT_EQ(out[0].key, kHistory);
    EXPECT_EQ(out[1].key, kFile);
    EXPECT_EQ(out[1].stamp, "s1");
    EXPECT_EQ(out[1].profile, "p1");
    ASSERT_EQ(out[1].findings.size(), 1U);
    EXPECT_EQ(out[1].findings[0].id, units[0].findings[0].id);
    EXPECT_EQ(out[1].findings[0].fingerprint, units[0].findings[0].fingerprint);
    EXPECT_EQ(out[2].key, kOther);
    EXPECT_EQ(out[2].coverage.unread_total, 1U);
    ASSERT_EQ(out[2].coverage.unread.size(), 1U);
    EXPECT_EQ(out[2].coverage.unread[0].reason, "io-error");
    ASSERT_EQ(out[2].coverage.by_policy.size(), 1U);
    EXPECT_EQ(out[2].coverage.by_policy[0].count, 2U);
  }
}

TEST(Export, LeavesOutWhatTheLastSweepDidNotRead) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitResult one = test::unit_of(kFile, "s1", {test::finding_in(kFile, "a.conf", "one")});
  const UnitResult two = test::unit_of(kOther, "s2", {test::finding_in(kOther, "b.conf", "two")});
  test::sweep(inventory, {.number = 1, .units = {one, two}, .absent = {}});
  test::sweep(inventory, {.number = 2, .units = {one}, .absent = {}});  // the other: unverified
  ASSERT_EQ(exported(inventory).size(), 1U);
  test::sweep(inventory, {.number = 3, .units = {}, .absent = {kFile, kOther}});
  EXPECT_THAT(exported(inventory), IsEmpty());
}

TEST(Export, AnErrorOfTheReceiverEndsIt) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  test::sweep(inventory,
              {.number = 1,
               .units = {test::unit_of(kFile, "s1", {}), test::unit_of(kOther, "s2", {})},
               .absent = {}});
  int calls = 0;
  const auto result = inventory.export_units([&](const UnitResult&) -> Result<void> {
    ++calls;
    return fail(ErrorCode::kIo, "full");
  });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().what, "full");
  EXPECT_EQ(calls, 1);
}

TEST(Bundles, AreKnownOnceTheSweepThatMergedThemEnded) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const SweepId sweep = test::must(inventory.begin_sweep(test::facts_of(1, {"h1/etc"})));
  SweepEnd end = test::plain_end(100);
  end.bundles = {{"h1", "aa", Instant{50}, "ab"}, {"h2", "bb", Instant{51}, ""}};
  EXPECT_THAT(test::must(inventory.bundles()), IsEmpty());
  test::must(inventory.finish_sweep(sweep, end));
  const SweepId next = test::must(inventory.begin_sweep(test::facts_of(2, {"h1/etc"})));
  end.bundles = {{"h1", "cc", Instant{60}, "cd"}};
  test::must(inventory.finish_sweep(next, end));
  const std::vector<HostBundle> known = test::must(inventory.bundles());
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].seal, "cc");
  EXPECT_EQ(known[0].collected, Instant{60});
  EXPECT_EQ(known[0].key_check, "cd");
  EXPECT_EQ(known[1].seal, "bb");
  EXPECT_THAT(test::must(inventory.targets()), ElementsAre("h1/etc"));
}

TEST(RulesOfTarget, DecideWhatARuleThatWasNotAskedMeans) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  const UnitKey first{"h1/etc", "h1/etc", "a"};
  const UnitKey second{"h2/etc", "h2/etc", "a"};
  test::sweep(inventory,
              {.number = 1,
               .units = {test::unit_of(first, "s1", {test::finding_in(first, "a", "x")}),
                         test::unit_of(second, "s2", {test::finding_in(second, "a", "y")})},
               .absent = {},
               .targets = {"h1/etc", "h2/etc"}});
  const SweepId sweep = test::must(inventory.begin_sweep(test::facts_of(2, {"h1/etc", "h2/etc"})));
  test::must(inventory.store(sweep, test::unit_of(first, "s3", {})));
  test::must(inventory.store(sweep, test::unit_of(second, "s4", {})));
  SweepEnd end = test::plain_end(100);
  end.rules_of_target["h2/etc"] = {"other-key"};
  test::must(inventory.finish_sweep(sweep, end));
  for (const auto& [id, finding] : test::by_id(inventory)) {
    const bool asked = finding.target == "h1/etc";
    EXPECT_EQ(finding.presence, asked ? Presence::kGone : Presence::kUnverified) << finding.target;
    EXPECT_EQ(finding.change, asked ? "content" : "ruleset") << finding.target;
  }
}

TEST(Owners, StayWhereNobodySpeaksOfThePlace) {
  const test::Folder folder;
  Inventory inventory = test::open_for_writing(folder.file("db"));
  Finding owned = test::finding_in(kFile, "a.conf", "one");
  owned.owner_name = "platform";
  owned.owner_source = "estate";
  test::sweep(inventory,
              {.number = 1, .units = {test::unit_of(kFile, "s1", {owned})}, .absent = {}});
  const SweepId sweep = test::must(inventory.begin_sweep(test::facts_of(2)));
  SweepEnd end = test::plain_end(100);
  end.owner = [](const std::string&, const std::string&, const std::string&) {
    return std::optional<FindingOwner>();
  };
  test::must(inventory.finish_sweep(sweep, end));
  EXPECT_EQ(test::by_id(inventory).begin()->second.owner_name, "platform");
}

}  // namespace
}  // namespace nhi

#include "scanner/inventory/quiet_rows.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

const UnitKey kHistory{"repos", "repos/a", ".git"};

std::string ids_of(char letter) { return std::string(20, letter) + std::string(20, '\0'); }

SweepFacts facts_at(std::int64_t day) {
  SweepFacts facts;
  facts.as_of = Instant{day * 86'400};
  facts.targets = {"repos"};
  return facts;
}

class QuietRowsTest : public ::testing::Test {
 protected:
  Inventory open() {
    auto opened = Inventory::open(folder_.file("x.db"), Inventory::Mode::kWrite);
    EXPECT_TRUE(opened) << opened.error().message();
    return std::move(*opened);
  }
  static QuietObjects known(Inventory& inventory, SweepId sweep, const std::string& profile,
                            const UnitKey& key = kHistory) {
    auto objects = inventory.quiet_objects(sweep, key, profile);
    EXPECT_TRUE(objects);
    return std::move(*objects);
  }
  test::Folder folder_;
};

TEST_F(QuietRowsTest, AddUpOverSweepsAndTellTheOldestReading) {
  Inventory inventory = open();
  const SweepId first = *inventory.begin_sweep(facts_at(10));
  EXPECT_TRUE(known(inventory, first, "p").ids.empty());
  ASSERT_TRUE(inventory.add_quiet(first, kHistory, "p", ids_of('a')));
  ASSERT_TRUE(inventory.finish_sweep(
      first, {{}, {}, {}, [](const UnitKey&) { return Absence::kNotRead; }}));
  const SweepId second = *inventory.begin_sweep(facts_at(11));
  ASSERT_TRUE(inventory.add_quiet(second, kHistory, "p", ids_of('b')));
  const QuietObjects both = known(inventory, second, "p");
  EXPECT_EQ(both.ids, ids_of('a') + ids_of('b'));
  EXPECT_EQ(both.since, Instant{10 * 86'400});
  EXPECT_TRUE(known(inventory, second, "p", {"repos", "repos/b", ".git"}).ids.empty());
}

TEST_F(QuietRowsTest, OfAKilledSweepStay) {
  {
    Inventory inventory = open();
    const SweepId killed = *inventory.begin_sweep(facts_at(10));
    ASSERT_TRUE(inventory.add_quiet(killed, kHistory, "p", ids_of('a')));
    ASSERT_TRUE(inventory.checkpoint());
  }
  Inventory inventory = open();
  EXPECT_EQ(known(inventory, *inventory.begin_sweep(facts_at(11)), "p").ids, ids_of('a'));
}

TEST_F(QuietRowsTest, AreForgottenUnderAnotherProfile) {
  Inventory inventory = open();
  const SweepId sweep = *inventory.begin_sweep(facts_at(10));
  ASSERT_TRUE(inventory.add_quiet(sweep, kHistory, "old", ids_of('a')));
  EXPECT_TRUE(known(inventory, sweep, "new").ids.empty());
  ASSERT_TRUE(inventory.add_quiet(sweep, kHistory, "new", ids_of('b')));
  EXPECT_TRUE(known(inventory, sweep, "old").ids.empty());
  EXPECT_EQ(known(inventory, sweep, "new").ids, ids_of('b'));
}

TEST_F(QuietRowsTest, AreForgottenWhenTheHistoryIsReadWholeAgain) {
  Inventory inventory = open();
  const SweepId sweep = *inventory.begin_sweep(facts_at(10));
  ASSERT_TRUE(inventory.forget_quiet(sweep, kHistory)) << "nothing is known of it yet";
  ASSERT_TRUE(inventory.add_quiet(sweep, kHistory, "p", ids_of('a')));
  ASSERT_TRUE(inventory.forget_quiet(sweep, kHistory));
  EXPECT_TRUE(known(inventory, sweep, "p").ids.empty());
}

TEST_F(QuietRowsTest, GoWithTheRootOfWhichNothingElseIsKnown) {
  Inventory inventory = open();
  const SweepId sweep = *inventory.begin_sweep(facts_at(10));
  ASSERT_TRUE(inventory.add_quiet(sweep, kHistory, "p", ids_of('a')));
  ASSERT_TRUE(inventory.finish_sweep(
      sweep, {{}, {}, {}, [](const UnitKey&) { return Absence::kNotRead; }}));
  PruneOrder order;
  order.before = Instant{9 * 86'400};
  const auto pruned = inventory.prune(order);
  ASSERT_TRUE(pruned) << pruned.error().message();
  EXPECT_EQ(pruned->roots, 1U);
  EXPECT_TRUE(known(inventory, *inventory.begin_sweep(facts_at(11)), "p").ids.empty());
}

TEST_F(QuietRowsTest, HoldWholeIdsOnly) {
  Inventory inventory = open();
  const SweepId sweep = *inventory.begin_sweep(facts_at(10));
  EXPECT_FALSE(inventory.add_quiet(sweep, kHistory, "p", "short"));
}

}  // namespace
}  // namespace nhi

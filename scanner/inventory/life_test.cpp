// life_test.cpp - ten nights of a small estate against a model that keeps the contract in its
// plainest form: sets and maps, no database, no reuse.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "scanner/inventory/test_support.hpp"

namespace nhi {
namespace {

using test::must;

struct Content {
  std::string path;
  std::string value;
  std::string rule;
  friend auto operator<=>(const Content&, const Content&) = default;
};

// One file, or the history of one repository, as it stands tonight.
struct Unit {
  UnitKey key;
  bool exists = true;
  int version = 0;      // part of the stamp
  bool broken = false;  // a part of it cannot be read
  std::set<Content> contents;
  [[nodiscard]] std::string stamp() const { return "v" + std::to_string(version); }
};

enum class Fate { kRead, kUnread, kAbsent };

struct Evening {
  std::int64_t number = 0;
  std::set<std::string> targets;
  std::set<std::string> rules;
  std::map<UnitKey, Fate> fates;
  [[nodiscard]] std::string profile() const {
    std::string text;
    for (const std::string& rule : rules) text += rule + ",";
    return text;
  }
};

// What tonight's rules show of a unit; a broken one shows nothing.
std::set<Content> shown(const Unit& unit, const Evening& evening) {
  std::set<Content> visible;
  if (unit.broken) return visible;
  for (const Content& content : unit.contents) {
    if (evening.rules.count(content.rule) != 0) visible.insert(content);
  }
  return visible;
}

std::string id_of(const Unit& unit, const Content& content) {
  return test::finding_in(unit.key, content.path, content.value, content.rule).id;
}

class Model {
 public:
  struct Life {
    Presence state = Presence::kNew;
    std::string change = "content";
    bool checked = true;
    bool stays_gone = false;  // `checked` of these follows units the model forgot
    Instant first;
    Instant last;
    std::string rule;
    std::string target;
    std::map<UnitKey, std::string> homes;  // unit -> stamp when last seen there
  };
  std::map<std::string, Life> lives;

  void night(const std::map<UnitKey, Unit>& units, const Evening& evening) {
    std::map<std::string, std::set<UnitKey>> sightings;
    std::map<std::string, std::string> rule_of;
    std::map<std::string, std::string> target_of;
    for (const auto& [key, fate] : evening.fates) {
      if (fate != Fate::kRead) continue;
      const Unit& unit = units.at(key);
      for (const Content& content : shown(unit, evening)) {
        sightings[id_of(unit, content)].insert(key);
        rule_of[id_of(unit, content)] = content.rule;
        target_of[id_of(unit, content)] = key.target;
      }
    }
    for (const auto& [id, seen_in] : sightings) {
      see(id, seen_in, rule_of, target_of, units, evening);
    }
    for (auto& [id, life] : lives) {
      if (evening.targets.count(life.target) == 0 || sightings.count(id) != 0) continue;
      miss(life, units, evening);
    }
    for (const auto& [key, fate] : evening.fates) {
      if (fate == Fate::kAbsent) readings_.erase(key);
      if (fate == Fate::kRead) readings_[key] = {units.at(key).stamp(), evening.profile()};
    }
  }

 private:
  bool only_rules_changed(const UnitKey& key, const Unit& unit, const Evening& evening) const {
    const auto before = readings_.find(key);
    return before != readings_.end() && before->second.first == unit.stamp() &&
           before->second.second != evening.profile();
  }

  void see(const std::string& id, const std::set<UnitKey>& seen_in,
           std::map<std::string, std::string>& rule_of,
           std::map<std::string, std::string>& target_of, const std::map<UnitKey, Unit>& units,
           const Evening& evening) {
    const bool known = lives.count(id) != 0;
    Life& life = lives[id];
    const Instant now{evening.number * 86'400};
    const bool stays = known && (life.state == Presence::kNew || life.state == Presence::kOpen);
    if (!stays) {
      const bool rules = std::all_of(seen_in.begin(), seen_in.end(), [&](const UnitKey& key) {
        return only_rules_changed(key, units.at(key), evening);
      });
      life.change = rules ? "ruleset" : "content";
    }
    if (!known) life.first = now;
    if (known && life.state == Presence::kGone) life.homes.clear();
    life.state = known ? Presence::kOpen : Presence::kNew;
    life.checked = true;
    life.stays_gone = false;
    life.last = now;
    life.rule = rule_of[id];
    life.target = target_of[id];
    bool unread = false;
    bool rules = false;
    settle_homes(life, seen_in, units, evening, unread, rules);
    for (const UnitKey& key : seen_in) life.homes[key] = units.at(key).stamp();
  }

  void miss(Life& life, const std::map<UnitKey, Unit>& units, const Evening& evening) {
    if (life.state == Presence::kGone) {
      life.stays_gone = true;
      return;
    }
    bool unread = false;
    bool rules = false;
    settle_homes(life, {}, units, evening, unread, rules);
    life.checked = !unread;
    life.state = unread || rules ? Presence::kUnverified : Presence::kGone;
    life.change = rules && !unread ? "ruleset" : "content";
  }

  // Forgets the places that are proven clean.
  static void settle_homes(Life& life, const std::set<UnitKey>& seen_in,
                           const std::map<UnitKey, Unit>& units, const Evening& evening,
                           bool& unread, bool& rules) {
    for (auto home = life.homes.begin(); home != life.homes.end();) {
      const Fate fate = evening.fates.at(home->first);
      const Unit& unit = units.at(home->first);
      bool clean = false;
      if (seen_in.count(home->first) != 0) {
        clean = false;
      } else if (fate == Fate::kAbsent) {
        clean = true;
      } else if (fate == Fate::kUnread || unit.broken) {
        unread = true;
      } else if (evening.rules.count(life.rule) == 0 || unit.stamp() == home->second) {
        rules = true;
      } else {
        clean = true;
      }
      home = clean ? life.homes.erase(home) : std::next(home);
    }
  }

  std::map<UnitKey, std::pair<std::string, std::string>> readings_;  // stamp, profile
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (const char* target : {"t", "u"}) {
      for (const char* root : {"r1", "r2"}) {
        for (const char* path : {".git", "a", "b", "c", "d"}) {
          Unit unit;
          unit.key = {target, std::string(target) + "/" + root, path};
          units.emplace(unit.key, unit);
        }
      }
    }
    for (auto& [key, unit] : units) edit(unit);
  }

  std::map<UnitKey, Unit> units;

  bool chance(int percent) { return std::uniform_int_distribution<int>(0, 99)(random_) < percent; }

  void day() {
    for (auto& [key, unit] : units) {
      if (chance(25)) edit(unit);
      if (key.path != ".git" && chance(10)) {
        unit.exists = !unit.exists;
        ++unit.version;
      }
    }
  }

  Evening evening(std::int64_t number) {
    Evening made;
    made.number = number;
    made.targets = {"t", "u"};
    if (chance(30)) made.targets.erase(chance(50) ? "t" : "u");
    for (const std::string& rule : test::kRules) {
      if (chance(85)) made.rules.insert(rule);
    }
    for (const auto& [key, unit] : units) {
      if (made.targets.count(key.target) == 0) continue;
      made.fates[key] = chance(12) ? Fate::kUnread : unit.exists ? Fate::kRead : Fate::kAbsent;
    }
    return made;
  }

 private:
  void edit(Unit& unit) {
    ++unit.version;
    unit.broken = chance(8);
    for (int i = 0; i < 2; ++i) {
      const std::string path = unit.key.path == ".git"
                                   ? std::string(1, static_cast<char>('a' + pick(4)))
                                   : unit.key.path;
      const int which = pick(4);
      // A rule goes with a value, as it does in life: the id does not know the rule.
      const Content content{path, "value" + std::to_string(which),
                            test::kRules[static_cast<std::size_t>(which) % 3]};
      if (!unit.contents.erase(content)) unit.contents.insert(content);
    }
  }
  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  std::mt19937 random_;
};

UnitResult reading_of(const Unit& unit, const Evening& evening) {
  std::vector<Finding> findings;
  for (const Content& content : shown(unit, evening)) {
    findings.push_back(test::finding_in(unit.key, content.path, content.value, content.rule));
  }
  UnitResult result = test::unit_of(unit.key, unit.stamp(), findings, evening.profile());
  if (unit.broken) result.coverage.add_unread({unit.key.root, unit.key.path, "io-error", 0});
  return result;
}

test::Night night_of(const World& world, const Evening& evening) {
  test::Night night;
  night.number = evening.number;
  night.targets.assign(evening.targets.begin(), evening.targets.end());
  night.rules.assign(evening.rules.begin(), evening.rules.end());
  night.profile = evening.profile();
  for (const auto& [key, fate] : evening.fates) {
    if (fate == Fate::kRead) night.units.push_back(reading_of(world.units.at(key), evening));
    if (fate == Fate::kAbsent) night.absent.insert(key);
  }
  return night;
}

// A sweep that stops somewhere in the middle, as one does that is killed.
void sweep_in_part(World& world, const std::string& path, const Evening& evening) {
  Inventory inventory = test::open_for_writing(path);
  const test::Night night = night_of(world, evening);
  const SweepId id =
      must(inventory.begin_sweep(test::facts_of(night.number, night.targets, night.profile)));
  for (const UnitResult& unit : night.units) {
    if (!world.chance(60)) continue;
    Coverage carried;
    if (must(inventory.reuse(id, unit.key, unit.stamp, unit.profile, carried))) continue;
    must(inventory.store(id, unit));
  }
}

void expect_equal(const Model& model, Inventory& inventory, const std::string& when) {
  const auto found = test::by_id(inventory);
  ASSERT_EQ(found.size(), model.lives.size()) << when;
  for (const auto& [id, life] : model.lives) {
    ASSERT_EQ(found.count(id), 1U) << when << " " << id;
    const Finding& finding = found.at(id);
    const std::string what = when + " " + id + " of " + *finding.place.path;
    EXPECT_EQ(to_string(finding.presence), to_string(life.state)) << what;
    EXPECT_EQ(finding.first_seen, life.first) << what;
    EXPECT_EQ(finding.last_seen, life.last) << what;
    EXPECT_EQ(finding.change, life.change) << what;
    EXPECT_TRUE(life.stays_gone || finding.checked == life.checked) << what;
  }
}

void expect_counts(const Model& model, const Evening& evening, const SweepOutcome& outcome) {
  std::map<Presence, std::uint64_t> counts;
  for (const auto& [id, life] : model.lives) {
    if (evening.targets.count(life.target) != 0) ++counts[life.state];
  }
  EXPECT_EQ(outcome.fresh, counts[Presence::kNew]);
  EXPECT_EQ(outcome.open, counts[Presence::kOpen]);
  EXPECT_EQ(outcome.gone, counts[Presence::kGone]);
  EXPECT_EQ(outcome.unverified, counts[Presence::kUnverified]);
}

class LifeTest : public testing::TestWithParam<unsigned> {};

TEST_P(LifeTest, EqualsTheModelEveryNight) {
  const test::Folder folder;
  const std::string path = folder.file("db");
  World world(GetParam());
  Model model;
  std::set<Presence> met;
  for (std::int64_t number = 1; number <= 10; ++number) {
    Evening evening = world.evening(number);
    if (world.chance(30)) sweep_in_part(world, path, evening);
    world.day();
    evening = world.evening(number);
    if (world.chance(30)) sweep_in_part(world, path, evening);
    Inventory inventory = test::open_for_writing(path);
    const SweepOutcome outcome = test::sweep(inventory, night_of(world, evening));
    model.night(world.units, evening);
    const std::string when =
        "seed " + std::to_string(GetParam()) + " night " + std::to_string(number);
    expect_counts(model, evening, outcome);
    expect_equal(model, inventory, when);
    if (HasFailure()) return;
    for (const auto& [id, life] : model.lives) met.insert(life.state);
  }
  EXPECT_GE(met.size(), 4U) << "the world is too quiet to prove anything";
}

INSTANTIATE_TEST_SUITE_P(Seeds, LifeTest, testing::Range(1U, 41U));

}  // namespace
}  // namespace nhi

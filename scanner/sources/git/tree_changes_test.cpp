#include "scanner/sources/git/tree_changes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

// Every tree has a number, every blob is wanted, but for those whose names begin with `f`.
class AllNumbers : public TreeNumbers {
 public:
  [[nodiscard]] std::uint32_t tree(const GitId& id) const override { return number(id); }
  [[nodiscard]] std::uint32_t wanted(const GitId& id) const override {
    return number(id) == kNoKey ? kNoKey : kWantedKey + number(id);
  }
  [[nodiscard]] bool has(const GitId& id) const override { return id.bytes[0] != 0xFF; }
  [[nodiscard]] bool asks_for(std::string_view name) const override { return name == "b"; }

 private:
  static std::uint32_t number(const GitId& id) {
    return id.bytes[0] >= 0xF0 ? kNoKey : std::uint32_t{id.bytes[0]} << 8U | id.bytes[1];
  }
};

struct Entry {
  bool is_tree = false;
  std::string name;
  GitId id;
  friend auto operator<=>(const Entry&, const Entry&) = default;
  [[nodiscard]] std::string text() const {
    return (is_tree ? "40000 " : "100644 ") + name + std::string(1, '\0') +
           std::string(reinterpret_cast<const char*>(id.bytes.data()), 20);
  }
};
using Entries = std::map<std::string, Entry>;

std::string text_of(const Entries& entries) {
  std::string text;
  for (const auto& [name, entry] : entries) text += entry.text();
  return text;
}

Entry random_entry(std::mt19937& random) {
  Entry entry;
  entry.is_tree = random() % 3 == 0;
  entry.name = std::string(1 + random() % 3, static_cast<char>('a' + random() % 12));
  // Few ids, so that things repeat.
  for (std::uint8_t& byte : entry.id.bytes) byte = static_cast<std::uint8_t>(random() % 2);
  entry.id.bytes[0] = static_cast<std::uint8_t>(random() % 4 == 0 ? 0xF5 : random() % 3);
  return entry;
}

// The text as pieces of the base wherever they are found, cut anywhere.
std::string random_delta(const std::string& base, const std::string& text, std::mt19937& random) {
  DeltaText delta(base.size(), text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = std::min<std::size_t>(1 + random() % 90, text.size() - at);
    std::size_t from = base.find(text.substr(at, size), random() % (base.size() + 1));
    if (from == std::string::npos) from = base.find(text.substr(at, size));
    if (from != std::string::npos) {
      delta.copy(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(size));
    } else {
      delta.insert(text.substr(at, size = std::min<std::size_t>(size, 40)));
    }
    at += size;
  }
  return delta;
}

using Held = std::multiset<std::tuple<std::uint32_t, std::string>>;  // key and name

void apply(const TreeChanges& changes, std::uint32_t node, Held& held) {
  for (const auto& change : changes.removed) {
    if (change.node != node) continue;
    const auto at = held.find({change.key, std::string(changes.names.name(change.name))});
    ASSERT_NE(at, held.end());
    held.erase(at);
  }
  for (const auto& change : changes.added) {
    if (change.node == node) {
      held.emplace(change.key, std::string(changes.names.name(change.name)));
    }
  }
}

TEST(TreeReader, TellsBetweenTwoTreesWhatMakesTheOtherOfOne) {
  std::mt19937 random(3);
  const AllNumbers numbers;
  for (int round = 0; round < 3'000; ++round) {
    Entries entries;
    for (auto count = random() % 12; count > 0; --count) {
      const Entry entry = random_entry(random);
      entries[entry.name] = entry;
    }
    const std::string base = text_of(entries);
    for (auto count = random() % 4; count > 0; --count) {
      const Entry entry = random_entry(random);
      if (random() % 3 == 0 && !entries.empty()) entries.erase(entries.begin());
      entries[entry.name] = entry;
    }
    const std::string text = text_of(entries);
    TreeReader reader(numbers);
    reader.take(0, 0, base, {}, {});
    reader.take(1, 1, text, base, random_delta(base, text, random));
    reader.take(2, 0, text, {}, {});
    Held by_delta;
    apply(reader.changes(), 0, by_delta);
    apply(reader.changes(), 1, by_delta);
    Held whole;
    apply(reader.changes(), 2, whole);
    EXPECT_EQ(by_delta, whole) << round;
    EXPECT_EQ(reader.changes().fresh, (std::vector<std::uint32_t>{0, 2}));
  }
}

TEST(TreeReader, TakesNoBytesForAnEntryThatWasNone) {
  // Of the base's id and the next entry, an entry is made that the base does not have.
  const AllNumbers numbers;
  const std::string mode("100644 q\0", 9);
  const std::string base = std::string("100644 a\0", 9) + std::string(11, '\x01') + mode +
                           std::string("100644 b\0", 9) + std::string(20, '\x02');
  const std::string text = base.substr(20, 29);
  TreeReader reader(numbers);
  reader.take(0, 0, base, {}, {});
  reader.take(1, 1, text, base, std::string(DeltaText(base.size(), 29).copy(20, 29)));
  Held held;
  apply(reader.changes(), 0, held);
  EXPECT_EQ(held.size(), 2U);
  apply(reader.changes(), 1, held);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(std::get<1>(*held.begin()), "q");
}

TEST(TreeReader, NamesTreesThatEndWithinAnEntryAndWhatIsMissing) {
  const AllNumbers numbers;
  TreeReader reader(numbers);
  Entry entry{false, "a", {}};
  entry.id.bytes.fill(0xFF);
  const std::string text = entry.text();
  reader.take(7, 0, text, {}, {});
  reader.take(8, 0, text.substr(0, text.size() - 1), {}, {});
  EXPECT_EQ(reader.changes().missing, std::vector{entry.id});
  EXPECT_EQ(reader.changes().corrupt.size(), 1U);
  ASSERT_EQ(reader.changes().added.size(), 1U);
  EXPECT_EQ(reader.changes().added[0].key, kMissingKey);
}

// In a tree that is a delta too, where the entry is new.
TEST(TreeReader, NotesBlobsUnderNamesThatAreAskedForUnlessTheyAreWanted) {
  const AllNumbers numbers;
  const auto entry = [](const char* name, std::uint8_t first, bool is_tree = false) {
    Entry out{is_tree, name, {}};
    out.id.bytes[0] = first;
    return out;
  };
  const Entry plain = entry("a", 0xF1);
  const Entry asked = entry("b", 0xF2);
  const std::string base = plain.text();
  const std::string text = base + asked.text();
  TreeReader reader(numbers);
  reader.take(0, 0, base, {}, {});
  EXPECT_TRUE(reader.changes().named.empty());
  constexpr std::uint32_t kBytes = 29;
  ASSERT_EQ(base.size(), kBytes);
  DeltaText delta(base.size(), text.size());
  reader.take(1, 1, text, base, std::string(delta.copy(0, kBytes).insert(asked.text())));
  EXPECT_EQ(reader.changes().named, std::vector{asked.id});
  for (const Entry& other : {entry("b", 0x01), entry("b", 0xFF), entry("b", 0xF3, true)}) {
    reader.take(2, 0, other.text(), {}, {});
  }
  EXPECT_EQ(reader.changes().named, std::vector{asked.id}) << "wanted, missing, a tree";
  TreeChanges all;
  all.append(std::move(reader.changes()));
  EXPECT_EQ(all.named, std::vector{asked.id});
}

TEST(TreeChanges, AreJoinedUnderOneNumberingOfNames) {
  const AllNumbers numbers;
  TreeChanges all;
  for (const char* name : {"b", "a", "b"}) {
    TreeReader reader(numbers);
    Entry entry{true, name, {}};
    entry.id.bytes[0] = name[0] == 'a' ? 0xFF : 0x01;
    reader.take(1, 0, entry.text(), {}, {});
    all.append(std::move(reader.changes()));
  }
  EXPECT_EQ(all.names.size(), 2U);
  ASSERT_EQ(all.added.size(), 3U);
  EXPECT_EQ(all.added[0].name, all.added[2].name);
  EXPECT_EQ(all.added[1].key, kMissingKey);
  EXPECT_EQ(all.missing.size(), 1U);
}

}  // namespace
}  // namespace nhi

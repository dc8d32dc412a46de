// Which trees hold a blob, against git's own lists.
#include "scanner/sources/git/containment.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using Item = std::tuple<std::string, std::string, std::string>;  // tree, name, what it is

class ContainmentTest : public testing::Test {
 protected:
  ContainmentTest() {
    box_.init("t");
    for (int i = 0; i < 40; ++i) {
      for (int file = 0; file < 30; ++file) {
        box_.write("t/d/e/f" + std::to_string(file), std::to_string(i % (file + 1)));
        box_.write("t/g/f" + std::to_string(file), std::to_string(file));
      }
      box_.commit("t", "c");
    }
    wanted_ = store(box_, "t", "7");
  }
  // Upwards from the blob, with git.
  std::set<Item> by_git() {
    std::map<std::string, std::set<std::pair<std::string, std::string>>> parents;
    std::istringstream all(box_.git("t", {"cat-file", "--batch-all-objects", "--batch-check"}));
    for (std::string id, kind, size; all >> id >> kind >> size;) {
      if (kind != "tree") continue;
      std::istringstream entries(box_.git("t", {"ls-tree", id}));
      for (std::string mode, what, inner, name; entries >> mode >> what >> inner >> name;) {
        parents[inner].emplace(id, name);
      }
    }
    std::set<Item> items;
    std::vector<std::string> waiting{wanted_};
    std::set<std::string> seen{wanted_};
    while (!waiting.empty()) {
      const std::string id = waiting.back();
      waiting.pop_back();
      for (const auto& [tree, name] : parents[id]) {
        items.emplace(tree, name, id);
        if (seen.insert(tree).second) waiting.push_back(tree);
      }
    }
    return items;
  }
  std::set<Item> by_us(const GitPlan::Sizes& sizes = {}) {
    GitStore objects;
    objects.open(box_.path("t/.git/objects"), box_.path("t"));
    std::vector<Unread> unread;
    const auto plan = GitPlan::make(objects, unread, sizes);
    const GitWanted wanted({{*GitId::parse(wanted_), GitObjectKind::kBlob, 0}});
    for (std::size_t share = 0; share < plan->tree_shares().size(); ++share) {
      read_trees(*plan, share, wanted, objects);
    }
    TreeChanges& changes = plan->gathered().trees();
    const Containment containment(*plan, changes);
    std::map<std::uint32_t, std::string> names;
    for (const GitId& id : objects.list(unread)) names[plan->number(id)] = id.hex();
    EXPECT_TRUE(unread.empty());
    std::set<Item> items;
    for (std::uint32_t tree = 0; tree < plan->numbers(); ++tree) {
      for (const std::uint32_t number : containment.items(tree)) {
        const TreeItem& item = containment.item(number);
        items.emplace(names[tree], std::string(changes.names.name(item.name)),
                      item.is_tree() ? names[item.key] : wanted_);
      }
    }
    return items;
  }
  Sandbox box_;
  std::string wanted_;
};

TEST_F(ContainmentTest, SaysWhereItEnds) {
  GitStore objects;
  objects.open(box_.path("t/.git/objects"), box_.path("t"));
  std::vector<Unread> unread;
  const auto plan = GitPlan::make(objects, unread, {});
  const GitWanted wanted({{*GitId::parse(wanted_), GitObjectKind::kBlob, 0}});
  const auto held = [&](std::size_t items_max) {
    for (std::size_t share = 0; share < plan->tree_shares().size(); ++share) {
      read_trees(*plan, share, wanted, objects);
    }
    const Containment containment(*plan, plan->gathered().trees(), items_max);
    std::size_t count = 0;
    for (std::uint32_t tree = 0; tree < plan->numbers(); ++tree) {
      count += containment.items(tree).size();
    }
    return std::pair(count, containment.full());
  };
  const auto [all, full] = held(Containment::kItemsMax);
  ASSERT_GT(all, 20U);
  EXPECT_FALSE(full);
  EXPECT_EQ(held(10), std::pair(std::size_t{10}, true));
}

TEST_F(ContainmentTest, IsWhatGitSays) {
  const std::set<Item> expected = by_git();
  EXPECT_GT(expected.size(), 20U);
  EXPECT_EQ(by_us(), expected);
  box_.git("t", {"repack", "-q", "-a", "-d", "-f", "--depth=200", "--window=100"});
  EXPECT_EQ(by_us(), expected);
  // Trees that are cut off from what they are deltas of.
  EXPECT_EQ(by_us({1, 1, 1}), expected);
  // Some trees twice, in another pack and another order of deltas.
  box_.git("t", {"pack-objects", "-q", "--depth=5", ".git/objects/pack/pack"},
           box_.git("t", {"rev-list", "--objects", "main~20"}) + "\n");
  EXPECT_EQ(by_us(), expected);
}

}  // namespace
}  // namespace nhi

// containment.hpp - which trees hold what is wanted, directly or below.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/tree_changes.hpp"

namespace nhi {

/// An entry of a tree that matters: a wanted or missing object, or a tree that holds one.
struct TreeItem {
  std::uint32_t name = 0;  // in TreeChanges::names
  std::uint32_t key = 0;   // see tree_changes.hpp
  [[nodiscard]] bool is_tree() const { return key < kWantedKey; }
  friend auto operator<=>(const TreeItem&, const TreeItem&) = default;
};

// From each wanted object upwards: to the trees that have it, down the forest of deltas as long as
// it is taken over, and the same for each tree so found. No tree is read.
class Containment {
 public:
  /// Entries of trees, in all; ansible.git has ten million. A few trees that thousands of deltas
  /// take over could be any number.
  static constexpr std::size_t kItemsMax = 64'000'000;

  /// Takes `added` and `removed` out of the changes, which nothing else needs any more.
  Containment(const GitPlan& plan, TreeChanges& changes, std::size_t items_max = kItemsMax);
  /// There were more: not all is known.
  [[nodiscard]] bool full() const { return full_; }
  /// What a tree holds, as numbers: sorted, and so by name, then key.
  [[nodiscard]] std::span<const std::uint32_t> items(std::uint32_t tree) const;
  [[nodiscard]] const TreeItem& item(std::uint32_t number) const { return items_[number]; }

 private:
  using Change = TreeChanges::Change;
  void go_up(std::uint32_t key);
  void go_down(std::uint32_t number, std::uint32_t key, std::uint32_t name);
  void sort_items();
  [[nodiscard]] std::uint32_t met() const { return static_cast<std::uint32_t>(trees_.size()); }

  const GitPlan& plan_;
  const std::size_t items_max_;
  bool full_ = false;
  std::vector<Change> added_;       // by key and name
  std::vector<Change> removed_;     // by node
  std::vector<bool> fresh_;         // by number
  std::vector<std::uint32_t> met_;  // by number: the round in which it was met last
  std::uint32_t round_ = 0;
  std::vector<bool> holds_;  // by number
  std::vector<std::uint32_t> waiting_;
  std::vector<std::uint32_t> path_;
  // Who holds what, as it is met: for each entry the trees that have it, of which there are tens of
  // millions.
  struct Round {
    TreeItem item;
    std::uint32_t begin = 0;  // in trees_
    std::uint32_t end = 0;
  };
  std::vector<Round> rounds_;
  std::vector<std::uint32_t> trees_;
  std::vector<TreeItem> items_;        // sorted
  std::vector<std::uint32_t> begins_;  // by number: its own in held_; one more than there are
  std::vector<std::uint32_t> held_;    // by tree: places in items_
};

}  // namespace nhi

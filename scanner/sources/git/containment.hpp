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
  std::uint32_t tree = 0;
  std::uint32_t name = 0;  // in TreeChanges::names
  std::uint32_t key = 0;   // see tree_changes.hpp
  [[nodiscard]] bool is_tree() const { return key < kWantedKey; }
  friend auto operator<=>(const TreeItem&, const TreeItem&) = default;
};

// From each wanted object upwards: to the trees that have it, down the forest of deltas as long as
// it is taken over, and the same for each tree so found. No tree is read.
class Containment {
 public:
  Containment(const GitPlan& plan, const TreeChanges& changes);
  /// By name, then key.
  [[nodiscard]] std::span<const TreeItem> items(std::uint32_t tree) const;

 private:
  using Change = TreeChanges::Change;
  void go_up(std::uint32_t key);
  void go_down(std::uint32_t number, std::uint32_t key, std::uint32_t name);

  const GitPlan& plan_;
  std::vector<Change> added_;       // by key and name
  std::vector<Change> removed_;     // by node
  std::vector<bool> fresh_;         // by number
  std::vector<std::uint32_t> met_;  // by number: the round in which it was met last
  std::uint32_t round_ = 0;
  std::vector<bool> holds_;  // by number
  std::vector<std::uint32_t> waiting_;
  std::vector<std::uint32_t> path_;
  std::vector<TreeItem> items_;  // by tree
};

}  // namespace nhi

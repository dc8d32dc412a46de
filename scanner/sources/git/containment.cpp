#include "scanner/sources/git/containment.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nhi {

Containment::Containment(const GitPlan& plan, TreeChanges& changes, std::size_t items_max)
    : plan_(plan),
      items_max_(items_max),
      added_(std::move(changes.added)),
      removed_(std::move(changes.removed)),
      fresh_(plan.numbers()),
      met_(plan.numbers()),
      holds_(plan.numbers()) {
  for (const std::uint32_t number : changes.fresh) fresh_[number] = true;
  std::sort(added_.begin(), added_.end(), [](const Change& a, const Change& b) {
    return std::tie(a.key, a.name, a.node) < std::tie(b.key, b.name, b.node);
  });
  std::sort(removed_.begin(), removed_.end());
  const auto first = std::lower_bound(
      added_.begin(), added_.end(), kWantedKey,
      [](const Change& change, std::uint32_t wanted) { return change.key < wanted; });
  for (auto at = first; at != added_.end(); ++at) {
    if (at == first || at->key != (at - 1)->key) waiting_.push_back(at->key);
  }
  while (!waiting_.empty() && !full_) {
    const std::uint32_t key = waiting_.back();
    waiting_.pop_back();
    go_up(key);
  }
  sort_items();
}

void Containment::go_up(std::uint32_t key) {
  auto at = std::lower_bound(
      added_.begin(), added_.end(), key,
      [](const Change& change, std::uint32_t wanted) { return change.key < wanted; });
  for (std::uint32_t name = kNoKey; at != added_.end() && at->key == key; ++at) {
    if (at->name != name) {
      ++round_;
      rounds_.push_back({{at->name, key}, met(), met()});
    }
    name = at->name;
    go_down(at->node, key, name);
    rounds_.back().end = met();
  }
}

// The tree and all that take the entry over from it.
void Containment::go_down(std::uint32_t number, std::uint32_t key, std::uint32_t name) {
  path_.assign(1, number);
  full_ = full_ || trees_.size() >= items_max_;
  while (!path_.empty() && !full_) {
    const std::uint32_t here = path_.back();
    path_.pop_back();
    if (met_[here] == round_) continue;
    met_[here] = round_;
    const std::uint32_t tree = plan_.canonical(here);
    if (tree == here) trees_.push_back(tree);
    full_ = trees_.size() >= items_max_;
    if (!holds_[tree]) {
      holds_[tree] = true;
      waiting_.push_back(tree);
    }
    plan_.each_delta_of(here, [&](std::uint32_t child) {
      const bool lost = fresh_[child] || std::binary_search(removed_.begin(), removed_.end(),
                                                            Change{child, key, name});
      if (!lost) path_.push_back(child);
    });
  }
}

// Entry by entry in their order, so that what a tree holds is in order too.
void Containment::sort_items() {
  std::sort(rounds_.begin(), rounds_.end(),
            [](const Round& a, const Round& b) { return a.item < b.item; });
  begins_.assign(plan_.numbers() + 1, 0);
  for (const std::uint32_t tree : trees_) ++begins_[tree + 1];
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  held_.resize(trees_.size());
  std::vector<std::uint32_t> ends(begins_.begin(), begins_.end() - 1);
  for (const Round& round : rounds_) {
    const auto number = static_cast<std::uint32_t>(items_.size());
    items_.push_back(round.item);
    for (std::uint32_t at = round.begin; at < round.end; ++at) held_[ends[trees_[at]]++] = number;
  }
  rounds_ = {};
  trees_ = {};
}

std::span<const std::uint32_t> Containment::items(std::uint32_t tree) const {
  if (std::size_t{tree} + 1 >= begins_.size()) return {};
  return std::span(held_).subspan(begins_[tree], begins_[tree + 1] - begins_[tree]);
}

}  // namespace nhi

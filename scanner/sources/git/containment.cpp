#include "scanner/sources/git/containment.hpp"

#include <algorithm>
#include <tuple>

namespace nhi {

Containment::Containment(const GitPlan& plan, const TreeChanges& changes)
    : plan_(plan),
      added_(changes.added),
      removed_(changes.removed),
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
  while (!waiting_.empty()) {
    const std::uint32_t key = waiting_.back();
    waiting_.pop_back();
    go_up(key);
  }
  std::sort(items_.begin(), items_.end());
}

void Containment::go_up(std::uint32_t key) {
  auto at = std::lower_bound(
      added_.begin(), added_.end(), key,
      [](const Change& change, std::uint32_t wanted) { return change.key < wanted; });
  for (std::uint32_t name = kNoKey; at != added_.end() && at->key == key; ++at) {
    if (at->name != name) ++round_;
    name = at->name;
    go_down(at->node, key, name);
  }
}

// The tree and all that take the entry over from it.
void Containment::go_down(std::uint32_t number, std::uint32_t key, std::uint32_t name) {
  path_.assign(1, number);
  while (!path_.empty()) {
    const std::uint32_t here = path_.back();
    path_.pop_back();
    if (met_[here] == round_) continue;
    met_[here] = round_;
    const std::uint32_t tree = plan_.canonical(here);
    if (tree == here) items_.push_back({tree, name, key});
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

std::span<const TreeItem> Containment::items(std::uint32_t tree) const {
  if (tree >= holds_.size() || !holds_[tree]) return {};
  const auto first = std::lower_bound(
      items_.begin(), items_.end(), tree,
      [](const TreeItem& item, std::uint32_t wanted) { return item.tree < wanted; });
  auto last = first;
  while (last != items_.end() && last->tree == tree) ++last;
  return {first, last};
}

}  // namespace nhi

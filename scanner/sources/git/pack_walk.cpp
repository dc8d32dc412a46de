#include "scanner/sources/git/pack_walk.hpp"

#include <algorithm>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/delta.hpp"

namespace nhi {
namespace {

// Roots that are stored in so many bytes are a share, however few they are.
constexpr std::uint64_t kShareStoredBytes = kMiB;
constexpr std::size_t kSpareMax = 8;
constexpr std::size_t kSpareBytesMax = kMiB;

// Trees that begin at a light child of a large tree become trees of their own; to make the first
// object of one again costs its chain of deltas, so the heaviest child is never cut off.
void cut_tree(const DeltaForest& forest, std::uint32_t root, std::uint32_t nodes_min,
              std::vector<ForestShare>& shares) {
  std::vector<std::uint32_t> roots{root};
  while (!roots.empty()) {
    ForestShare share;
    share.roots.push_back(roots.back());
    roots.pop_back();
    std::vector<std::uint32_t> waiting = share.roots;
    while (!waiting.empty()) {
      const auto children = forest.children(waiting.back());
      waiting.pop_back();
      for (const std::uint32_t child : children) {
        if (forest.tree_size(child) < nodes_min) continue;
        if (child == children.back()) {
          waiting.push_back(child);
        } else {
          share.cut.push_back(child);
          roots.push_back(child);
        }
      }
    }
    std::sort(share.cut.begin(), share.cut.end());
    shares.push_back(std::move(share));
  }
}

}  // namespace

std::vector<ForestShare> share_forest(const DeltaForest& forest, unsigned wanted,
                                      std::uint32_t nodes_min) {
  std::vector<ForestShare> shares;
  ForestShare share;
  std::uint64_t nodes = 0;
  std::uint64_t stored = 0;
  for (std::uint32_t node = 0; node < forest.size(); ++node) {
    const auto type = forest.type(node);
    if (!type || !forest.is_root(node) || (wanted >> static_cast<unsigned>(*type) & 1U) == 0) {
      continue;
    }
    if (forest.tree_size(node) > 4 * std::uint64_t{nodes_min}) {
      cut_tree(forest, node, nodes_min, shares);
      continue;
    }
    share.roots.push_back(node);
    nodes += forest.tree_size(node);
    stored += forest.end(node) - forest.begin(node);
    if (nodes < nodes_min && stored < kShareStoredBytes) continue;
    shares.push_back(std::exchange(share, {}));
    nodes = stored = 0;
  }
  if (!share.roots.empty()) shares.push_back(std::move(share));
  return shares;
}

PackWalk::PackWalk(std::shared_ptr<const DeltaForest> forest, ForestShare share,
                   const std::vector<bool>* needed)
    : forest_(std::move(forest)),
      share_(std::move(share)),
      needed_(needed),
      reader_(forest_->shared_pack()) {}

bool PackWalk::next(GitItem& item) {
  drop_finished();
  while (!levels_.empty() && !has_child_left(levels_.back())) {
    drop(levels_.back());
    levels_.pop_back();
  }
  if (!levels_.empty()) {
    enter_child();
  } else {
    if (next_root_ == share_.roots.size()) return false;
    enter_root(share_.roots[next_root_++]);
  }
  show(item);
  return true;
}

void PackWalk::mend(GitItem& item, std::string content) {
  Level& level = levels_.back();
  level.content = std::move(content);
  level.size = level.content.size();
  level.outcome = GitRead::kFound;
  held_bytes_ += level.content.size();
  by_delta_ = false;
  show(item);
}

// The base is held while its last delta is looked at.
void PackWalk::drop_finished() {
  if (std::exchange(base_finished_, false)) drop(levels_[levels_.size() - 2]);
}

void PackWalk::show(GitItem& item) const {
  const Level& level = levels_.back();
  item.depth = levels_.size() - 1;
  item.above = by_delta_ ? levels_[item.depth - 1].node : 0;
  item.base = by_delta_ ? Bytes(levels_[item.depth - 1].content) : Bytes();
  item.delta = by_delta_ ? Bytes(delta_) : Bytes();
  item.node = level.node;
  item.content = level.content;
  item.outcome = level.outcome;
  item.size = level.size;
  if (level.content.size() <= kWholeBytesMax) return;
  item.content = {};
  item.outcome = GitRead::kTooLarge;
}

bool PackWalk::has_child_left(Level& level) const {
  const auto children = forest_->children(level.node);
  const auto left_out = [&](std::uint32_t child) {
    return (needed_ != nullptr && !(*needed_)[child]) ||
           std::binary_search(share_.cut.begin(), share_.cut.end(), child);
  };
  while (level.next_child < children.size() && left_out(children[level.next_child])) {
    ++level.next_child;
  }
  return level.next_child < children.size();
}

void PackWalk::enter_root(std::uint32_t node) {
  Level level;
  level.node = node;
  level.outcome = make_whole(level);
  by_delta_ = false;
  hold(std::move(level));
}

void PackWalk::enter_child() {
  Level& parent = levels_.back();
  if (parent.given_up) {
    parent.given_up = false;
    parent.outcome = make_whole(parent);
    held_bytes_ += parent.content.size();
  }
  Level level;
  level.node = forest_->children(parent.node)[parent.next_child++];
  level.outcome = parent.outcome;
  if (parent.outcome == GitRead::kFound) level.outcome = make_delta(parent.content, level);
  by_delta_ = level.outcome == GitRead::kFound;
  base_finished_ = !has_child_left(parent);
  hold(std::move(level));
}

void PackWalk::take_spare(Level& level) {
  if (spare_.empty()) return;
  level.content = std::move(spare_.back());
  spare_.pop_back();
}

// An object of which no base is held: a root of the forest, or one that was cut off or given up.
GitRead PackWalk::make_whole(Level& level) {
  take_spare(level);
  PackEntry entry;
  GitRead outcome = GitRead::kCorrupt;
  if (!forest_->is_root(level.node)) {
    GitType type{};
    outcome = reader_.read_at(forest_->begin(level.node), kDeltaBaseBytesMax, type, level.content);
    level.size = level.content.size();
  } else if (fetch(level.node, entry)) {
    level.size = entry.size;
    wait_if_large(entry.size);
    if (entry.size > kDeltaBaseBytesMax) {
      outcome = GitRead::kTooLarge;
    } else if (inflate(level.node, entry, level.content)) {
      outcome = GitRead::kFound;
    }
  }
  if (outcome != GitRead::kFound) level.content.clear();
  return outcome;
}

GitRead PackWalk::make_delta(Bytes base, Level& level) {
  PackEntry entry;
  if (!fetch(level.node, entry)) return GitRead::kCorrupt;
  wait_if_large(entry.size);
  if (entry.size > kDeltaBaseBytesMax) return GitRead::kTooLarge;
  if (!inflate(level.node, entry, delta_)) return GitRead::kCorrupt;
  const auto delta = DeltaReader::open(delta_);
  if (!delta) return GitRead::kCorrupt;
  level.size = delta->result_size();
  wait_if_large(level.size);
  if (delta->result_size() > kDeltaBaseBytesMax) return GitRead::kTooLarge;
  take_spare(level);
  if (apply_delta(base, delta_, level.content)) return GitRead::kFound;
  level.content.clear();
  return GitRead::kCorrupt;
}

bool PackWalk::fetch(std::uint32_t node, PackEntry& entry) {
  const std::uint64_t begin = forest_->begin(node);
  const std::uint64_t end = forest_->end(node);
  wait_if_large(end - begin);
  return reader_.fetch(begin, end, entry);
}

bool PackWalk::inflate(std::uint32_t node, const PackEntry& entry, std::string& out) {
  if (!reader_.inflate(entry, out)) return false;
  const auto crc = forest_->pack().index().crc(forest_->entry(node));
  return !crc || *crc == reader_.crc_of_last();
}

void PackWalk::wait_if_large(std::uint64_t bytes) {
  if (bytes > kLargeObjectBytes) alone_.take();
}

void PackWalk::hold(Level level) {
  held_bytes_ += level.content.size();
  // Not the base: it is still looked at.
  for (std::size_t i = 0; i + 1 < levels_.size() && held_bytes_ > kHeldBytesMax; ++i) {
    if (levels_[i].content.empty()) continue;
    levels_[i].given_up = true;
    drop(levels_[i]);
  }
  levels_.push_back(std::move(level));
}

void PackWalk::drop(Level& level) {
  held_bytes_ -= level.content.size();
  if (spare_.size() < kSpareMax && level.content.capacity() <= kSpareBytesMax) {
    spare_.push_back(std::move(level.content));
  }
  level.content = {};
  // Nothing large is held any more.
  if (held_bytes_ <= kLargeObjectBytes) alone_.give_back();
}

}  // namespace nhi

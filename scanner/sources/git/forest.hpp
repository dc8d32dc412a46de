// forest.hpp - which entry of a pack is told as a delta of which.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "scanner/sources/git/pack.hpp"

namespace nhi {

// Immutable, so shared by all workers. Nodes are the entries of a pack in the order in which they
// are stored.
class DeltaForest {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// Reads the head of every entry, once, from the first byte of the pack to the last.
  [[nodiscard]] static std::shared_ptr<const DeltaForest> build(
      std::shared_ptr<const PackFile> pack);

  [[nodiscard]] const PackFile& pack() const { return *pack_; }
  [[nodiscard]] std::shared_ptr<const PackFile> shared_pack() const { return pack_; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  /// In the index.
  [[nodiscard]] std::uint32_t entry(std::uint32_t node) const { return nodes_[node].entry; }
  [[nodiscard]] GitId id(std::uint32_t node) const { return pack_->index().id(entry(node)); }
  /// The node of an object; nothing if it is not in this pack.
  [[nodiscard]] std::optional<std::uint32_t> find(const GitId& id) const;
  [[nodiscard]] std::uint64_t begin(std::uint32_t node) const { return nodes_[node].at; }
  /// Where the next one begins.
  [[nodiscard]] std::uint64_t end(std::uint32_t node) const {
    return pack_->end_of(begin(node), node + 1 < size() ? nodes_[node + 1].at : pack_->end());
  }
  /// Of the base that all of the tree comes of. None: the head is damaged, the base is not in this
  /// pack, or the deltas go in a circle.
  [[nodiscard]] std::optional<GitType> type(std::uint32_t node) const;
  [[nodiscard]] bool is_root(std::uint32_t node) const { return nodes_[node].parent == kNone; }
  /// The one that this is told as a delta of; nothing for a root, and where there is none.
  [[nodiscard]] std::optional<std::uint32_t> parent(std::uint32_t node) const;
  /// The deltas of this one, those with the fewest behind them first.
  [[nodiscard]] std::span<const std::uint32_t> children(std::uint32_t node) const {
    return {children_.data() + starts_[node], starts_[node + 1] - starts_[node]};
  }
  /// Nodes of the tree that begins here, this one included.
  [[nodiscard]] std::uint32_t tree_size(std::uint32_t node) const { return nodes_[node].tree_size; }

 private:
  struct Node {
    std::uint64_t at = 0;
    std::uint32_t entry = 0;
    std::uint32_t parent = kNone;
    std::uint32_t tree_size = 1;
    std::uint8_t type = 0;  // of GitType; 0: none
  };
  explicit DeltaForest(std::shared_ptr<const PackFile> pack) : pack_(std::move(pack)) {}
  void list_entries();
  void read_heads();
  [[nodiscard]] std::uint32_t base_node(const PackEntry& entry) const;
  [[nodiscard]] std::optional<std::uint32_t> node_at(std::uint64_t at) const;
  void link();
  void go_down();

  std::shared_ptr<const PackFile> pack_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> starts_;  // in children_, by node
  std::vector<std::uint32_t> children_;
};

}  // namespace nhi

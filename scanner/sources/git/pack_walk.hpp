// pack_walk.hpp - the objects of a few delta trees, each stored byte inflated once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scanner/sources/git/forest.hpp"
#include "scanner/sources/git/large_objects.hpp"

namespace nhi {

/// An object as it comes up on a walk.
struct GitItem {
  std::uint32_t node = 0;
  Bytes content;                      // until the next one is asked for
  GitRead outcome = GitRead::kFound;  // else there is no content
  std::uint64_t size = 0;             // of the object, as far as it is known
  std::size_t depth = 0;              // of the walk: how many nodes above this one it is in
  // Where the object was made of the one above: its node, its content, and the delta. Until the
  // next one.
  std::uint32_t above = 0;
  Bytes base;
  Bytes delta;
};

/// A part of the forest: trees from `roots` on, without those that begin at a node of `cut`.
struct ForestShare {
  std::vector<std::uint32_t> roots;
  std::vector<std::uint32_t> cut;  // sorted
  std::uint64_t stored = 0;        // bytes in the pack
};
/// Parts that cover every tree of a kind that `wanted` holds, each with about `nodes_min` nodes or
/// one tree that cannot be cut. The bit of kind k is 1 << k.
[[nodiscard]] std::vector<ForestShare> share_forest(const DeltaForest& forest, unsigned wanted,
                                                    std::uint32_t nodes_min);

// Goes down each tree depth first. What is held is small: a node is let go of before the heaviest
// tree below it is entered, so at most as many are held as a number has bits; over kHeldBytesMax
// the oldest is given up and made again when it is needed. Not thread-safe.
class PackWalk {
 public:
  static constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20U;

  /// `needed`, by node, outlives the walk: trees that begin below a node without it are left out.
  PackWalk(std::shared_ptr<const DeltaForest> forest, ForestShare share,
           const std::vector<bool>* needed = nullptr);
  /// False when all was seen.
  [[nodiscard]] bool next(GitItem& item);
  /// What `item` should have held, from elsewhere: what is told as a delta of it comes of this.
  void mend(GitItem& item, std::string content);

 private:
  struct Level {
    std::uint32_t node = 0;
    std::uint32_t next_child = 0;
    GitRead outcome = GitRead::kFound;
    bool given_up = false;  // the content is to be made again
    std::uint64_t size = 0;
    std::string content;
  };

  void enter_root(std::uint32_t node);
  void enter_child();
  void take_spare(Level& level);
  [[nodiscard]] GitRead make_whole(Level& level);
  [[nodiscard]] GitRead make_delta(Bytes base, Level& level);
  [[nodiscard]] bool fetch(std::uint32_t node, PackEntry& entry);
  [[nodiscard]] bool inflate(std::uint32_t node, const PackEntry& entry, std::string& out);
  [[nodiscard]] bool has_child_left(Level& level) const;
  void hold(Level level);
  void drop(Level& level);
  void show(GitItem& item) const;
  void drop_finished();
  void wait_if_large(std::uint64_t bytes);

  std::shared_ptr<const DeltaForest> forest_;
  ForestShare share_;
  const std::vector<bool>* needed_;
  PackReader reader_;
  std::size_t next_root_ = 0;
  std::vector<Level> levels_;
  std::vector<std::string> spare_;  // buffers that were used before
  std::string delta_;
  bool by_delta_ = false;       // the last level was made of delta_
  bool base_finished_ = false;  // the level above it is not needed any more
  std::size_t held_bytes_ = 0;
  LargeObjectTurn alone_;
};

}  // namespace nhi

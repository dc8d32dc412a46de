// tree_diff.hpp - what one tree holds and another does not, read top down and only where they
// differ. One of them may be the index: its trees are named here, as git would, and not stored.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/index_file.hpp"
#include "scanner/sources/git/object.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

struct TreeFolder;

/// One name in a tree.
struct TreeName {
  std::string_view name;
  GitId id;
  TreeEntry::Kind kind{};
  const TreeFolder* folder = nullptr;  // of a tree that is not stored
};
struct TreeFolder {
  GitId id;
  std::vector<TreeName> names;
};

// The trees that git would make of an index. Views into it.
class IndexTree {
 public:
  /// Entries of a conflict, and such as stage a name alone, are left out, as git leaves them out.
  explicit IndexTree(const GitIndex& index);
  IndexTree(const IndexTree&) = delete;
  IndexTree& operator=(const IndexTree&) = delete;
  [[nodiscard]] const TreeFolder& root() const { return folders_.front(); }

 private:
  struct Open {
    std::string_view name;
    std::size_t prefix = 0;  // bytes of the path that lead here, the last slash with them
    TreeFolder* folder = nullptr;
    std::string text;  // as git would store it
    void add(std::uint32_t mode, const TreeName& name);
  };
  void close_last(std::vector<Open>& open);
  std::deque<TreeFolder> folders_;  // which do not move; the root first
};

/// A tree by its id, or one that is not stored; none: an empty one.
struct TreeSide {
  std::optional<GitId> id;
  const TreeFolder* folder = nullptr;
  TreeSide() = default;
  explicit TreeSide(const GitId& stored) : id(stored) {}
  explicit TreeSide(const TreeFolder& made) : id(made.id), folder(&made) {}
};

/// Pairs of trees that one TreeDiff compares; git.git's whole history needs fewer.
inline constexpr std::uint64_t kDiffPairsMax = 20'000'000;
inline constexpr std::size_t kDiffDepthMax = 4096;

// Not thread-safe.
class TreeDiff {
 public:
  explicit TreeDiff(GitStore& store, GitDamage& damage) : store_(store), damage_(damage) {}

  /// `twin`: the blob that `beside` has at this path; null if it has none.
  using Visit = std::function<void(std::string path, const GitId& blob, const GitId* twin)>;
  /// Every blob of `tree` that `beside` does not have at the same path; links are blobs, submodules
  /// are nothing. A tree that is not there or damaged is noted, and is as good as empty.
  void each_difference(const TreeSide& tree, const TreeSide& beside, const Visit& visit);
  /// True once the limits above were reached: not all was visited.
  [[nodiscard]] bool full() const { return full_; }

 private:
  struct Names {
    std::shared_ptr<const std::string> text;  // what the names are views of
    std::vector<TreeName> stored;
    const std::vector<TreeName>* list = nullptr;
  };
  struct Pair {
    TreeSide tree;
    TreeSide beside;
    std::string prefix;
    std::size_t depth = 0;
  };
  void read(const TreeSide& side, Names& names);
  void compare(const Pair& pair, const Visit& visit, std::vector<Pair>& waiting);

  GitStore& store_;
  GitDamage& damage_;
  std::uint64_t pairs_ = 0;
  bool full_ = false;
};

}  // namespace nhi

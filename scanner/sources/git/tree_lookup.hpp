// tree_lookup.hpp - the blobs of a stored tree, by their paths.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/object.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

// Not thread-safe.
class TreeLookup {
 public:
  TreeLookup(GitStore& store, GitDamage& damage, const GitId& tree)
      : store_(&store), damage_(&damage), tree_(tree) {}

  /// A link is a blob, a submodule nothing. A tree that is not there or damaged is noted, and is as
  /// good as empty. The folders that lead to the path asked for last are kept: cheap for paths that
  /// come folder by folder, whatever the size of the folders.
  [[nodiscard]] std::optional<GitId> find(std::string_view path);
  /// Names that are kept.
  [[nodiscard]] std::size_t names() const;
  void forget() { levels_.clear(); }

 private:
  using Names = std::unordered_map<std::string_view, GitId>;
  struct Level {
    GitId id;
    std::shared_ptr<const std::string> text;  // what the names are views of
    Names trees;                              // the first of a name; a strange tree may have more
    Names blobs;
  };
  [[nodiscard]] Level read(const GitId& id);

  GitStore* store_;
  GitDamage* damage_;
  GitId tree_;
  std::vector<Level> levels_;  // from the top down
};

}  // namespace nhi

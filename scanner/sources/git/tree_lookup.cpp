#include "scanner/sources/git/tree_lookup.hpp"

#include <utility>

namespace nhi {

std::optional<GitId> TreeLookup::find(std::string_view path) {
  GitId at = tree_;
  for (std::size_t depth = 0;; ++depth) {
    if (depth == levels_.size() || levels_[depth].id != at) {
      levels_.resize(depth);
      levels_.push_back(read(at));
    }
    const std::size_t slash = path.find('/');
    const bool last = slash == std::string_view::npos;
    const Names& names = last ? levels_[depth].blobs : levels_[depth].trees;
    const auto found = names.find(path.substr(0, slash));
    if (found == names.end()) return std::nullopt;
    if (last) return found->second;
    at = found->second;
    path.remove_prefix(slash + 1);
  }
}

std::size_t TreeLookup::names() const {
  std::size_t names = 0;
  for (const Level& level : levels_) names += level.trees.size() + level.blobs.size();
  return names;
}

TreeLookup::Level TreeLookup::read(const GitId& id) {
  Level level;
  level.id = id;
  const GitRead outcome = store_->tree(id, level.text);
  damage_->note(id, outcome);
  if (outcome != GitRead::kFound) return level;
  std::string_view rest = *level.text;
  TreeEntry entry;
  while (take_tree_entry(rest, entry)) {
    if (entry.kind == TreeEntry::Kind::kTree) level.trees.emplace(entry.name, entry.id);
    if (entry.kind == TreeEntry::Kind::kBlob) level.blobs.emplace(entry.name, entry.id);
  }
  if (!rest.empty()) damage_->note(id, GitRead::kCorrupt);
  return level;
}

}  // namespace nhi

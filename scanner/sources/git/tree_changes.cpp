#include "scanner/sources/git/tree_changes.hpp"

#include <algorithm>
#include <utility>

#include "scanner/sources/git/delta.hpp"

namespace nhi {
namespace {

// Piece by piece, with where each stands in the result.
class PieceCursor {
 public:
  explicit PieceCursor(const DeltaReader& reader) : reader_(reader) {}
  /// Where [start, end) of the result stands in the base, if one piece took all of it over.
  [[nodiscard]] std::optional<std::uint64_t> in_base(std::uint64_t start, std::uint64_t end) {
    while (start >= begin_ + piece_.size) {
      begin_ += piece_.size;
      if (!reader_.next(piece_)) {
        piece_ = {};
        return std::nullopt;
      }
    }
    if (!piece_.of_base || end > begin_ + piece_.size) return std::nullopt;
    return piece_.from + (start - begin_);
  }

 private:
  DeltaReader reader_;
  DeltaPiece piece_;
  std::uint64_t begin_ = 0;
};

TreeEntry entry_at(Bytes content, std::uint32_t start) {
  std::string_view rest = content.substr(start);
  TreeEntry entry;
  static_cast<void>(take_tree_entry(rest, entry));
  return entry;
}

}  // namespace

std::uint32_t NameTable::number(std::string_view name) {
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  names_.emplace_back(name);
  const auto number = static_cast<std::uint32_t>(names_.size() - 1);
  numbers_.emplace(names_.back(), number);
  return number;
}

void TreeChanges::append(TreeChanges other) {
  std::vector<std::uint32_t> renamed(other.names.size());
  for (std::uint32_t i = 0; i < renamed.size(); ++i) renamed[i] = names.number(other.names.name(i));
  std::vector<std::uint32_t> missed(other.missing.size());
  for (std::size_t i = 0; i < missed.size(); ++i) missed[i] = missing_key(other.missing[i]);
  const auto take = [&](std::vector<Change>& to, const std::vector<Change>& from) {
    for (Change change : from) {
      change.name = renamed[change.name];
      if (change.key >= kMissingKey) change.key = missed[change.key - kMissingKey];
      to.push_back(change);
    }
  };
  take(added, other.added);
  take(removed, other.removed);
  fresh.insert(fresh.end(), other.fresh.begin(), other.fresh.end());
  corrupt.insert(corrupt.end(), other.corrupt.begin(), other.corrupt.end());
}

std::uint32_t TreeChanges::missing_key(const GitId& id) {
  const auto next = static_cast<std::uint32_t>(missing.size());
  if (missing_numbers.insert(id, next)) missing.push_back(id);
  return kMissingKey + *missing_numbers.find(id);
}

void TreeReader::take(std::uint32_t node, std::size_t depth, Bytes content, Bytes base,
                      Bytes delta) {
  if (levels_.size() <= depth) levels_.resize(depth + 1);
  std::vector<std::uint32_t>& starts = levels_[depth].starts;
  starts.clear();
  if (delta.empty() || depth == 0) {
    changes_.fresh.push_back(node);
    add_all(node, content, starts);
  } else {
    compare(node, content, levels_[depth - 1].starts, base, delta, starts);
  }
}

void TreeReader::skip(std::uint32_t node, std::size_t depth) { take(node, depth, {}, {}, {}); }

void TreeReader::add_all(std::uint32_t node, Bytes content, std::vector<std::uint32_t>& starts) {
  std::string_view rest = content;
  TreeEntry entry;
  while (!rest.empty()) {
    const auto start = static_cast<std::uint32_t>(content.size() - rest.size());
    if (!take_tree_entry(rest, entry)) {
      changes_.corrupt.push_back(git_id(GitType::kTree, content));
      return;
    }
    starts.push_back(start);
    note(node, entry, changes_.added);
  }
}

void TreeReader::compare(std::uint32_t node, Bytes content,
                         const std::vector<std::uint32_t>& base_starts, Bytes base, Bytes delta,
                         std::vector<std::uint32_t>& starts) {
  auto reader = DeltaReader::open(delta);
  if (!reader) return add_all(node, content, starts);
  PieceCursor pieces(*reader);
  kept_.assign(base_starts.size(), 0);
  std::size_t likely = 0;  // the base's entry behind the one that was met last
  std::string_view rest = content;
  TreeEntry entry;
  while (!rest.empty()) {
    const std::uint64_t start = content.size() - rest.size();
    if (!take_tree_entry(rest, entry)) {
      changes_.corrupt.push_back(git_id(GitType::kTree, content));
      break;
    }
    starts.push_back(static_cast<std::uint32_t>(start));
    if (const auto at = pieces.in_base(start, content.size() - rest.size())) {
      // The same bytes from the same beginning of an entry are the same entry.
      if (likely >= base_starts.size() || base_starts[likely] != *at) {
        const auto found = std::lower_bound(base_starts.begin(), base_starts.end(), *at);
        likely = static_cast<std::size_t>(found - base_starts.begin());
      }
      if (likely < base_starts.size() && base_starts[likely] == *at) {
        kept_[likely++] = 1;
        continue;
      }
    }
    note(node, entry, changes_.added);
  }
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i] == 0) note(node, entry_at(base, base_starts[i]), changes_.removed);
  }
}

std::uint32_t TreeReader::key_of(const TreeEntry& entry) {
  if (entry.kind == TreeEntry::Kind::kSubmodule) return kNoKey;
  const bool is_tree = entry.kind == TreeEntry::Kind::kTree;
  const std::uint32_t key = is_tree ? numbers_.tree(entry.id) : numbers_.wanted(entry.id);
  if (key != kNoKey || is_there(entry.id)) return key;
  return changes_.missing_key(entry.id);
}

void TreeReader::note(std::uint32_t node, const TreeEntry& entry,
                      std::vector<TreeChanges::Change>& to) {
  const std::uint32_t key = key_of(entry);
  if (key != kNoKey) to.push_back({node, key, changes_.names.number(entry.name)});
}

bool TreeReader::is_there(const GitId& id) {
  GitId& recent = recent_[id.hash() & (recent_.size() - 1)];
  if (recent == id) return true;
  if (!numbers_.has(id)) return false;
  recent = id;
  return true;
}

}  // namespace nhi

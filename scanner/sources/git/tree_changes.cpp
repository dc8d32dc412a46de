#include "scanner/sources/git/tree_changes.hpp"

#include <algorithm>
#include <utility>

namespace nhi {
namespace {

// Piece by piece, with where each stands in the result.
class PieceCursor {
 public:
  explicit PieceCursor(const DeltaReader& reader) : reader_(reader) {}
  /// To the piece that byte `at` of the result is in; `at` never goes back. False for bytes of the
  /// delta's own.
  [[nodiscard]] bool is_of_base(std::uint64_t at) {
    while (at >= begin_ + piece_.size) {
      begin_ += piece_.size;
      piece_ = {};
      if (!reader_.next(piece_)) return false;
    }
    return piece_.of_base;
  }
  [[nodiscard]] std::uint64_t in_base(std::uint64_t at) const {
    return piece_.from + (at - begin_);
  }
  [[nodiscard]] std::uint64_t base_end() const { return piece_.from + piece_.size; }

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
  named.insert(named.end(), other.named.begin(), other.named.end());
}

std::uint32_t TreeChanges::missing_key(const GitId& id) {
  const auto next = static_cast<std::uint32_t>(missing.size());
  if (missing_numbers.insert(id, next)) missing.push_back(id);
  return kMissingKey + *missing_numbers.find(id);
}

void TreeReader::take(std::uint32_t node, std::size_t depth, Bytes content, Bytes base,
                      Bytes delta) {
  if (levels_.size() <= depth) levels_.resize(depth + 1);
  std::vector<std::uint32_t>& starts = levels_[depth];
  starts.clear();
  const auto reader = depth == 0 ? std::nullopt : DeltaReader::open(delta);
  bool whole = true;
  if (reader) {
    whole = compare(node, content, levels_[depth - 1], base, *reader, starts);
  } else {
    changes_.fresh.push_back(node);
    whole = read_entries(node, content, 0, content.size(), starts);
  }
  if (!whole) changes_.corrupt.push_back(git_id(GitType::kTree, content));
}

// The entries that begin in [from, to) are new. False if one is cut short.
bool TreeReader::read_entries(std::uint32_t node, Bytes content, std::uint64_t from,
                              std::uint64_t to, std::vector<std::uint32_t>& starts) {
  std::string_view rest = content.substr(from);
  TreeEntry entry;
  for (std::uint64_t at = from; at < to; at = content.size() - rest.size()) {
    if (!take_tree_entry(rest, entry)) {
      starts.push_back(static_cast<std::uint32_t>(at));
      return false;
    }
    starts.push_back(static_cast<std::uint32_t>(at));
    note(node, entry, changes_.added);
  }
  starts.push_back(static_cast<std::uint32_t>(content.size() - rest.size()));
  return true;
}

// The same bytes from the same beginning of an entry on are the same entries: those that one piece
// takes over are not read again.
bool TreeReader::compare(std::uint32_t node, Bytes content,
                         const std::vector<std::uint32_t>& base_starts, Bytes base,
                         const DeltaReader& delta, std::vector<std::uint32_t>& starts) {
  const std::size_t base_entries = base_starts.size() - 1;
  PieceCursor pieces(delta);
  kept_.assign(base_entries, 0);
  std::size_t likely = 0;  // the base's entry behind the one that was met last
  bool whole = true;
  for (std::uint64_t at = 0; at < content.size();) {
    if (pieces.is_of_base(at)) {
      const std::uint64_t from = pieces.in_base(at);
      if (likely >= base_entries || base_starts[likely] != from) {
        const auto found = std::lower_bound(base_starts.begin(), base_starts.end() - 1, from);
        likely = static_cast<std::size_t>(found - base_starts.begin());
      }
      const bool aligned = likely < base_entries && base_starts[likely] == from;
      const std::size_t first = likely;
      while (aligned && likely < base_entries && base_starts[likely + 1] <= pieces.base_end()) {
        starts.push_back(static_cast<std::uint32_t>(at + (base_starts[likely] - from)));
        kept_[likely++] = 1;
      }
      if (likely != first) {
        at += base_starts[likely] - from;
        continue;
      }
    }
    whole = read_entries(node, content, at, at + 1, starts);
    if (!whole) break;
    at = starts.back();
    starts.pop_back();
  }
  if (whole) starts.push_back(static_cast<std::uint32_t>(content.size()));
  for (std::size_t i = 0; i < base_entries; ++i) {
    if (kept_[i] == 0) note(node, entry_at(base, base_starts[i]), changes_.removed);
  }
  return whole;
}

std::uint32_t TreeReader::key_of(const TreeEntry& entry) {
  if (entry.kind == TreeEntry::Kind::kSubmodule) return kNoKey;
  const bool is_tree = entry.kind == TreeEntry::Kind::kTree;
  const std::uint32_t key = is_tree ? numbers_.tree(entry.id) : numbers_.wanted(entry.id);
  if (key != kNoKey) return key;
  if (!is_there(entry.id)) return changes_.missing_key(entry.id);
  if (!is_tree && numbers_.asks_for(entry.name)) changes_.named.push_back(entry.id);
  return kNoKey;
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

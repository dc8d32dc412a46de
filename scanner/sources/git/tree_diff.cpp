#include "scanner/sources/git/tree_diff.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace nhi {
namespace {

constexpr std::uint32_t kFolderMode = 040000;

TreeEntry::Kind kind_of(const GitIndex::Entry& entry) {
  switch (entry.kind()) {
    case GitIndex::Kind::kFolder:
      return TreeEntry::Kind::kTree;
    case GitIndex::Kind::kSubmodule:
      return TreeEntry::Kind::kSubmodule;
    default:
      return TreeEntry::Kind::kBlob;
  }
}

// Finds the names of one tree in another, of the same kind. Both are in one order and differ
// little, so the next one is nearly always where it is looked for; a strange tree may be in any
// order, and have several of one name: the first counts.
class Beside {
 public:
  explicit Beside(const std::vector<TreeName>& names) : names_(names) {}
  [[nodiscard]] const TreeName* find(const TreeName& wanted) {
    if (next_ < names_.size() && is_same(names_[next_], wanted)) return &names_[next_++];
    if (by_name_.empty()) {
      for (std::size_t i = 0; i < names_.size(); ++i) by_name_.emplace(key(names_[i]), i);
    }
    const auto at = by_name_.find(key(wanted));
    if (at == by_name_.end()) return nullptr;
    next_ = at->second + 1;
    return &names_[at->second];
  }

 private:
  using Key = std::pair<std::string_view, bool>;
  static bool is_tree(const TreeName& name) { return name.kind == TreeEntry::Kind::kTree; }
  static Key key(const TreeName& name) { return {name.name, is_tree(name)}; }
  static bool is_same(const TreeName& a, const TreeName& b) { return key(a) == key(b); }

  const std::vector<TreeName>& names_;
  std::size_t next_ = 0;
  std::map<Key, std::size_t> by_name_;  // made when first needed
};

}  // namespace

void IndexTree::Open::add(std::uint32_t mode, const TreeName& entry) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  text.append(digits.data(), end.ptr).append(" ").append(entry.name).push_back('\0');
  text.append(reinterpret_cast<const char*>(entry.id.bytes.data()), entry.id.bytes.size());
  folder->names.push_back(entry);
}

// The index is in the order of trees, so each folder's entries stand together.
IndexTree::IndexTree(const GitIndex& index) {
  std::vector<Open> open;
  open.push_back({{}, 0, &folders_.emplace_back(), {}});
  std::string_view before;
  for (const GitIndex::Entry& entry : index.entries()) {
    if (entry.stage != 0 || entry.intent_to_add) continue;
    std::string_view path = index.path(entry);
    if (path.ends_with('/')) path.remove_suffix(1);
    while (open.back().prefix > 0 &&
           path.substr(0, open.back().prefix) != before.substr(0, open.back().prefix)) {
      close_last(open);
    }
    before = path;
    while (true) {
      const std::size_t from = open.back().prefix;
      const std::size_t slash = path.find('/', from);
      if (slash == std::string_view::npos) break;
      open.push_back({path.substr(from, slash - from), slash + 1, &folders_.emplace_back(), {}});
    }
    open.back().add(entry.mode,
                    {path.substr(open.back().prefix), entry.id, kind_of(entry), nullptr});
  }
  while (open.size() > 1) close_last(open);
  open.back().folder->id = git_id(GitType::kTree, open.back().text);
}

void IndexTree::close_last(std::vector<Open>& open) {
  const Open last = std::move(open.back());
  open.pop_back();
  last.folder->id = git_id(GitType::kTree, last.text);
  const TreeName name{last.name, last.folder->id, TreeEntry::Kind::kTree, last.folder};
  open.back().add(kFolderMode, name);
}

void TreeDiff::read(const TreeSide& side, Names& names) {
  names.list = &names.stored;
  if (side.folder != nullptr) names.list = &side.folder->names;
  if (side.folder != nullptr || !side.id) return;
  const GitRead outcome = store_.tree(*side.id, names.text);
  damage_.note(*side.id, outcome);
  if (outcome != GitRead::kFound) return;
  std::string_view rest = *names.text;
  TreeEntry entry;
  while (take_tree_entry(rest, entry)) {
    names.stored.push_back({entry.name, entry.id, entry.kind, nullptr});
  }
  if (!rest.empty()) damage_.note(*side.id, GitRead::kCorrupt);
}

void TreeDiff::compare(const Pair& pair, const Visit& visit, std::vector<Pair>& waiting) {
  Names names;
  Names others;
  read(pair.tree, names);
  read(pair.beside, others);
  Beside beside(*others.list);
  for (const TreeName& name : *names.list) {
    const TreeName* const twin = beside.find(name);
    if (name.kind == TreeEntry::Kind::kSubmodule) continue;
    if (twin != nullptr && twin->id == name.id && twin->kind == name.kind) continue;
    std::string path = pair.prefix + std::string(name.name);
    if (name.kind == TreeEntry::Kind::kBlob) {
      const bool blob = twin != nullptr && twin->kind == TreeEntry::Kind::kBlob;
      visit(std::move(path), name.id, blob ? &twin->id : nullptr);
      continue;
    }
    Pair inner;
    inner.tree = name.folder != nullptr ? TreeSide(*name.folder) : TreeSide(name.id);
    if (twin != nullptr) {
      inner.beside = twin->folder != nullptr ? TreeSide(*twin->folder) : TreeSide(twin->id);
    }
    inner.prefix = std::move(path) + "/";
    inner.depth = pair.depth + 1;
    waiting.push_back(std::move(inner));
  }
}

void TreeDiff::each_difference(const TreeSide& tree, const TreeSide& beside, const Visit& visit) {
  if (!tree.id || tree.id == beside.id) return;
  std::vector<Pair> waiting;
  waiting.push_back({tree, beside, {}, 0});
  while (!waiting.empty() && !full_) {
    const Pair pair = std::move(waiting.back());
    waiting.pop_back();
    if (++pairs_ > kDiffPairsMax || pair.depth > kDiffDepthMax) {
      full_ = true;
      return;
    }
    compare(pair, visit, waiting);
  }
}

}  // namespace nhi

#include "scanner/sources/git/graph.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <queue>
#include <tuple>
#include <utility>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

constexpr int kTagDepthMax = 32;  // tags of tags

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// "Name <mail> 1700000000 +0100": who, and when.
std::string_view person_of(std::string_view line) {
  const std::size_t end = line.rfind('>');
  return line.substr(0, end == std::string_view::npos ? line.size() : end + 1);
}

std::int64_t date_of(std::string_view line) {
  const std::size_t end = line.rfind('>');
  if (end == std::string_view::npos) return 0;
  line.remove_prefix(end + 1);
  while (line.starts_with(' ')) line.remove_prefix(1);
  std::int64_t seconds = 0;
  static_cast<void>(std::from_chars(line.data(), line.data() + line.size(), seconds));
  return seconds;
}

}  // namespace

std::optional<CommitText> parse_commit(std::string_view content) {
  CommitText commit;
  constexpr std::string_view kTree = "tree ";
  if (!content.starts_with(kTree)) return std::nullopt;
  const auto tree = GitId::parse(take_line(content).substr(kTree.size()));
  if (!tree) return std::nullopt;
  commit.tree = *tree;
  while (!content.empty()) {
    std::string_view line = take_line(content);
    if (line.empty()) break;
    const auto take = [&](std::string_view word) {
      if (!line.starts_with(word)) return false;
      line.remove_prefix(word.size());
      return true;
    };
    if (take("parent ")) {
      if (const auto id = GitId::parse(line)) commit.parents.push_back(*id);
    } else if (take("author ")) {
      commit.author = person_of(line);
    } else if (take("committer ")) {
      commit.committer = person_of(line);
      commit.date = date_of(line);
    }
  }
  return commit;
}

std::optional<GitId> tagged(std::string_view content) {
  constexpr std::string_view kObject = "object ";
  if (!content.starts_with(kObject)) return std::nullopt;
  return GitId::parse(content.substr(kObject.size()));
}

bool take_tree_entry(std::string_view& rest, TreeEntry& entry) {
  const std::size_t zero = rest.find('\0');
  if (zero == std::string_view::npos || rest.size() - zero - 1 < 20) return false;
  const std::string_view head = rest.substr(0, zero);
  const std::size_t space = head.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view mode = head.substr(0, space);
  entry.name = head.substr(space + 1);
  entry.kind = mode == "40000" || mode == "040000" ? TreeEntry::Kind::kTree
               : mode == "160000"                  ? TreeEntry::Kind::kSubmodule
                                                   : TreeEntry::Kind::kBlob;
  std::memcpy(entry.id.bytes.data(), rest.data() + zero + 1, 20);
  rest.remove_prefix(zero + 21);
  return true;
}

void GitDamage::note(const GitId& id, GitRead outcome) {
  if (outcome == GitRead::kFound || !seen_.insert(id, 1)) return;
  if (outcome != GitRead::kMissing) {
    corrupt_.push_back(id);
    return;
  }
  if (!expects_missing_) missing_.push_back(id);
}

void GitDamage::report(std::vector<Unread>& unread) const {
  std::vector<GitId> corrupt = corrupt_;
  std::sort(corrupt.begin(), corrupt.end());
  for (const GitId& id : corrupt) {
    unread.push_back({{}, ".git/objects/" + id.hex(), "corrupt-object", 0});
  }
  std::vector<GitId> missing = missing_;
  std::sort(missing.begin(), missing.end());
  const std::size_t listed = std::min(missing.size(), kMissingListedMax);
  for (std::size_t i = 0; i < listed; ++i) {
    unread.push_back({{}, ".git/objects/" + missing[i].hex(), "missing-object", 0});
  }
  if (listed == missing.size()) return;
  unread.push_back({{},
                    ".git/objects (" + std::to_string(missing.size() - listed) + " more)",
                    "missing-object",
                    0});
}

GitRead GitGraph::find_commit(GitStore& store, const GitId& id, CommitText& text) const {
  if (const CommitTable::Row* row = known_ == nullptr ? nullptr : known_->find(id)) {
    const auto parents = known_->parents(*row);
    text.tree = row->tree;
    text.date = row->date;
    text.parents.assign(parents.begin(), parents.end());
    return GitRead::kFound;
  }
  std::string content;
  const GitRead outcome = store.read_typed(id, GitType::kCommit, content);
  if (outcome != GitRead::kFound) return outcome;
  const auto parsed = parse_commit(content);
  if (!parsed) return GitRead::kCorrupt;
  text = *parsed;
  text.author = text.committer = {};  // of `content`
  return GitRead::kFound;
}

std::uint32_t GitGraph::add_commit(GitStore& store, const GitId& id, GitDamage* damage) {
  if (const std::uint32_t* known = numbers_.find(id)) return *known;
  CommitText text;
  const GitRead outcome = find_commit(store, id, text);
  if (outcome != GitRead::kFound) {
    if (damage != nullptr) damage->note(id, outcome);
    numbers_.insert(id, kNone);
    return kNone;
  }
  const auto number = static_cast<std::uint32_t>(commits_.size());
  numbers_.insert(id, number);
  Commit commit;
  commit.id = id;
  commit.tree = text.tree;
  commit.date = text.date;
  commit.parents_at = static_cast<std::uint32_t>(parent_ids_.size());
  commit.parents = static_cast<std::uint32_t>(text.parents.size());
  parent_ids_.insert(parent_ids_.end(), text.parents.begin(), text.parents.end());
  commits_.push_back(commit);
  return number;
}

// A tip is a commit, or a tag that comes to one, to a tree or to a blob.
void GitGraph::add_tip(GitStore& store, GitId id, std::uint32_t name, const std::string& full_name,
                       GitDamage& damage) {
  const bool from_ref = name != kNone;
  for (int depth = 0; depth < kTagDepthMax; ++depth) {
    GitHeader head;
    const GitRead looked = store.header(id, head);
    if (looked != GitRead::kFound) {
      // Reflogs outlive what they name; refs must not.
      if (from_ref || looked == GitRead::kCorrupt) damage.note(id, looked);
      return;
    }
    if (head.type == GitType::kCommit) {
      const bool is_branch =
          full_name.starts_with("refs/heads/") || full_name.starts_with("refs/remotes/");
      tips_.push_back(
          {add_commit(store, id, &damage), name, is_branch, full_name.starts_with("refs/tags/")});
      return;
    }
    if (head.type != GitType::kTag) {
      if (from_ref) loose_.push_back({id, head.type, name, full_name});
      return;
    }
    std::string content;
    const GitRead outcome = store.read_typed(id, GitType::kTag, content);
    const auto target = tagged(content);
    if (outcome != GitRead::kFound || !target) {
      damage.note(id, outcome == GitRead::kMissing ? outcome : GitRead::kCorrupt);
      return;
    }
    id = *target;
  }
}

void GitGraph::add_ancestors(GitStore& store, const std::vector<GitId>& shallow,
                             GitDamage& damage) {
  // Both vectors grow while they are read: each commit appends its parents' ids.
  for (std::size_t i = 0; i < commits_.size(); ++i) {
    // Where a shallow clone was cut, nobody said that the parents would be there.
    const bool cut = std::binary_search(shallow.begin(), shallow.end(), commits_[i].id);
    for (std::uint32_t k = 0; k < commits_[i].parents; ++k) {
      const GitId id = parent_ids_[commits_[i].parents_at + k];
      static_cast<void>(add_commit(store, id, cut ? nullptr : &damage));
    }
  }
  parents_.reserve(parent_ids_.size());
  for (const GitId& id : parent_ids_) parents_.push_back(*numbers_.find(id));
  parent_ids_ = {};
  // Parents that are not there are left out; the damage is noted.
  for (Commit& commit : commits_) {
    const auto begin = parents_.begin() + commit.parents_at;
    const auto end = std::remove(begin, begin + commit.parents, kNone);
    commit.parents = static_cast<std::uint32_t>(end - begin);
  }
}

void GitGraph::sort() {
  const std::size_t count = commits_.size();
  std::vector<std::uint32_t> first_child(count + 1, 0);
  std::vector<std::uint32_t> waiting(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    waiting[i] = commits_[i].parents;
    for (std::uint32_t k = 0; k < commits_[i].parents; ++k) {
      ++first_child[parent(commits_[i], k) + 1];
    }
  }
  for (std::size_t i = 0; i < count; ++i) first_child[i + 1] += first_child[i];
  std::vector<std::uint32_t> children(first_child[count]);
  std::vector<std::uint32_t> next(first_child.begin(), first_child.end() - 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t k = 0; k < commits_[i].parents; ++k) {
      children[next[parent(commits_[i], k)]++] = i;
    }
  }
  const auto later = [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(commits_[a].date, commits_[a].id) > std::tie(commits_[b].date, commits_[b].id);
  };
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(later)> ready(later);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (waiting[i] == 0) ready.push(i);
  }
  std::vector<std::uint32_t> place(count, kNone);
  std::vector<std::uint32_t> order;
  order.reserve(count);
  while (!ready.empty()) {
    const std::uint32_t commit = ready.top();
    ready.pop();
    place[commit] = static_cast<std::uint32_t>(order.size());
    order.push_back(commit);
    for (std::uint32_t at = first_child[commit]; at < first_child[commit + 1]; ++at) {
      if (--waiting[children[at]] == 0) ready.push(children[at]);
    }
  }
  // An id is the hash of what names its parents: there are no circles, so all have a place.
  std::vector<Commit> sorted;
  sorted.reserve(count);
  for (const std::uint32_t commit : order) sorted.push_back(commits_[commit]);
  commits_ = std::move(sorted);
  for (std::uint32_t& number : parents_) number = number == kNone ? kNone : place[number];
  for (Tip& tip : tips_) tip.commit = tip.commit == kNone ? kNone : place[tip.commit];
  for (const Commit& commit : commits_) {
    for (std::uint32_t k = 0; k < commit.parents; ++k) commits_[parent(commit, k)].has_child = true;
  }
}

std::uint32_t GitGraph::intern(std::vector<std::uint32_t> set) {
  std::string key(reinterpret_cast<const char*>(set.data()), set.size() * sizeof set[0]);
  const auto [at, fresh] =
      set_numbers_.emplace(std::move(key), static_cast<std::uint32_t>(sets_.size()));
  if (fresh) sets_.push_back(std::move(set));
  return at->second;
}

// The first names of a union are among the first names of its parts, so cutting early is exact.
std::uint32_t GitGraph::join_refs(std::uint32_t a, std::uint32_t b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  const std::uint64_t key = std::uint64_t{a} << 32U | b;
  if (const auto known = merged_.find(key); known != merged_.end()) return known->second;
  std::vector<std::uint32_t> both;
  std::set_union(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end(),
                 std::back_inserter(both));
  if (both.size() > kRefsListedMax) both.resize(kRefsListedMax);
  const std::uint32_t set = intern(std::move(both));
  merged_.emplace(key, set);
  return set;
}

void GitGraph::hand_down_refs() {
  for (const Tip& tip : tips_) {
    if (tip.commit == kNone) continue;
    Commit& commit = commits_[tip.commit];
    commit.is_branch = commit.is_branch || tip.is_branch;
    commit.on_line = commit.on_line || tip.is_branch || tip.is_tag;
    if (tip.name == kNone) continue;
    commit.refs = join_refs(commit.refs, only_ref(tip.name));
  }
  if (head_ != kNone) commits_[head_].in_head = true;
  for (std::size_t i = commits_.size(); i-- > 0;) {
    const Commit& commit = commits_[i];
    for (std::uint32_t k = 0; k < commit.parents; ++k) {
      Commit& up = commits_[parent(commit, k)];
      up.refs = join_refs(up.refs, commit.refs);
      up.in_head = up.in_head || commit.in_head;
      up.on_line = up.on_line || commit.on_line;
    }
  }
}

void GitGraph::load(GitStore& store, const GitRefs& refs, GitDamage& damage,
                    const CommitTable* known) {
  known_ = known;
  std::vector<std::pair<std::string, const GitRef*>> named;
  for (const GitRef& ref : refs.refs) named.emplace_back(short_ref_name(ref.name), &ref);
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->name) < std::tie(b.first, b.second->name);
  });
  for (const auto& [name, ref] : named) {
    if (names_.empty() || names_.back() != name) names_.push_back(name);
    add_tip(store, ref->target, static_cast<std::uint32_t>(names_.size() - 1), ref->name, damage);
  }
  for (const GitId& id : refs.others) add_tip(store, id, kNone, {}, damage);
  std::uint32_t head = kNone;
  if (refs.head) {
    add_tip(store, *refs.head, kNone, {}, damage);
    const std::uint32_t* number = numbers_.find(*refs.head);
    if (number != nullptr) head = *number;
    tips_.push_back({head, kNone, true, false});
  }
  add_ancestors(store, refs.shallow, damage);
  known_ = nullptr;
  sort();
  if (refs.head) head_ = tips_.back().commit;
  sets_.emplace_back();
  set_numbers_.emplace(std::string(), 0U);
  hand_down_refs();
}

}  // namespace nhi

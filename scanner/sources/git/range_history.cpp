#include "scanner/sources/git/range_history.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "scanner/sources/git/history.hpp"
#include "scanner/sources/git/tree_lookup.hpp"

namespace nhi {

RangeHistory::RangeHistory(GitStore& store, GitDamage& damage, const CommitRange& range)
    : store_(store), damage_(damage), diff_(store, damage), range_(range) {
  for (std::size_t i = 0; i < range.commits.size(); ++i) numbers_.emplace(range.commits[i].id, i);
}

GitChanges RangeHistory::changes() {
  for (std::size_t i = 0; i < range_.commits.size() && !full(); ++i) compare(i);
  GitChanges out;
  std::map<GitId, std::uint64_t> paths;
  for (const auto& [found, stay] : stays_) ++paths[found.second];
  // In order the head of the range is the last one: all others lead to it.
  TreeLookup head(store_, damage_, range_.commits.back().tree);
  for (const auto& [found, stay] : stays_) {
    const auto& [path, blob] = found;
    GitChange change{path, blob, facts_of(blob, stay, head.find(path) == blob)};
    change.facts.paths_total = paths[blob];
    out.blobs.push_back(std::move(change));
  }
  for (const RangeCommit& commit : range_.commits) out.commits.push_back(commit.id);
  out.gone = gone();
  return out;
}

std::vector<RangeHistory::Found> RangeHistory::differences(const GitId& tree,
                                                           const TreeSide& beside) {
  std::vector<Found> found;
  diff_.each_difference(TreeSide(tree), beside,
                        [&](std::string path, const GitId& blob, const GitId*) {
                          if (found.size() < kPlacesMax) found.emplace_back(std::move(path), blob);
                        });
  std::sort(found.begin(), found.end());
  return found;
}

// What stood somewhere before the range, and nothing stands there behind it.
std::vector<GitGone> RangeHistory::gone() {
  std::set<Found> found;
  const TreeSide end(range_.commits.back().tree);
  for (const GitId& tree : range_.border) {
    diff_.each_difference(TreeSide(tree), end,
                          [&](std::string path, const GitId& blob, const GitId* twin) {
                            if (twin == nullptr) found.emplace(std::move(path), blob);
                          });
  }
  std::vector<GitGone> list;
  list.reserve(found.size());
  for (const auto& [path, blob] : found) list.push_back({path, blob});
  return list;
}

namespace {

template <class T>
std::vector<T> common(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

}  // namespace

// Came: in no parent. Went: in some parent; of its own doing if in every one.
void RangeHistory::compare(std::size_t number) {
  const RangeCommit& commit = range_.commits[number];
  const auto& parents = commit.parent_trees;
  const TreeSide tree(commit.tree);
  std::vector<Found> came =
      differences(commit.tree, parents.empty() ? TreeSide() : TreeSide(parents.front()));
  std::vector<Found> went_by_all;
  for (std::size_t k = 0; k < parents.size(); ++k) {
    if (k > 0 && !came.empty()) {
      came = common(came, differences(commit.tree, TreeSide(parents[k])));
    }
    std::vector<Found> went = differences(parents[k], tree);
    for (const Found& found : went) note_taken(found, commit, k, number);
    went_by_all = k == 0 ? std::move(went) : common(went_by_all, went);
  }
  for (const Found& found : went_by_all) {
    if (const auto at = stays_.find(found); at != stays_.end()) at->second.removed = number;
  }
  for (Found& found : came) {
    Stay& stay = stays_[std::move(found)];
    if (stay.first == Stay::kNone) stay.first = number;
    stay.last = std::max(stay.last, number);
  }
}

void RangeHistory::note_taken(const Found& found, const RangeCommit& commit, std::size_t parent,
                              std::size_t number) {
  const auto at = stays_.find(found);
  if (at == stays_.end()) return;
  at->second.taken = number;
  const auto holder = numbers_.find(commit.parents[parent]);
  if (holder != numbers_.end()) at->second.last = std::max(at->second.last, holder->second);
}

GitFacts RangeHistory::facts_of(const GitId& blob, const Stay& stay, bool in_head) {
  GitFacts facts;
  facts.blob = blob.hex();
  facts.reachable = true;
  facts.in_head = in_head;
  facts.introduced = commit(stay.first);
  const RangeCommit& last = in_head ? range_.commits.back() : range_.commits[stay.last];
  facts.last_seen_commit = last.id.hex();
  facts.last_seen = Instant{last.date};
  const std::size_t removal = stay.removed != Stay::kNone ? stay.removed : stay.taken;
  if (!in_head && removal != Stay::kNone) {
    facts.removed_commit = range_.commits[removal].id.hex();
    facts.removed_date = Instant{range_.commits[removal].date};
  }
  return facts;
}

// A commit brings in many blobs.
const CommitFacts& RangeHistory::commit(std::size_t number) {
  const auto [at, fresh] = commits_.try_emplace(number);
  if (fresh) at->second = commit_facts(store_, range_.commits[number].id);
  return at->second;
}

}  // namespace nhi

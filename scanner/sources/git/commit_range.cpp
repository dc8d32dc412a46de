#include "scanner/sources/git/commit_range.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace nhi {
namespace {

// Commits that are looked at though all seems to be told; git has 5.
constexpr std::size_t kSlop = 64;

struct Known {
  GitRead outcome = GitRead::kMissing;
  GitId tree;
  std::int64_t date = 0;
  std::vector<GitId> parents;
  bool from_head = false;
  bool from_since = false;
  bool walked = false;  // its parents know of it
};

class Walk {
 public:
  Walk(GitStore& store, const std::vector<GitId>& shallow, GitDamage& damage)
      : store_(store), shallow_(shallow), damage_(damage) {}

  void run(const GitId& head, const GitId& since) {
    mark(head, true, false);
    mark(since, false, true);
    std::size_t slop = kSlop;
    while (!queue_.empty()) {
      const auto [date, id] = queue_.top();
      queue_.pop();
      Known& commit = known_.at(id);
      if (std::exchange(commit.walked, true)) continue;
      if (commit.from_head && !commit.from_since) {
        --undecided_;
        oldest_ = std::min(oldest_, date);
        slop = kSlop;
      } else if (undecided_ == 0 && date < oldest_ && slop-- == 0) {
        return;
      }
      if (is_cut(id)) continue;
      // mark() may move what `commit` is.
      const std::vector<GitId> parents = commit.parents;
      const bool from_head = commit.from_head;
      const bool from_since = commit.from_since;
      for (const GitId& parent : parents) mark(parent, from_head, from_since);
    }
  }

  [[nodiscard]] CommitRange result() {
    CommitRange range;
    std::set<GitId> border;
    for (const GitId& id : in_order()) {
      const Known& commit = known_.at(id);
      RangeCommit row{id, commit.tree, commit.date, {}, {}};
      range.cut = range.cut || (is_cut(id) && !commit.parents.empty());
      for (const GitId& parent : commit.parents) {
        const auto at = known_.find(parent);
        if (at == known_.end() || at->second.outcome != GitRead::kFound) continue;
        row.parents.push_back(parent);
        row.parent_trees.push_back(at->second.tree);
        if (!is_in_range(at->second)) border.insert(at->second.tree);
      }
      range.commits.push_back(std::move(row));
    }
    range.border.assign(border.begin(), border.end());
    return range;
  }

 private:
  static bool is_in_range(const Known& commit) {
    return commit.outcome == GitRead::kFound && commit.from_head && !commit.from_since;
  }
  [[nodiscard]] bool is_cut(const GitId& id) const {
    return std::binary_search(shallow_.begin(), shallow_.end(), id);
  }

  Known& commit_of(const GitId& id) {
    const auto [at, fresh] = known_.try_emplace(id);
    Known& commit = at->second;
    if (!fresh) return commit;
    std::string content;
    commit.outcome = store_.read_typed(id, GitType::kCommit, content);
    const auto parsed = commit.outcome == GitRead::kFound ? parse_commit(content) : std::nullopt;
    if (!parsed && commit.outcome == GitRead::kFound) commit.outcome = GitRead::kCorrupt;
    damage_.note(id, commit.outcome);
    if (!parsed) return commit;
    commit.tree = parsed->tree;
    commit.date = parsed->date;
    commit.parents = parsed->parents;
    return commit;
  }

  // One that was walked already is walked again if it is told anything new.
  void mark(const GitId& id, bool from_head, bool from_since) {
    Known& commit = commit_of(id);
    if (commit.outcome != GitRead::kFound) return;
    const bool was_undecided = !commit.walked && commit.from_head && !commit.from_since;
    const bool news = (from_head && !commit.from_head) || (from_since && !commit.from_since);
    if (!news) return;
    commit.from_head = commit.from_head || from_head;
    commit.from_since = commit.from_since || from_since;
    commit.walked = false;
    const bool undecided = commit.from_head && !commit.from_since;
    if (undecided && !was_undecided) ++undecided_;
    if (!undecided && was_undecided) --undecided_;
    queue_.emplace(commit.date, id);
  }

  [[nodiscard]] std::vector<GitId> in_order() const {
    std::map<GitId, std::size_t> waiting;  // for so many parents
    std::map<GitId, std::vector<GitId>> children;
    using Row = std::pair<std::int64_t, GitId>;
    std::priority_queue<Row, std::vector<Row>, std::greater<>> ready;
    for (const auto& [id, commit] : known_) {
      if (!is_in_range(commit)) continue;
      std::size_t parents = 0;
      const std::set<GitId> each(commit.parents.begin(), commit.parents.end());
      for (const GitId& parent : each) {
        const auto at = known_.find(parent);
        if (at == known_.end() || !is_in_range(at->second)) continue;
        children[parent].push_back(id);
        ++parents;
      }
      waiting[id] = parents;
      if (parents == 0) ready.emplace(commit.date, id);
    }
    std::vector<GitId> order;
    while (!ready.empty()) {
      const GitId id = ready.top().second;
      ready.pop();
      order.push_back(id);
      for (const GitId& child : children[id]) {
        if (--waiting[child] == 0) ready.emplace(known_.at(child).date, child);
      }
    }
    return order;
  }

  GitStore& store_;
  const std::vector<GitId>& shallow_;
  GitDamage& damage_;
  std::map<GitId, Known> known_;
  std::priority_queue<std::pair<std::int64_t, GitId>> queue_;  // the newest first
  std::size_t undecided_ = 0;  // in the queue, and reached from HEAD alone so far
  std::int64_t oldest_ = INT64_MAX;
};

}  // namespace

CommitRange commit_range(GitStore& store, const GitId& head, const GitId& since,
                         const std::vector<GitId>& shallow, GitDamage& damage) {
  Walk walk(store, shallow, damage);
  walk.run(head, since);
  return walk.result();
}

}  // namespace nhi

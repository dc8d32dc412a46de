// One walk over history, parents before children. Each commit's tree is compared with its
// parents', and only where they differ and hold something wanted. No tree is read for it.
#include "scanner/sources/git/history.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

// A few trees that hold each other ten times over, ten deep, have more paths than can be walked.
/// Pairs of trees that are compared: ansible.git, with a quarter of a million commits, needs 23
/// million. Over it: unread.
constexpr std::uint64_t kTreePairsMax = 100'000'000;
/// Places that one commit changes, and that are remembered over all, of about 100 bytes each; over
/// it: unread.
constexpr std::size_t kPlacesMax = 1'000'000;
/// Paths that are remembered, folders included, of about 30 bytes each; over it: unread.
constexpr std::size_t kPathsMax = 4'000'000;
/// Folders within each other; over it: unread.
constexpr std::size_t kTreeDepthMax = 4096;

// A blob at a path.
struct StayKey {
  std::uint32_t blob = 0;
  std::uint32_t path = 0;
  [[nodiscard]] std::uint64_t hash() const { return spread(std::uint64_t{blob} << 32U | path); }
  friend auto operator<=>(const StayKey&, const StayKey&) = default;
};

class History {
 public:
  History(GitGraph& graph, const GitPlan& plan, const Containment& containment)
      : graph_(graph), plan_(plan), containment_(containment) {
    for (const GitGraph::Commit& commit : graph.commits()) {
      roots_.push_back(plan.number(commit.tree));
    }
  }

  void run(const GitWanted& numbers) {
    const auto& commits = graph_.commits();
    for (std::uint32_t i = 0; i < commits.size() && !full_; ++i) compare(i);
    if (graph_.head() != GitGraph::kNone) {
      each_difference(roots_[graph_.head()], kNoKey, PathTable::kTop, [&](StayKey found) {
        GitStay& stay = stay_of(found);
        stay.in_head = true;
        stay.last = graph_.head();
      });
    }
    for (const GitGraph::Loose& loose : graph_.loose()) add_loose(loose, numbers);
  }

  std::vector<GitStay> take_stays() { return std::move(stays_); }
  PathTable take_paths() { return std::move(paths_); }
  [[nodiscard]] bool full() const { return full_; }

 private:
  using Visit = std::function<void(StayKey found)>;

  GitStay& stay_of(StayKey key) {
    if (const std::uint32_t* const known = numbers_.find(key)) return stays_[*known];
    numbers_.insert(key, static_cast<std::uint32_t>(stays_.size()));
    if (stays_.size() + 1 >= kPlacesMax) full_ = true;
    GitStay stay;
    stay.blob = key.blob;
    stay.path = key.path;
    return stays_.emplace_back(stay);
  }

  struct Pair {
    std::uint32_t tree = kNoKey;
    std::uint32_t beside = kNoKey;
    std::uint32_t folder = PathTable::kTop;
    std::size_t depth = 0;
  };

  /// Wanted blobs of `root` that `beside` does not have at the same path.
  void each_difference(std::uint32_t root, std::uint32_t beside, std::uint32_t folder,
                       const Visit& visit) {
    std::vector<Pair> pairs;
    pairs.push_back({root, beside, folder, 0});
    while (!pairs.empty() && !full_) {
      const Pair pair = pairs.back();
      pairs.pop_back();
      if (pair.beside == pair.tree) continue;
      if (++pairs_seen_ > kTreePairsMax || pair.depth > kTreeDepthMax ||
          paths_.size() > kPathsMax) {
        full_ = true;
        return;
      }
      const auto others = containment_.items(pair.beside);
      auto other = others.begin();
      for (const std::uint32_t number : containment_.items(pair.tree)) {
        const TreeItem& item = containment_.item(number);
        while (other != others.end() && containment_.item(*other).name < item.name) ++other;
        // Where one name is several things in a strange tree, each is compared with all of them.
        bool same = false;
        std::uint32_t twin = kNoKey;
        for (auto at = other; at != others.end() && containment_.item(*at).name == item.name;
             ++at) {
          same = same || *at == number;
          if (containment_.item(*at).is_tree()) twin = containment_.item(*at).key;
        }
        if (same || item.key >= kMissingKey) continue;
        const std::uint32_t path = paths_.number(pair.folder, item.name);
        if (item.is_tree()) {
          pairs.push_back({item.key, twin, path, pair.depth + 1});
        } else {
          visit({item.key - kWantedKey, path});
        }
      }
    }
  }

  std::vector<StayKey> differences(std::uint32_t root, std::uint32_t beside) {
    std::vector<StayKey> found;
    each_difference(root, beside, PathTable::kTop, [&](StayKey key) {
      found.push_back(key);
      if (found.size() >= kPlacesMax) full_ = true;
    });
    std::sort(found.begin(), found.end());
    return found;
  }

  static std::vector<StayKey> common(std::vector<StayKey> a, const std::vector<StayKey>& b) {
    std::vector<StayKey> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
  }

  void compare(std::uint32_t number) {
    const auto& commits = graph_.commits();
    const GitGraph::Commit& commit = commits[number];
    // Came: in no parent. Went: in some parent; of its own doing if in every one.
    std::vector<StayKey> came = differences(roots_[number], first_parent(commit));
    std::vector<StayKey> went_by_all;
    for (std::uint32_t k = 0; k < commit.parents; ++k) {
      const std::uint32_t parent = graph_.parent(commit, k);
      if (k > 0 && !came.empty()) came = common(came, differences(roots_[number], roots_[parent]));
      std::vector<StayKey> went = differences(roots_[parent], roots_[number]);
      for (const StayKey key : went) {
        GitStay& stay = stay_of(key);
        stay.last = std::max(stay.last, parent);
        note_removal(commit, number, stay.taken_in_head, stay.taken);
      }
      went_by_all = k == 0 ? std::move(went) : common(std::move(went_by_all), went);
    }
    for (const StayKey key : went_by_all) {
      GitStay& stay = stay_of(key);
      note_removal(commit, number, stay.removed_in_head, stay.removed);
    }
    for (const StayKey key : came) {
      GitStay& stay = stay_of(key);
      if (stay.first == GitStay::kNone) stay.first = number;
      stay.refs = graph_.join_refs(stay.refs, commit.refs);
    }
    // What no later commit can take away, and what a branch holds at its end.
    if (commit.has_child && !commit.is_branch) return;
    each_difference(roots_[number], kNoKey, PathTable::kTop, [&](StayKey key) {
      GitStay& stay = stay_of(key);
      stay.last = std::max(stay.last, number);
      stay.on_branch = stay.on_branch || commit.is_branch;
    });
  }

  [[nodiscard]] std::uint32_t first_parent(const GitGraph::Commit& commit) const {
    return commit.parents == 0 ? kNoKey : roots_[graph_.parent(commit, 0)];
  }

  // Commits come in order, so the last one noted is the newest.
  static void note_removal(const GitGraph::Commit& commit, std::uint32_t number,
                           std::uint32_t& in_head, std::uint32_t& any) {
    // A stash keeps untracked files apart from what it is made of: nobody removed those.
    if (commit.on_line) any = number;
    if (commit.in_head) in_head = number;
  }

  // It stands under the name of its ref.
  void add_loose(const GitGraph::Loose& loose, const GitWanted& numbers) {
    const std::uint32_t top = paths_.add_text(loose.full_name);
    const auto add = [&](StayKey key) {
      GitStay& stay = stay_of(key);
      stay.refs = graph_.join_refs(stay.refs, graph_.only_ref(loose.ref));
    };
    if (loose.type == GitType::kTree) {
      each_difference(plan_.number(loose.id), kNoKey, top, add);
    } else if (const std::uint32_t blob = numbers.find(loose.id); blob != kNoKey) {
      add({blob, top});
    }
  }

  GitGraph& graph_;  // gets sets of refs
  const GitPlan& plan_;
  const Containment& containment_;
  std::vector<std::uint32_t> roots_;  // numbers of trees, by commit
  PathTable paths_;
  FlatTable<StayKey, std::uint32_t> numbers_;
  std::vector<GitStay> stays_;
  std::uint64_t pairs_seen_ = 0;
  bool full_ = false;
};

// Is an id in a sorted list? Entries of trees repeat from version to version: a small table of
// what was just found answers most questions without leaving the cache.
class SortedIds {
 public:
  explicit SortedIds(const std::vector<GitId>& ids) : ids_(ids), recent_(1U << 15U) {
    starts_.resize(65'537);
    std::size_t at = 0;
    for (std::size_t prefix = 0; prefix <= 65'536; ++prefix) {
      while (at < ids.size() && prefix_of(ids[at]) < prefix) ++at;
      starts_[prefix] = static_cast<std::uint32_t>(at);
    }
  }
  [[nodiscard]] bool contains(const GitId& id) {
    GitId& recent = recent_[id.hash() & (recent_.size() - 1)];
    if (recent == id) return true;
    const std::size_t prefix = prefix_of(id);
    const auto begin = ids_.begin() + starts_[prefix];
    const auto end = ids_.begin() + starts_[prefix + 1];
    if (!std::binary_search(begin, end, id)) return false;
    recent = id;
    return true;
  }

 private:
  static std::size_t prefix_of(const GitId& id) {
    return static_cast<std::size_t>(id.bytes[0]) << 8U | id.bytes[1];
  }
  const std::vector<GitId>& ids_;
  std::vector<std::uint32_t> starts_;
  std::vector<GitId> recent_;
};

}  // namespace

CommitFacts commit_facts(GitStore& store, const GitId& id) {
  CommitFacts facts;
  facts.commit = id.hex();
  std::string content;
  if (store.read_typed(id, GitType::kCommit, content) != GitRead::kFound) return facts;
  if (const auto text = parse_commit(content)) {
    facts.author = text->author;
    facts.committer = text->committer;
    facts.date = Instant{text->date};
  }
  return facts;
}

GitAttribution attribute_blobs(GitStore& store, GitGraph graph,
                               const std::shared_ptr<const GitPlan>& plan,
                               const Containment& containment, const std::vector<GitObject>& wanted,
                               std::vector<Unread>& unread) {
  if (wanted.empty()) return {};
  History history(graph, *plan, containment);
  history.run(GitWanted(wanted));
  if (history.full() || containment.full()) unread.push_back({{}, ".git", kHistoryTooLarge, 0});
  std::vector<GitStay> stays = history.take_stays();
  std::unordered_map<std::uint32_t, CommitFacts> people;
  for (const GitStay& stay : stays) {
    if (stay.first == GitStay::kNone || people.count(stay.first) > 0) continue;
    const GitGraph::Commit& commit = graph.commits()[stay.first];
    CommitFacts& facts = people[stay.first] = commit_facts(store, commit.id);
    facts.date = Instant{commit.date};
  }
  PathTable paths = history.take_paths();
  return {plan, std::move(graph), std::move(paths), wanted, std::move(stays), std::move(people)};
}

void note_missing(const GitGraph& graph, const GitPlan& plan, const Containment& containment,
                  GitDamage& damage) {
  const TreeChanges& trees = plan.gathered().trees();
  for (const GitId& id : trees.corrupt) damage.note(id, GitRead::kCorrupt);
  std::vector<bool> seen(plan.numbers());
  std::vector<std::uint32_t> waiting;
  const auto visit = [&](std::uint32_t tree) {
    if (seen[tree]) return;
    seen[tree] = true;
    waiting.push_back(tree);
  };
  const auto start = [&](const GitId& tree) {
    const std::uint32_t number = plan.number(tree);
    if (number != kNoKey) {
      visit(number);
    } else if (!is_empty_tree(tree)) {
      damage.note(tree, GitRead::kMissing);
    }
  };
  for (const GitGraph::Commit& commit : graph.commits()) start(commit.tree);
  for (const GitGraph::Loose& loose : graph.loose()) {
    if (loose.type == GitType::kTree) start(loose.id);
  }
  while (!waiting.empty()) {
    const std::uint32_t tree = waiting.back();
    waiting.pop_back();
    for (const std::uint32_t number : containment.items(tree)) {
      const TreeItem& item = containment.item(number);
      if (item.is_tree()) visit(item.key);
      if (item.key >= kMissingKey) {
        damage.note(trees.missing[item.key - kMissingKey], GitRead::kMissing);
      }
    }
  }
}

void check_history(GitStore& store, const GitGraph& graph, const std::vector<GitId>& ids,
                   GitDamage& damage) {
  SortedIds present(ids);
  FlatTable<GitId, char> seen;
  std::vector<GitId> waiting;
  const auto visit = [&](const GitId& tree) {
    if (seen.insert(tree, 1)) waiting.push_back(tree);
  };
  const auto drain = [&] {
    std::string text;
    while (!waiting.empty()) {
      const GitId id = waiting.back();
      waiting.pop_back();
      const GitRead outcome = store.read_typed(id, GitType::kTree, text);
      if (outcome != GitRead::kFound) {
        damage.note(id, outcome);
        continue;
      }
      std::string_view rest = text;
      TreeEntry entry;
      while (take_tree_entry(rest, entry)) {
        if (entry.kind == TreeEntry::Kind::kTree) {
          visit(entry.id);
        } else if (entry.kind == TreeEntry::Kind::kBlob && !present.contains(entry.id)) {
          damage.note(entry.id, GitRead::kMissing);
        }
      }
      if (!rest.empty()) damage.note(id, GitRead::kCorrupt);
    }
  };
  for (const GitGraph::Commit& commit : graph.commits()) {
    visit(commit.tree);
    drain();
  }
  for (const GitGraph::Loose& loose : graph.loose()) {
    if (loose.type == GitType::kTree) visit(loose.id);
  }
  drain();
}

}  // namespace nhi

// One walk over history, parents before children. Each commit's tree is compared with its
// parents', and only where they differ and hold something wanted. No tree is read for it.
#include "scanner/sources/git/history.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

// A few trees that hold each other ten times over, ten deep, have more paths than can be walked.
/// Pairs of trees that are compared; git.git's whole history needs fewer. Over it: unread.
constexpr std::uint64_t kTreePairsMax = 20'000'000;
/// Places that one commit changes, and that are remembered over all; over it: unread.
constexpr std::size_t kPlacesMax = 200'000;
/// Folders within each other; over it: unread.
constexpr std::size_t kTreeDepthMax = 4096;

// What is known of one blob at one path. Numbers are commits, in order.
struct Stay {
  static constexpr std::uint32_t kNone = GitGraph::kNone;
  std::uint32_t first = kNone;
  std::uint32_t last = 0;
  std::uint32_t removed_in_head = kNone;  // by a commit that HEAD reaches
  std::uint32_t removed = kNone;          // by any
  std::uint32_t taken_in_head = kNone;    // the same, by merges that took the side without it
  std::uint32_t taken = kNone;
  std::set<std::uint32_t> refs;  // numbers of names
  bool on_branch = false;        // at the end of a branch
  bool in_head = false;
};

class History {
 public:
  History(GitStore& store, const GitGraph& graph, const GitPlan& plan,
          const Containment& containment, std::size_t wanted)
      : store_(store),
        graph_(graph),
        plan_(plan),
        containment_(containment),
        names_(plan.gathered().trees().names),
        stays_(wanted) {
    for (const GitGraph::Commit& commit : graph.commits()) {
      roots_.push_back(plan.number(commit.tree));
    }
  }

  void run() {
    const auto& commits = graph_.commits();
    for (std::uint32_t i = 0; i < commits.size() && !full_; ++i) compare(i);
    if (graph_.head() != GitGraph::kNone) {
      each_difference(roots_[graph_.head()], kNoKey,
                      [&](const std::string& path, std::uint32_t blob) {
                        Stay& stay = stay_of(blob, path);
                        stay.in_head = true;
                        stay.last = graph_.head();
                      });
    }
  }

  GitPlaces places(const std::vector<GitObject>& wanted, const GitWanted& numbers) {
    for (const GitGraph::Loose& loose : graph_.loose()) add_loose(loose, numbers);
    GitPlaces out;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::vector<GitPlace>& list = out[wanted[i].id.hex()];
      if (!list.empty()) continue;  // asked for twice
      const auto& stays = stays_[numbers.find(wanted[i].id)];
      for (const auto& [path, stay] : stays) {
        list.push_back(place_of(wanted[i].id, path, stay));
        list.back().facts.paths_total = stays.size();
      }
      if (!list.empty()) continue;
      GitPlace nowhere;
      nowhere.facts.blob = wanted[i].id.hex();
      list.push_back(std::move(nowhere));
    }
    return out;
  }

  [[nodiscard]] bool full() const { return full_; }

 private:
  using Found = std::pair<std::string, std::uint32_t>;  // path, blob
  using Visit = std::function<void(const std::string& path, std::uint32_t blob)>;

  Stay& stay_of(std::uint32_t blob, const std::string& path) {
    const auto [at, fresh] = stays_[blob].try_emplace(path);
    if (fresh && ++places_ >= kPlacesMax) full_ = true;
    return at->second;
  }

  struct Pair {
    std::uint32_t tree = kNoKey;
    std::uint32_t beside = kNoKey;
    std::string prefix;
    std::size_t depth = 0;
  };

  /// Wanted blobs of `root` that `beside` does not have at the same path.
  void each_difference(std::uint32_t root, std::uint32_t beside, const Visit& visit) {
    std::vector<Pair> pairs;
    pairs.push_back({root, beside, {}, 0});
    while (!pairs.empty() && !full_) {
      const Pair pair = std::move(pairs.back());
      pairs.pop_back();
      if (pair.beside == pair.tree) continue;
      if (++pairs_seen_ > kTreePairsMax || pair.depth > kTreeDepthMax) {
        full_ = true;
        return;
      }
      const auto others = containment_.items(pair.beside);
      auto other = others.begin();
      for (const TreeItem& item : containment_.items(pair.tree)) {
        while (other != others.end() && other->name < item.name) ++other;
        // Where one name is several things in a strange tree, each is compared with all of them.
        bool same = false;
        std::uint32_t twin = kNoKey;
        for (auto at = other; at != others.end() && at->name == item.name; ++at) {
          same = same || at->key == item.key;
          if (at->is_tree()) twin = at->key;
        }
        if (same || item.key >= kMissingKey) continue;
        std::string path = pair.prefix + std::string(names_.name(item.name));
        if (item.is_tree()) {
          pairs.push_back({item.key, twin, path + "/", pair.depth + 1});
        } else {
          visit(path, item.key - kWantedKey);
        }
      }
    }
  }

  std::vector<Found> differences(std::uint32_t root, std::uint32_t beside) {
    std::vector<Found> found;
    each_difference(root, beside, [&](const std::string& path, std::uint32_t blob) {
      found.emplace_back(path, blob);
      if (found.size() >= kPlacesMax) full_ = true;
    });
    std::sort(found.begin(), found.end());
    return found;
  }

  static std::vector<Found> common(std::vector<Found> a, const std::vector<Found>& b) {
    std::vector<Found> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
  }

  void compare(std::uint32_t number) {
    const auto& commits = graph_.commits();
    const GitGraph::Commit& commit = commits[number];
    // Came: in no parent. Went: in some parent; of its own doing if in every one.
    std::vector<Found> came = differences(roots_[number], first_parent(commit));
    std::vector<Found> went_by_all;
    for (std::uint32_t k = 0; k < commit.parents; ++k) {
      const std::uint32_t parent = graph_.parent(commit, k);
      if (k > 0 && !came.empty()) came = common(came, differences(roots_[number], roots_[parent]));
      std::vector<Found> went = differences(roots_[parent], roots_[number]);
      for (const auto& [path, blob] : went) {
        Stay& stay = stay_of(blob, path);
        stay.last = std::max(stay.last, parent);
        note_removal(commit, number, stay.taken_in_head, stay.taken);
      }
      went_by_all = k == 0 ? std::move(went) : common(std::move(went_by_all), went);
    }
    for (const auto& [path, blob] : went_by_all) {
      Stay& stay = stay_of(blob, path);
      note_removal(commit, number, stay.removed_in_head, stay.removed);
    }
    for (const auto& [path, blob] : came) {
      Stay& stay = stay_of(blob, path);
      if (stay.first == Stay::kNone) stay.first = number;
      const auto& names = graph_.ref_set(commit.refs);
      stay.refs.insert(names.begin(), names.end());
    }
    // What no later commit can take away, and what a branch holds at its end.
    if (commit.has_child && !commit.is_branch) return;
    each_difference(roots_[number], kNoKey, [&](const std::string& path, std::uint32_t blob) {
      Stay& stay = stay_of(blob, path);
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
    const auto add = [&](const std::string& path, std::uint32_t blob) {
      stay_of(blob, loose.full_name + path).refs.insert(loose.ref);
    };
    if (loose.type == GitType::kTree) {
      each_difference(plan_.number(loose.id), kNoKey,
                      [&](const std::string& path, std::uint32_t blob) { add("/" + path, blob); });
    } else if (const std::uint32_t blob = numbers.find(loose.id); blob != kNoKey) {
      add({}, blob);
    }
  }

  [[nodiscard]] static std::uint32_t removal_of(const Stay& stay) {
    if (stay.in_head || stay.on_branch) return Stay::kNone;
    if (stay.removed_in_head != Stay::kNone) return stay.removed_in_head;
    if (stay.taken_in_head != Stay::kNone) return stay.taken_in_head;
    return stay.removed != Stay::kNone ? stay.removed : stay.taken;
  }

  [[nodiscard]] GitPlace place_of(const GitId& id, const std::string& path, const Stay& stay) {
    GitPlace place;
    place.path = path;
    place.facts.blob = id.hex();
    place.facts.reachable = true;
    place.facts.in_head = stay.in_head;
    for (const std::uint32_t name : stay.refs) {
      if (place.facts.refs.size() == kRefsListedMax) break;
      place.facts.refs.push_back(graph_.names()[name]);
    }
    if (stay.first == Stay::kNone) return place;  // only a tag names it
    const auto& commits = graph_.commits();
    place.facts.introduced = commit_facts(store_, commits[stay.first].id);
    place.facts.introduced.date = Instant{commits[stay.first].date};
    const std::uint32_t last = std::max(stay.last, stay.first);
    place.facts.last_seen_commit = commits[stay.in_head ? graph_.head() : last].id.hex();
    place.facts.last_seen = Instant{commits[stay.in_head ? graph_.head() : last].date};
    const std::uint32_t removal = removal_of(stay);
    if (removal != Stay::kNone) {
      place.facts.removed_commit = commits[removal].id.hex();
      place.facts.removed_date = Instant{commits[removal].date};
    }
    return place;
  }

  GitStore& store_;
  const GitGraph& graph_;
  const GitPlan& plan_;
  const Containment& containment_;
  const NameTable& names_;
  std::vector<std::uint32_t> roots_;  // numbers of trees, by commit
  std::vector<std::map<std::string, Stay>> stays_;
  std::uint64_t pairs_seen_ = 0;
  std::size_t places_ = 0;
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

GitPlaces attribute_blobs(GitStore& store, const GitGraph& graph, const GitPlan& plan,
                          const Containment& containment, const std::vector<GitObject>& wanted,
                          std::vector<Unread>& unread) {
  if (wanted.empty()) return {};
  History history(store, graph, plan, containment, wanted.size());
  history.run();
  GitPlaces places = history.places(wanted, GitWanted(wanted));
  if (history.full()) unread.push_back({{}, ".git", kHistoryTooLarge, 0});
  return places;
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
    for (const TreeItem& item : containment.items(tree)) {
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

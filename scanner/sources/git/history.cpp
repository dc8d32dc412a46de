// One walk over history, parents before children. Each commit's tree is compared with its
// parents', and only where they differ; a subtree is entered only if it can hold a wanted blob,
// which is found out once for each tree however many commits keep it.
#include "scanner/sources/git/history.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
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

using TreeText = std::shared_ptr<const std::string>;

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
  History(GitStore& store, const GitGraph& graph, const std::vector<GitObject>& wanted)
      : store_(store), graph_(graph), stays_(wanted.size()) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wanted_.insert(wanted[i].id, static_cast<std::uint32_t>(i));
    }
  }

  void run() {
    const auto& commits = graph_.commits();
    for (std::uint32_t i = 0; i < commits.size() && !full_; ++i) compare(i);
    if (graph_.head() != GitGraph::kNone) {
      each_difference(commits[graph_.head()].tree, nullptr,
                      [&](const std::string& path, std::uint32_t blob) {
                        Stay& stay = stay_of(blob, path);
                        stay.in_head = true;
                        stay.last = graph_.head();
                      });
    }
    for (const GitGraph::Loose& loose : graph_.loose()) add_loose(loose);
  }

  GitPlaces places(const std::vector<GitObject>& wanted) {
    GitPlaces out;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      std::vector<GitPlace>& list = out[wanted[i].id.hex()];
      const std::uint32_t* first = wanted_.find(wanted[i].id);
      if (!list.empty() || first == nullptr) continue;  // asked for twice
      for (const auto& [path, stay] : stays_[*first]) {
        list.push_back(place_of(wanted[i].id, path, stay));
        list.back().facts.paths_total = stays_[*first].size();
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

  // True if a wanted blob is in the tree or below it. Iterative; found out once a tree.
  bool holds_wanted(const GitId& root) {
    struct Level {
      GitId id;
      TreeText text;
      std::string_view rest;
      bool found = false;
    };
    if (const char* known = holds_.find(root)) return *known != 0;
    std::vector<Level> levels;
    const auto enter = [&](const GitId& id) {
      TreeText text;
      if (store_.tree(id, text) != GitRead::kFound) text = std::make_shared<std::string>();
      levels.push_back({id, text, *text});
    };
    enter(root);
    bool found = false;
    while (!levels.empty()) {
      Level& level = levels.back();
      TreeEntry entry;
      bool entered = false;
      while (!level.found && take_tree_entry(level.rest, entry)) {
        if (entry.kind == TreeEntry::Kind::kBlob) {
          level.found = wanted_.find(entry.id) != nullptr;
        } else if (entry.kind == TreeEntry::Kind::kTree) {
          const char* known = holds_.find(entry.id);
          if (known == nullptr) {
            enter(entry.id);
            entered = true;
            break;
          }
          level.found = *known != 0;
        }
      }
      if (entered) continue;
      found = level.found;
      holds_.insert(level.id, found ? 1 : 0);
      levels.pop_back();
      if (!levels.empty()) levels.back().found = levels.back().found || found;
    }
    return found;
  }

  // Entries of a tree that matter: wanted blobs, and trees that hold one. By name and kind.
  struct Item {
    std::string_view name;
    GitId id;
    bool is_tree = false;
    friend bool operator<(const Item& a, const Item& b) {
      return std::tie(a.name, a.is_tree) < std::tie(b.name, b.is_tree);
    }
  };

  std::vector<Item> items_of(const GitId* tree, TreeText& text) {
    std::vector<Item> items;
    if (tree == nullptr || !holds_wanted(*tree)) return items;
    if (store_.tree(*tree, text) != GitRead::kFound) return items;
    std::string_view rest = *text;
    TreeEntry entry;
    while (take_tree_entry(rest, entry)) {
      const bool is_tree = entry.kind == TreeEntry::Kind::kTree;
      if (is_tree ? holds_wanted(entry.id)
                  : entry.kind == TreeEntry::Kind::kBlob && wanted_.find(entry.id) != nullptr) {
        items.push_back({entry.name, entry.id, is_tree});
      }
    }
    // git sorts folders as if their names ended with a slash, and strangers sort as they like.
    std::sort(items.begin(), items.end());
    return items;
  }

  struct Pair {
    GitId tree;
    std::optional<GitId> beside;
    std::string prefix;
    std::size_t depth = 0;
  };

  /// Wanted blobs of `root` that `beside` does not have at the same path.
  void each_difference(const GitId& root, const GitId* beside, const Visit& visit) {
    std::vector<Pair> pairs;
    pairs.push_back({root, std::nullopt, {}, 0});
    if (beside != nullptr) pairs.back().beside = *beside;
    while (!pairs.empty() && !full_) {
      const Pair pair = std::move(pairs.back());
      pairs.pop_back();
      if (pair.beside == pair.tree) continue;
      if (++pairs_seen_ > kTreePairsMax || pair.depth > kTreeDepthMax) {
        full_ = true;
        return;
      }
      TreeText text;
      TreeText beside_text;
      const std::vector<Item> items = items_of(&pair.tree, text);
      const std::vector<Item> others =
          items.empty() ? std::vector<Item>()
                        : items_of(pair.beside ? &*pair.beside : nullptr, beside_text);
      for (const Item& item : items) {
        const auto twin = std::lower_bound(others.begin(), others.end(), item);
        const bool paired =
            twin != others.end() && twin->name == item.name && twin->is_tree == item.is_tree;
        if (paired && twin->id == item.id) continue;
        std::string path = pair.prefix + std::string(item.name);
        if (!item.is_tree) {
          visit(path, *wanted_.find(item.id));
        } else {
          pairs.push_back({item.id, paired ? std::optional<GitId>(twin->id) : std::nullopt,
                           path + "/", pair.depth + 1});
        }
      }
    }
  }

  std::vector<Found> differences(const GitId& root, const GitId* beside) {
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
    std::vector<Found> came = differences(commit.tree, nullptr_or_parent(commit, 0));
    std::vector<Found> went_by_all;
    for (std::uint32_t k = 0; k < commit.parents; ++k) {
      const std::uint32_t parent = graph_.parent(commit, k);
      const GitId& parent_tree = commits[parent].tree;
      if (k > 0 && !came.empty()) came = common(came, differences(commit.tree, &parent_tree));
      std::vector<Found> went = differences(parent_tree, &commit.tree);
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
    each_difference(commit.tree, nullptr, [&](const std::string& path, std::uint32_t blob) {
      Stay& stay = stay_of(blob, path);
      stay.last = std::max(stay.last, number);
      stay.on_branch = stay.on_branch || commit.is_branch;
    });
  }

  [[nodiscard]] const GitId* nullptr_or_parent(const GitGraph::Commit& commit,
                                               std::uint32_t k) const {
    if (k >= commit.parents) return nullptr;
    return &graph_.commits()[graph_.parent(commit, k)].tree;
  }

  // Commits come in order, so the last one noted is the newest.
  static void note_removal(const GitGraph::Commit& commit, std::uint32_t number,
                           std::uint32_t& in_head, std::uint32_t& any) {
    // A stash keeps untracked files apart from what it is made of: nobody removed those.
    if (commit.on_line) any = number;
    if (commit.in_head) in_head = number;
  }

  // It stands under the name of its ref.
  void add_loose(const GitGraph::Loose& loose) {
    const auto add = [&](const std::string& path, std::uint32_t blob) {
      stay_of(blob, loose.full_name + path).refs.insert(loose.ref);
    };
    if (loose.type == GitType::kTree) {
      return each_difference(loose.id, nullptr, [&](const std::string& path, std::uint32_t blob) {
        add("/" + path, blob);
      });
    }
    if (const std::uint32_t* blob = wanted_.find(loose.id)) add({}, *blob);
  }

  [[nodiscard]] static std::uint32_t removal_of(const Stay& stay) {
    if (stay.in_head || stay.on_branch) return Stay::kNone;
    if (stay.removed_in_head != Stay::kNone) return stay.removed_in_head;
    if (stay.taken_in_head != Stay::kNone) return stay.taken_in_head;
    return stay.removed != Stay::kNone ? stay.removed : stay.taken;
  }

  [[nodiscard]] CommitFacts facts_of(std::uint32_t number) {
    const GitGraph::Commit& commit = graph_.commits()[number];
    CommitFacts facts{commit.id.hex(), {}, {}, Instant{commit.date}};
    std::string content;
    if (store_.read_typed(commit.id, GitType::kCommit, content) != GitRead::kFound) return facts;
    if (const auto text = parse_commit(content)) {
      facts.author = text->author;
      facts.committer = text->committer;
    }
    return facts;
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
    place.facts.introduced = facts_of(stay.first);
    const std::uint32_t last = std::max(stay.last, stay.first);
    place.facts.last_seen_commit = commits[stay.in_head ? graph_.head() : last].id.hex();
    place.newest = Instant{commits[stay.in_head ? graph_.head() : last].date};
    const std::uint32_t removal = removal_of(stay);
    if (removal != Stay::kNone) place.facts.removed_commit = commits[removal].id.hex();
    return place;
  }

  GitStore& store_;
  const GitGraph& graph_;
  FlatTable<GitId, std::uint32_t> wanted_;
  FlatTable<GitId, char> holds_;
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

GitPlaces attribute_blobs(GitStore& store, const GitGraph& graph,
                          const std::vector<GitObject>& wanted, std::vector<Unread>& unread) {
  if (wanted.empty()) return {};
  History history(store, graph, wanted);
  history.run();
  if (history.full()) unread.push_back({{}, ".git", "history-too-large", 0});
  return history.places(wanted);
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

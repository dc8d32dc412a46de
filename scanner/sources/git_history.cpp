// git_history.cpp - one walk over history: where wanted blobs stood, since when, until when.
//
// Commits are listed children first; what a ref reaches is handed down in that order. Then, parents
// first, each commit's tree is compared with its parents': only subtrees that differ from every
// parent's are entered, so an unchanged folder costs nothing however many commits keep it.

#include <algorithm>
#include <cstring>
#include <map>
#include <queue>
#include <set>
#include <unordered_set>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git_handles.hpp"

namespace nhi {
namespace {

constexpr std::size_t kRefsMax = 64;  // bits of a mask; heads first, then remotes, then tags
constexpr std::size_t kRefsListedMax = 20;
constexpr std::size_t kTreeDepthMax = 512;
constexpr std::size_t kMergeLooksMax = 200'000;

struct OidHash {
  std::size_t operator()(const git_oid& id) const {
    std::size_t value = 0;
    std::memcpy(&value, id.id, sizeof value);
    return value;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};
template <class T>
using OidMap = std::unordered_map<git_oid, T, OidHash, OidEqual>;
using OidSet = std::unordered_set<git_oid, OidHash, OidEqual>;

struct CommitRow {
  git_oid id{};
  git_oid tree{};
  std::vector<std::uint32_t> parents;  // rows; children stand before parents
  std::int64_t date = 0;
  std::uint64_t refs = 0;
  bool on_line = false;  // reached by a branch, a tag or HEAD, not just a stash
};

// What is known of one blob at one path.
struct Stay {
  std::uint32_t first_row = 0;  // introduced here
  std::uint32_t removed_row = 0;
  std::uint32_t last_row = 0;  // last commit seen to hold it
  std::uint64_t refs = 0;      // that reach any commit that introduced it
  bool introduced = false;
  bool removed = false;
  bool held = false;  // at the tip of a branch, or in HEAD
  bool in_head = false;
};
using Stays = std::map<std::string, Stay>;  // by path

class History {
 public:
  History(git_repository* repository, const std::vector<GitObject>& wanted,
          std::vector<Unread>& unread)
      : repository_(repository), unread_(unread) {
    for (const GitObject& object : wanted) {
      git_oid id;
      if (git_oid_fromstr(&id, object.id.c_str()) == 0) wanted_.insert(id);
    }
  }

  GitPlaces run() {
    list_commits();
    for (std::size_t i = rows_.size(); i-- > 0;) compare(static_cast<std::uint32_t>(i));
    mark_held();
    find_dropped_by_merges();
    return places();
  }

 private:
  // objects() has named what is missing or damaged: here it is only not asked for again, because
  // libgit2 looks through the whole store anew for each object it does not find.
  void push_tip(const git_oid& id) {
    if (git_oid_is_zero(&id) == 0) starts_.push_back(id);
  }

  void push_reflog(const char* name) {
    git_reflog* read = nullptr;
    if (git_reflog_read(&read, repository_, name) != 0) return;
    const ReflogPtr log(read);
    for (std::size_t i = 0; i < git_reflog_entrycount(read); ++i) {
      const git_reflog_entry* entry = git_reflog_entry_byindex(read, i);
      push_tip(*git_reflog_entry_id_old(entry));
      push_tip(*git_reflog_entry_id_new(entry));
    }
  }

  // Heads before remotes before tags before the rest, so that the mask holds those people know.
  static int ref_rank(const std::string& name) {
    if (name.starts_with("refs/heads/")) return 0;
    if (name.starts_with("refs/remotes/")) return 1;
    return name.starts_with("refs/tags/") ? 2 : 3;
  }

  static std::string short_name(const std::string& name) {
    for (const char* prefix : {"refs/heads/", "refs/remotes/", "refs/tags/", "refs/"}) {
      if (name.starts_with(prefix)) return name.substr(std::strlen(prefix));
    }
    return name;
  }

  void push_refs() {
    git_strarray names{};
    if (git_reference_list(&names, repository_) != 0) return;
    std::vector<std::string> refs(names.strings, names.strings + names.count);
    git_strarray_dispose(&names);
    std::sort(refs.begin(), refs.end(), [](const std::string& a, const std::string& b) {
      return std::make_pair(ref_rank(a), std::cref(a)) < std::make_pair(ref_rank(b), std::cref(b));
    });
    for (const std::string& name : refs) push_ref(name);
    push_reflog("HEAD");
    for (const char* name : {"HEAD", "FETCH_HEAD", "ORIG_HEAD"}) {
      git_oid id;
      if (git_reference_name_to_id(&id, repository_, name) != 0) continue;
      push_tip(id);
      if (std::strcmp(name, "HEAD") != 0) continue;
      branches_.push_back(id);
      lines_.insert(id);
    }
    push_work_trees();
  }

  void push_ref(const std::string& name) {
    push_reflog(name.c_str());
    git_reference* looked = nullptr;
    if (git_reference_lookup(&looked, repository_, name.c_str()) != 0) return;
    const ReferencePtr reference(looked);
    git_object* found = nullptr;
    if (git_reference_peel(&found, looked, GIT_OBJECT_ANY) != 0) return;
    const ObjectPtr target(found);
    const git_oid id = *git_object_id(found);
    const git_object_t type = git_object_type(found);
    if (type == GIT_OBJECT_BLOB && wanted_.contains(id)) direct_[id].emplace(name, name);
    if (type == GIT_OBJECT_TREE) {
      differing(id, {}, [&](const std::string& path, const git_oid& blob) {
        direct_[blob].emplace(name + "/" + path, name);
      });
    }
    if (type != GIT_OBJECT_COMMIT) return;
    push_tip(id);
    if (ref_rank(name) <= 1) branches_.push_back(id);
    if (ref_rank(name) <= 2) lines_.insert(id);
    if (ref_names_.size() < kRefsMax) {
      tips_[id] |= std::uint64_t{1} << ref_names_.size();
      ref_names_.push_back(short_name(name));
    }
  }

  // A linked work tree may stand on commits that no ref names.
  void push_work_trees() {
    git_strarray names{};
    if (git_worktree_list(&names, repository_) != 0) return;
    for (std::size_t i = 0; i < names.count; ++i) {
      const std::string name = names.strings[i];
      git_reference* looked = nullptr;
      if (git_repository_head_for_worktree(&looked, repository_, name.c_str()) == 0) {
        const ReferencePtr head(looked);
        if (const git_oid* id = git_reference_target(looked); id != nullptr) push_tip(*id);
      }
      push_reflog(("worktrees/" + name + "/HEAD").c_str());
    }
    git_strarray_dispose(&names);
  }

  // Not git_revwalk: a missing parent (shallow clone, damage, a pruned reflog entry) ends that one
  // early. Here the walk ends on that line of history only.
  void list_commits() {
    push_refs();
    std::vector<CommitRow> found;
    std::vector<std::vector<git_oid>> parents;
    OidMap<std::uint32_t> index;
    std::vector<git_oid> open = std::move(starts_);
    while (!open.empty()) {
      const git_oid id = open.back();
      open.pop_back();
      if (index.contains(id) || missing_.contains(id)) continue;
      git_commit* looked = nullptr;
      if (git_commit_lookup(&looked, repository_, &id) != 0) {
        missing_.insert(id);
        continue;
      }
      const CommitPtr commit(looked);
      index.emplace(id, static_cast<std::uint32_t>(found.size()));
      found.push_back(
          {id, *git_commit_tree_id(looked), {}, git_commit_time(looked), 0, lines_.contains(id)});
      parents.emplace_back();
      for (unsigned i = 0; i < git_commit_parentcount(looked); ++i) {
        parents.back().push_back(*git_commit_parent_id(looked, i));
        open.push_back(parents.back().back());
      }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (const git_oid& parent : parents[i]) {
        if (const auto at = index.find(parent); at != index.end()) {
          found[i].parents.push_back(at->second);
        }
      }
    }
    put_in_order(found);
    // Children stand first: one pass hands every ref down to all it reaches.
    for (CommitRow& row : rows_) {
      const auto tip = tips_.find(row.id);
      if (tip != tips_.end()) row.refs |= tip->second;
      for (const std::uint32_t parent : row.parents) hand_down(row, rows_[parent]);
    }
  }

  static void hand_down(const CommitRow& row, CommitRow& parent) {
    parent.refs |= row.refs;
    parent.on_line |= row.on_line;
  }

  // Children before parents whatever the dates say; among those free to stand next, the newest.
  void put_in_order(std::vector<CommitRow>& found) {
    std::vector<std::uint32_t> children(found.size());
    for (const CommitRow& row : found) {
      for (const std::uint32_t parent : row.parents) ++children[parent];
    }
    const auto older = [&](std::uint32_t a, std::uint32_t b) {
      if (found[a].date != found[b].date) return found[a].date < found[b].date;
      return git_oid_cmp(&found[a].id, &found[b].id) < 0;
    };
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(older)> next(older);
    for (std::uint32_t i = 0; i < found.size(); ++i) {
      if (children[i] == 0) next.push(i);
    }
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> place(found.size());
    while (!next.empty()) {
      const std::uint32_t row = next.top();
      next.pop();
      place[row] = static_cast<std::uint32_t>(order.size());
      order.push_back(row);
      for (const std::uint32_t parent : found[row].parents) {
        if (--children[parent] == 0) next.push(parent);
      }
    }
    for (const std::uint32_t row : order) {
      for (std::uint32_t& parent : found[row].parents) parent = place[parent];
      row_of_[found[row].id] = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back(std::move(found[row]));
    }
  }

  void note_too_deep() {
    if (!too_deep_) unread_.push_back({"", ".git", "tree-too-deep", 0});
    too_deep_ = true;
  }

  struct FolderLess {
    bool operator()(const std::pair<std::string, git_oid>& a,
                    const std::pair<std::string, git_oid>& b) const {
      const int order = git_oid_cmp(&a.second, &b.second);
      return order != 0 ? order < 0 : a.first < b.first;
    }
  };
  using Folders = std::set<std::pair<std::string, git_oid>, FolderLess>;

  struct Step {
    git_oid tree;
    std::vector<git_oid> others;  // the same folder in each parent that has it
    std::string prefix;
    std::size_t depth;
  };

  TreePtr tree_of(const git_oid& id) {
    git_tree* tree = nullptr;
    if (missing_.contains(id)) return nullptr;
    if (git_tree_lookup(&tree, repository_, &id) != 0) {
      missing_.insert(id);
      return nullptr;
    }
    return TreePtr(tree);
  }

  // Introductions: entries of the commit's tree that no parent has under this name.
  // Removals: entries of the first parent's tree that the commit lacks under this name. A merge
  // that takes over a removal is not the one that removed.
  void compare(std::uint32_t index) {
    const CommitRow& row = rows_[index];
    std::vector<git_oid> parents;
    for (const std::uint32_t parent : row.parents) parents.push_back(rows_[parent].tree);
    differing(row.tree, parents, [&](const std::string& path, const git_oid& blob) {
      Stay& stay = stays_[blob][path];
      if (!stay.introduced) stay.first_row = index;
      stay.introduced = true;
      stay.refs |= row.refs;
      stay.last_row = index;
      stay.removed = false;
    });
    if (row.parents.empty() || !row.on_line) return;
    const std::uint32_t parent = row.parents.front();
    const bool merge = row.parents.size() > 1;
    differing(rows_[parent].tree, {row.tree}, [&](const std::string& path, const git_oid& blob) {
      const auto known = stays_.find(blob);
      if (known == stays_.end()) return;
      const auto stay = known->second.find(path);
      if (stay == known->second.end() || (merge && stay->second.removed)) return;
      remove(stay->second, index, parent);
    });
  }

  static void remove(Stay& stay, std::uint32_t commit, std::uint32_t parent) {
    stay.removed = true;
    stay.removed_row = commit;
    stay.last_row = parent;
  }

  template <class Visit>
  void differing(const git_oid& root, std::vector<git_oid> others, Visit visit,
                 Folders* seen = nullptr) {
    std::vector<Step> steps;
    steps.push_back({root, std::move(others), "", 0});
    while (!steps.empty()) {
      const Step step = std::move(steps.back());
      steps.pop_back();
      const bool same = std::any_of(step.others.begin(), step.others.end(), [&](const git_oid& id) {
        return git_oid_equal(&id, &step.tree) != 0;
      });
      if (same || (seen != nullptr && !seen->insert({step.prefix, step.tree}).second)) continue;
      if (step.depth > kTreeDepthMax) {
        note_too_deep();
        continue;
      }
      const TreePtr tree = tree_of(step.tree);
      if (!tree) continue;
      std::vector<TreePtr> beside;
      for (const git_oid& id : step.others) {
        if (TreePtr other = tree_of(id)) beside.push_back(std::move(other));
      }
      visit_entries(*tree, beside, step, steps, visit);
    }
  }

  template <class Visit>
  void visit_entries(git_tree& tree, const std::vector<TreePtr>& beside, const Step& step,
                     std::vector<Step>& steps, Visit& visit) {
    const std::size_t count = git_tree_entrycount(&tree);
    for (std::size_t i = 0; i < count; ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(&tree, i);
      const git_object_t type = git_tree_entry_type(entry);
      const git_oid& id = *git_tree_entry_id(entry);
      if (type == GIT_OBJECT_BLOB && !wanted_.contains(id)) continue;
      if (type != GIT_OBJECT_BLOB && type != GIT_OBJECT_TREE) continue;
      const char* name = git_tree_entry_name(entry);
      bool kept = false;
      std::vector<git_oid> others;
      for (const TreePtr& other : beside) {
        const git_tree_entry* twin = git_tree_entry_byname(other.get(), name);
        if (twin == nullptr) continue;
        if (git_oid_equal(git_tree_entry_id(twin), &id) != 0) kept = true;
        if (git_tree_entry_type(twin) == GIT_OBJECT_TREE) {
          others.push_back(*git_tree_entry_id(twin));
        }
      }
      if (kept) continue;
      if (type == GIT_OBJECT_BLOB) visit(step.prefix + name, id);
      if (type == GIT_OBJECT_TREE) {
        steps.push_back({id, std::move(others), step.prefix + name + "/", step.depth + 1});
      }
    }
  }

  // What a branch holds at its tip is not removed, whatever other branches did with it.
  void mark_held() {
    std::uint32_t index = 0;
    const auto hold = [&](const std::string& path, const git_oid& blob) {
      Stay& stay = stays_[blob][path];
      if (!stay.introduced) stay.first_row = index;
      if (!stay.held || index < stay.last_row) stay.last_row = index;
      stay.introduced = true;
      stay.held = true;
      stay.removed = false;
    };
    git_oid head;
    if (git_reference_name_to_id(&head, repository_, "HEAD") == 0) {
      if (const auto row = row_of_.find(head); row != row_of_.end()) {
        index = row->second;
        const auto hold_in_head = [&](const std::string& path, const git_oid& blob) {
          hold(path, blob);
          stays_[blob][path].in_head = true;
        };
        differing(rows_[index].tree, {}, hold_in_head);
      }
    }
    Folders seen;
    std::vector<std::uint32_t> tips;
    for (const git_oid& tip : branches_) {
      if (const auto row = row_of_.find(tip); row != row_of_.end()) tips.push_back(row->second);
    }
    // Rows rise from new to old: the first tip that has a folder is the newest that has it.
    std::sort(tips.begin(), tips.end());
    for (const std::uint32_t tip : tips) {
      index = tip;
      differing(rows_[tip].tree, {}, hold, &seen);
    }
  }

  [[nodiscard]] bool holds(std::uint32_t row, const std::string& path, const git_oid& blob) {
    const TreePtr tree = tree_of(rows_[row].tree);
    git_tree_entry* entry = nullptr;
    if (!tree || git_tree_entry_bypath(&entry, tree.get(), path.c_str()) != 0) return false;
    const bool same = git_oid_equal(git_tree_entry_id(entry), &blob) != 0;
    git_tree_entry_free(entry);
    return same;
  }

  // A merge may drop what only its second parent had. Looking for that in every merge would cost
  // a comparison of whole branches, so it is done for what is left: blobs no branch holds and no
  // commit removed.
  void find_dropped_by_merges() {
    std::vector<std::uint32_t> merges;  // parents first
    for (std::size_t i = rows_.size(); i-- > 0;) {
      if (rows_[i].on_line && rows_[i].parents.size() > 1)
        merges.push_back(static_cast<std::uint32_t>(i));
    }
    std::size_t looks = 0;
    for (auto& [blob, stays] : stays_) {
      for (auto& [path, stay] : stays) {
        if (stay.held || stay.removed) continue;
        for (const std::uint32_t merge : merges) {
          const CommitRow& row = rows_[merge];
          if (merge > stay.first_row || (row.refs & ~stay.refs) != 0) continue;
          if ((looks += row.parents.size() + 1) > kMergeLooksMax) return;
          const auto parent =
              std::find_if(row.parents.begin(), row.parents.end(),
                           [&, &at = path](std::uint32_t one) { return holds(one, at, blob); });
          if (parent != row.parents.end() && !holds(merge, path, blob)) {
            remove(stay, merge, *parent);
            break;
          }
        }
      }
    }
  }

  [[nodiscard]] std::string person(const git_signature* who) const {
    if (who == nullptr) return {};
    return std::string(who->name) + " <" + who->email + ">";
  }

  [[nodiscard]] CommitFacts facts_of(std::uint32_t index) {
    CommitFacts facts;
    const CommitRow& row = rows_[index];
    facts.commit = hex_of(row.id);
    facts.date = Instant{row.date};
    git_commit* looked = nullptr;
    if (git_commit_lookup(&looked, repository_, &row.id) != 0) return facts;
    const CommitPtr commit(looked);
    facts.author = person(git_commit_author(looked));
    facts.committer = person(git_commit_committer(looked));
    return facts;
  }

  [[nodiscard]] std::vector<std::string> refs_of(std::uint64_t mask) const {
    std::vector<std::string> names;
    for (std::size_t bit = 0; bit < ref_names_.size(); ++bit) {
      if ((mask >> bit & 1) != 0) names.push_back(ref_names_[bit]);
    }
    std::sort(names.begin(), names.end());
    if (names.size() > kRefsListedMax) names.resize(kRefsListedMax);
    return names;
  }

  // A ref may name a blob or a folder without any commit: its name stands for the path.
  static void put_direct(const git_oid& id, const std::map<std::string, std::string>& refs,
                         std::vector<GitPlace>& list) {
    for (const auto& [path, ref] : refs) {
      GitPlace place;
      place.path = path;
      place.facts.blob = hex_of(id);
      place.facts.paths_total = refs.size();
      place.facts.refs = {short_name(ref)};
      place.facts.reachable = true;
      list.push_back(std::move(place));
    }
  }

  GitPlaces places() {
    GitPlaces out;
    for (const git_oid& id : wanted_) {
      std::vector<GitPlace>& list = out[hex_of(id)];
      const auto stays = stays_.find(id);
      const auto direct = direct_.find(id);
      if (direct != direct_.end()) put_direct(id, direct->second, list);
      if (stays == stays_.end()) {
        if (!list.empty()) continue;
        GitPlace nowhere;
        nowhere.facts.blob = hex_of(id);
        list.push_back(std::move(nowhere));
        continue;
      }
      for (const auto& [path, stay] : stays->second) {
        GitPlace place;
        place.path = path;
        place.facts.blob = hex_of(id);
        place.facts.introduced = facts_of(stay.first_row);
        place.facts.last_seen_commit = hex_of(rows_[stay.last_row].id);
        if (stay.removed) place.facts.removed_commit = hex_of(rows_[stay.removed_row].id);
        place.facts.paths_total = stays->second.size();
        place.facts.refs = refs_of(stay.refs);
        place.facts.in_head = stay.in_head;
        place.facts.reachable = true;
        place.newest = Instant{rows_[stay.last_row].date};
        list.push_back(std::move(place));
      }
    }
    return out;
  }

  git_repository* repository_;
  std::vector<Unread>& unread_;
  OidSet wanted_;
  OidSet missing_;
  bool too_deep_ = false;
  std::vector<CommitRow> rows_;
  OidMap<std::uint32_t> row_of_;
  std::vector<git_oid> starts_;    // every commit something names
  std::vector<git_oid> branches_;  // tips of local and remote branches, and HEAD
  OidSet lines_;                   // these, and what tags name
  OidMap<std::map<std::string, std::string>> direct_;  // blob, path, ref
  OidMap<std::uint64_t> tips_;
  std::vector<std::string> ref_names_;
  OidMap<Stays> stays_;
};

}  // namespace

Result<GitPlaces> attribute_blobs(git_repository* repository, const std::vector<GitObject>& wanted,
                                  std::vector<Unread>& unread) {
  if (wanted.empty()) return GitPlaces{};
  return History(repository, wanted, unread).run();
}

}  // namespace nhi

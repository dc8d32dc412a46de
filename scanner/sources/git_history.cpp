// git_history.cpp - one walk over history: where wanted blobs stood, since when, until when.
//
// Commits are listed children first; what a ref reaches is handed down in that order. Then, parents
// first, each commit's tree is compared with its parents': only subtrees that differ from every
// parent's are entered, so an unchanged folder costs nothing however many commits keep it.

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <unordered_set>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git_handles.hpp"

namespace nhi {
namespace {

constexpr std::size_t kRefsMax = 64;        // bits of a mask; heads first, then remotes, then tags
constexpr std::size_t kRefsListedMax = 20;
constexpr std::size_t kTreeDepthMax = 512;

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
};

// What is known of one blob at one path.
struct Stay {
  std::int64_t first_date = 0;
  std::uint32_t first_row = 0;      // introduced here
  std::int64_t last_removed_date = 0;
  std::uint32_t removed_row = 0;
  std::uint32_t last_row = 0;       // last commit seen to hold it
  bool removed = false;
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

  Result<GitPlaces> run() {
    NHI_CHECK_OK(list_commits());
    for (std::size_t i = rows_.size(); i-- > 0;) compare(static_cast<std::uint32_t>(i));
    mark_head();
    return places();
  }

 private:
  void note_missing(const git_oid& id) {
    if (missing_.insert(id).second) {
      unread_.push_back({"", ".git/objects/" + hex_of(id), "missing-object", 0});
    }
  }

  void push_tip(git_revwalk* walk, const git_oid& id) {
    // Reflogs may name commits that are pruned: that is no damage.
    git_commit* commit = nullptr;
    if (git_commit_lookup(&commit, repository_, &id) != 0) return;
    git_commit_free(commit);
    git_revwalk_push(walk, &id);
  }

  void push_reflog(git_revwalk* walk, const char* name) {
    git_reflog* read = nullptr;
    if (git_reflog_read(&read, repository_, name) != 0) return;
    const ReflogPtr log(read);
    for (std::size_t i = 0; i < git_reflog_entrycount(read); ++i) {
      push_tip(walk, *git_reflog_entry_id_new(git_reflog_entry_byindex(read, i)));
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

  void push_refs(git_revwalk* walk) {
    git_strarray names{};
    if (git_reference_list(&names, repository_) != 0) return;
    std::vector<std::string> refs(names.strings, names.strings + names.count);
    git_strarray_dispose(&names);
    std::sort(refs.begin(), refs.end(), [](const std::string& a, const std::string& b) {
      return std::make_pair(ref_rank(a), std::cref(a)) < std::make_pair(ref_rank(b), std::cref(b));
    });
    for (const std::string& name : refs) {
      push_reflog(walk, name.c_str());
      git_object* found = nullptr;
      git_reference* looked = nullptr;
      if (git_reference_lookup(&looked, repository_, name.c_str()) != 0) continue;
      const ReferencePtr reference(looked);
      if (git_reference_peel(&found, looked, GIT_OBJECT_COMMIT) != 0) continue;
      const ObjectPtr commit(found);
      push_tip(walk, *git_object_id(found));
      if (ref_names_.size() < kRefsMax) {
        tips_[*git_object_id(found)] |= std::uint64_t{1} << ref_names_.size();
        ref_names_.push_back(short_name(name));
      }
    }
    push_reflog(walk, "HEAD");
    for (const char* name : {"HEAD", "FETCH_HEAD", "ORIG_HEAD"}) {
      git_oid id;
      if (git_reference_name_to_id(&id, repository_, name) == 0) push_tip(walk, id);
    }
  }

  Result<void> list_commits() {
    git_revwalk* made = nullptr;
    if (const int code = git_revwalk_new(&made, repository_); code != 0) {
      return fail(git_error_of(code, "history"));
    }
    const RevwalkPtr walk(made);
    git_revwalk_sorting(made, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    push_refs(made);
    std::vector<git_oid> order;
    git_oid id;
    int code = 0;
    while ((code = git_revwalk_next(&id, made)) == 0) order.push_back(id);
    if (code != GIT_ITEROVER) {
      // A missing parent (shallow clone, damage) ends libgit2's walk: what was listed is real.
      unread_.push_back({"", ".git", "history-incomplete", 0});
    }
    OidMap<std::uint32_t> row_of;
    for (const git_oid& commit : order) {
      row_of[commit] = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({commit, {}, {}, 0, 0});
    }
    for (CommitRow& row : rows_) fill(row, row_of);
    // Children stand first: one pass hands every ref down to all it reaches.
    for (CommitRow& row : rows_) {
      const auto tip = tips_.find(row.id);
      if (tip != tips_.end()) row.refs |= tip->second;
      for (const std::uint32_t parent : row.parents) rows_[parent].refs |= row.refs;
    }
    return {};
  }

  void fill(CommitRow& row, const OidMap<std::uint32_t>& row_of) {
    git_commit* looked = nullptr;
    if (git_commit_lookup(&looked, repository_, &row.id) != 0) return note_missing(row.id);
    const CommitPtr commit(looked);
    row.tree = *git_commit_tree_id(looked);
    row.date = git_commit_time(looked);
    for (unsigned i = 0; i < git_commit_parentcount(looked); ++i) {
      const auto parent = row_of.find(*git_commit_parent_id(looked, i));
      if (parent != row_of.end()) row.parents.push_back(parent->second);
    }
  }

  struct Step {
    git_oid tree;
    std::vector<git_oid> others;  // the same folder in each parent that has it
    std::string prefix;
    std::size_t depth;
  };

  TreePtr tree_of(const git_oid& id) {
    git_tree* tree = nullptr;
    if (git_tree_lookup(&tree, repository_, &id) != 0) {
      note_missing(id);
      return nullptr;
    }
    return TreePtr(tree);
  }

  // Introductions: entries of the commit's tree that no parent has under this name.
  // Removals: entries of the first parent's tree that the commit lacks under this name.
  void compare(std::uint32_t index) {
    const CommitRow& row = rows_[index];
    if (git_oid_is_zero(&row.tree) != 0) return;
    std::vector<git_oid> parents;
    for (const std::uint32_t parent : row.parents) parents.push_back(rows_[parent].tree);
    differing(row.tree, parents, [&](const std::string& path, const git_oid& blob) {
      Stay& stay = stays_[blob][path];
      if (stay.first_date == 0 && !stay.removed) {
        stay.first_date = row.date;
        stay.first_row = index;
      }
      stay.last_row = index;
      stay.removed = false;
    });
    if (row.parents.empty()) return;
    const std::uint32_t parent = row.parents.front();
    differing(rows_[parent].tree, {row.tree}, [&](const std::string& path, const git_oid& blob) {
      const auto known = stays_.find(blob);
      if (known == stays_.end()) return;
      const auto stay = known->second.find(path);
      if (stay == known->second.end()) return;
      stay->second.removed = true;
      stay->second.removed_row = index;
      stay->second.last_row = parent;
    });
  }

  template <class Visit>
  void differing(const git_oid& root, std::vector<git_oid> others, Visit visit) {
    std::vector<Step> steps;
    steps.push_back({root, std::move(others), "", 0});
    while (!steps.empty()) {
      const Step step = std::move(steps.back());
      steps.pop_back();
      const bool same = std::any_of(step.others.begin(), step.others.end(), [&](const git_oid& id) {
        return git_oid_equal(&id, &step.tree) != 0;
      });
      if (same || step.depth > kTreeDepthMax) continue;
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

  void mark_head() {
    git_object* looked = nullptr;
    if (git_revparse_single(&looked, repository_, "HEAD^{commit}") != 0) return;
    const ObjectPtr head(looked);
    const git_commit* commit = reinterpret_cast<const git_commit*>(looked);
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const CommitRow& r) {
      return git_oid_equal(&r.id, git_object_id(looked)) != 0;
    });
    const auto index = static_cast<std::uint32_t>(row - rows_.begin());
    differing(*git_commit_tree_id(commit), {}, [&](const std::string& path, const git_oid& blob) {
      Stay& stay = stays_[blob][path];
      stay.in_head = true;
      stay.removed = false;
      if (index < rows_.size()) stay.last_row = index;
    });
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

  Result<GitPlaces> places() {
    GitPlaces out;
    for (const git_oid& id : wanted_) {
      std::vector<GitPlace>& list = out[hex_of(id)];
      const auto stays = stays_.find(id);
      if (stays == stays_.end()) {
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
        place.facts.refs = refs_of(rows_[stay.first_row].refs);
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
  std::vector<CommitRow> rows_;
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

// graph.hpp - the commits that refs and reflogs reach, as numbers, parents before children.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/git/commit_table.hpp"
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

/// The lines of a commit that we need; views into it.
struct CommitText {
  GitId tree;
  std::vector<GitId> parents;
  std::string_view author;  // "Name <mail>"
  std::string_view committer;
  std::int64_t date = 0;  // of the committer
};
/// Nothing if there is no tree line.
[[nodiscard]] std::optional<CommitText> parse_commit(std::string_view content);

/// What a tag is of; nothing if that is not said.
[[nodiscard]] std::optional<GitId> tagged(std::string_view content);

/// One entry of a tree. Iterate with `while (take_tree_entry(rest, entry))`; `rest` is not empty
/// afterwards if the tree is damaged.
struct TreeEntry {
  enum class Kind : std::uint8_t { kBlob, kTree, kSubmodule };
  Kind kind{};
  std::string_view name;
  GitId id;
};
[[nodiscard]] bool take_tree_entry(std::string_view& rest, TreeEntry& entry);

/// What is named and not there, or there and not readable. Counted once an object.
class GitDamage {
 public:
  void note(const GitId& id, GitRead outcome);
  /// Nobody said that everything would be there: what is missing is not told.
  void expect_missing() { expects_missing_ = true; }
  /// Of this one somebody else has told.
  void leave_out(const GitId& id) { seen_.insert(id, 1); }
  /// One line an object, sorted; of those that are missing kMissingListedMax, then their number.
  void report(std::vector<Unread>& unread) const;

 private:
  bool expects_missing_ = false;
  FlatTable<GitId, char> seen_;
  std::vector<GitId> corrupt_;
  std::vector<GitId> missing_;
};

inline constexpr std::size_t kMissingListedMax = 10'000;

class GitGraph {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Commit {
    GitId id;
    GitId tree;
    std::int64_t date = 0;
    std::uint32_t parents_at = 0;  // in parents()
    std::uint32_t parents = 0;
    std::uint32_t refs = 0;  // in ref_sets(): of those that reach the commit
    bool in_head = false;    // HEAD reaches it
    bool has_child = false;
    bool is_branch = false;  // a local or remote branch, or HEAD, ends here
    bool on_line = false;    // a branch, tag or HEAD reaches it: no mere stash, note, reflog
  };
  /// A tree or blob that a tag names without a commit.
  struct Loose {
    GitId id;
    GitType type{};
    std::uint32_t ref = 0;  // in names()
    std::string full_name;  // "refs/tags/v1"
  };

  /// Commits get numbers in an order that has parents first, then dates, then ids. Those that
  /// `known` has are not read.
  void load(GitStore& store, const GitRefs& refs, GitDamage& damage,
            const CommitTable* known = nullptr);

  [[nodiscard]] const std::vector<Commit>& commits() const { return commits_; }
  [[nodiscard]] std::uint32_t parent(const Commit& commit, std::uint32_t i) const {
    return parents_[commit.parents_at + i];
  }
  [[nodiscard]] std::uint32_t head() const { return head_; }
  [[nodiscard]] const std::vector<Loose>& loose() const { return loose_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }  // sorted
  /// The set of both; of one name. 0 is the empty set.
  std::uint32_t join_refs(std::uint32_t a, std::uint32_t b);
  std::uint32_t only_ref(std::uint32_t name) { return intern({name}); }
  /// Up to kRefsListedMax numbers of names, sorted.
  [[nodiscard]] const std::vector<std::uint32_t>& ref_set(std::uint32_t set) const {
    return sets_[set];
  }

 private:
  struct Tip {
    std::uint32_t commit = kNone;
    std::uint32_t name = kNone;
    bool is_branch = false;
    bool is_tag = false;
  };

  void add_tip(GitStore& store, GitId id, std::uint32_t name, const std::string& full_name,
               GitDamage& damage);
  [[nodiscard]] GitRead find_commit(GitStore& store, const GitId& id, CommitText& text) const;
  std::uint32_t add_commit(GitStore& store, const GitId& id, GitDamage* damage);
  void add_ancestors(GitStore& store, const std::vector<GitId>& shallow, GitDamage& damage);
  void sort();
  void hand_down_refs();
  std::uint32_t intern(std::vector<std::uint32_t> set);

  const CommitTable* known_ = nullptr;  // while it is loaded
  std::vector<Commit> commits_;
  std::vector<std::uint32_t> parents_;
  std::vector<GitId> parent_ids_;  // until add_ancestors() has numbers for them
  FlatTable<GitId, std::uint32_t> numbers_;
  std::vector<Tip> tips_;
  std::vector<Loose> loose_;
  std::vector<std::string> names_;
  std::uint32_t head_ = kNone;
  std::vector<std::vector<std::uint32_t>> sets_;
  std::unordered_map<std::string, std::uint32_t> set_numbers_;
  std::unordered_map<std::uint64_t, std::uint32_t> merged_;
};

}  // namespace nhi

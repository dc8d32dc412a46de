// plan.hpp - what a repository holds, in shares that workers take side by side.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/git/commit_table.hpp"
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/git/pack_walk.hpp"
#include "scanner/sources/git/store.hpp"
#include "scanner/sources/git/tree_changes.hpp"

namespace nhi {

[[nodiscard]] GitObjectKind kind_of(GitType type);  // of any but a tree
/// The word of Unread::reason.
[[nodiscard]] std::string_view problem_of(GitRead outcome);

// What walks came by, for the history. Thread-safe.
class GitGathered {
 public:
  /// `told`: objects of whose problem the walk has told.
  void add(const CommitTable& commits, const std::vector<GitId>& told);
  void add(TreeChanges trees);
  /// TreeChanges::named, sorted, each once. If there are any, all that trees said is forgotten.
  [[nodiscard]] std::vector<GitId> take_named();
  /// When no walk goes on any more.
  [[nodiscard]] const CommitTable& commits() const { return commits_; }
  [[nodiscard]] const std::vector<GitId>& told() const { return told_; }
  [[nodiscard]] TreeChanges& trees() { return trees_; }

 private:
  std::mutex lock_;
  CommitTable commits_;
  std::vector<GitId> told_;
  TreeChanges trees_;
};

// Immutable. Everything stored has a number: the entries of each pack in the order of its forest,
// then the objects by name.
class GitPlan {
 public:
  struct Pack {
    std::shared_ptr<const DeltaForest> forest;
    std::vector<bool> twins;   // nodes that an earlier pack has
    std::vector<bool> quiet;   // nodes that need not be looked at
    std::vector<bool> needed;  // nodes that are none, or that such a one is made of
    std::uint32_t first = 0;   // number of its first node
  };
  struct Share {
    std::size_t pack = 0;  // unless `named`
    ForestShare part;
    std::vector<GitId> named;  // loose ones, and such as their pack does not give
  };

  /// Of so many objects is a share, or of one tree of deltas that cannot be cut.
  struct Sizes {
    std::uint32_t objects = 1024;
    std::uint32_t trees = 4096;
    std::uint32_t named = 256;
  };
  /// `unread` gets what is damaged; blobs of `quiet` are in no share of objects.
  [[nodiscard]] static std::shared_ptr<const GitPlan> make(GitStore& store,
                                                           std::vector<Unread>& unread,
                                                           const Sizes& sizes,
                                                           const QuietBlobs& quiet = {});
  [[nodiscard]] const std::vector<Share>& shares() const { return shares_; }
  [[nodiscard]] const std::vector<Share>& tree_shares() const { return tree_shares_; }
  [[nodiscard]] const Pack& pack(const Share& share) const { return packs_[share.pack]; }
  [[nodiscard]] GitGathered& gathered() const { return *gathered_; }
  /// How many of the quiet ones are stored.
  [[nodiscard]] std::uint64_t quiet() const { return quiet_; }

  /// How many numbers there are.
  [[nodiscard]] std::uint32_t numbers() const {
    return first_named_ + static_cast<std::uint32_t>(named_.size());
  }
  /// The number of an object: where it is stored first. kNoKey if it is not stored.
  [[nodiscard]] std::uint32_t number(const GitId& id) const;
  /// The number of the same object, where it is stored first.
  [[nodiscard]] std::uint32_t canonical(std::uint32_t number) const;
  template <class Visit>
  void each_delta_of(std::uint32_t number, Visit&& visit) const {
    const Pack* const pack = pack_of(number);
    if (pack == nullptr) return;
    for (const std::uint32_t child : pack->forest->children(number - pack->first)) {
      visit(pack->first + child);
    }
  }

 private:
  [[nodiscard]] const Pack* pack_of(std::uint32_t number) const;
  void add_named(std::vector<GitId> ids, const QuietBlobs& quiet, std::size_t share);
  void mark_needed(Pack& pack, const QuietBlobs& quiet);

  std::vector<Pack> packs_;
  std::vector<GitId> named_;  // sorted
  std::uint32_t first_named_ = 0;
  std::uint64_t quiet_ = 0;
  std::vector<Share> shares_;       // of blobs, commits and tags
  std::vector<Share> tree_shares_;  // of trees
  std::shared_ptr<GitGathered> gathered_ = std::make_shared<GitGathered>();
};

/// Blobs whose places are asked for.
class GitWanted {
 public:
  explicit GitWanted(const std::vector<GitObject>& blobs, NameTest names = nullptr);
  [[nodiscard]] bool asks_for(std::string_view name) const {
    return names_ != nullptr && names_(name);
  }
  /// The place of the blob among them; kNoKey if it is none.
  [[nodiscard]] std::uint32_t find(const GitId& id) const {
    const std::uint32_t* const place = places_.find(id);
    return place == nullptr ? kNoKey : *place;
  }

 private:
  FlatTable<GitId, std::uint32_t> places_;
  NameTest names_;
};

/// Reads the trees of a share into plan.gathered().
void read_trees(const GitPlan& plan, std::size_t share, const GitWanted& wanted, GitStore& store);

// Not thread-safe.
class GitWalk {
 public:
  GitWalk(std::shared_ptr<const GitPlan> plan, std::size_t share);
  /// `store` gives what the pack of the share does not, and loose objects.
  [[nodiscard]] bool next(GitStore& store, GitFound& found);

 private:
  void gather(const GitFound& found);
  bool next_packed(GitStore& store, GitFound& found);
  bool next_named(GitStore& store, GitFound& found);
  [[nodiscard]] const GitPlan::Share& share_of() const { return plan_->shares()[number_]; }

  std::shared_ptr<const GitPlan> plan_;
  std::size_t number_;
  std::optional<PackWalk> packed_;
  std::size_t next_named_ = 0;
  std::string content_;
  // For GitGathered, at the end.
  CommitTable commits_;
  std::vector<GitId> told_;
};

}  // namespace nhi

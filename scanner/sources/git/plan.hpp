// plan.hpp - what a repository holds, in shares that workers take side by side.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "scanner/sources/git/git.hpp"
#include "scanner/sources/git/pack_walk.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

[[nodiscard]] GitObjectKind kind_of(GitType type);  // of any but a tree
/// The word of Unread::reason.
[[nodiscard]] std::string_view problem_of(GitRead outcome);

// Immutable.
class GitPlan {
 public:
  struct Share {
    std::shared_ptr<const DeltaForest> forest;       // null: objects by name
    std::shared_ptr<const std::vector<bool>> twins;  // nodes that another pack has; null: none
    ForestShare part;
    std::vector<GitId> named;  // loose ones, and such as their pack does not give
  };
  explicit GitPlan(std::vector<Share> shares) : shares_(std::move(shares)) {}
  [[nodiscard]] const std::vector<Share>& shares() const { return shares_; }

 private:
  std::vector<Share> shares_;
};

/// `unread` gets what is damaged.
[[nodiscard]] std::shared_ptr<const GitPlan> make_plan(GitStore& store,
                                                       std::vector<Unread>& unread);

// Not thread-safe.
class GitWalk {
 public:
  GitWalk(std::shared_ptr<const GitPlan> plan, std::size_t share);
  /// `store` gives what the pack of the share does not, and loose objects.
  [[nodiscard]] bool next(GitStore& store, GitFound& found);

 private:
  bool next_packed(GitStore& store, GitFound& found);
  bool next_named(GitStore& store, GitFound& found);
  [[nodiscard]] const GitPlan::Share& share() const { return plan_->shares()[number_]; }

  std::shared_ptr<const GitPlan> plan_;
  std::size_t number_;
  std::optional<PackWalk> packed_;
  std::size_t next_named_ = 0;
  std::string content_;
};

}  // namespace nhi

// range_history.hpp - what the commits of a range brought to which path, and took away.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scanner/sources/git/changes.hpp"
#include "scanner/sources/git/commit_range.hpp"
#include "scanner/sources/git/tree_diff.hpp"

namespace nhi {

// Not thread-safe.
class RangeHistory {
 public:
  /// Places that a range changes; over it the rest is left out. A tree that holds itself many times
  /// has more.
  static constexpr std::size_t kPlacesMax = 1'000'000;

  /// `damage` gets what is missing or damaged on the way. `range` has commits.
  RangeHistory(GitStore& store, GitDamage& damage, const CommitRange& range);
  /// Once.
  [[nodiscard]] GitChanges changes();
  /// True if the limits were reached: not all was seen.
  [[nodiscard]] bool full() const { return diff_.full() || stays_.size() >= kPlacesMax; }

 private:
  using Found = std::pair<std::string, GitId>;  // path and blob
  // What is known of one blob at one path, by the commits in their order.
  struct Stay {
    static constexpr std::size_t kNone = SIZE_MAX;
    std::size_t first = kNone;
    std::size_t last = 0;
    std::size_t removed = kNone;  // by a commit that took it from every parent
    std::size_t taken = kNone;    // by a merge that took over the side without it
  };

  void compare(std::size_t number);
  [[nodiscard]] std::vector<Found> differences(const GitId& tree, const TreeSide& beside);
  void note_taken(const Found& found, const RangeCommit& commit, std::size_t parent,
                  std::size_t number);
  [[nodiscard]] std::vector<GitGone> gone();
  [[nodiscard]] GitFacts facts_of(const GitId& blob, const Stay& stay, bool in_head);
  [[nodiscard]] const CommitFacts& commit(std::size_t number);

  GitStore& store_;
  GitDamage& damage_;
  TreeDiff diff_;
  const CommitRange& range_;
  std::map<GitId, std::size_t> numbers_;
  std::map<Found, Stay> stays_;
  std::map<std::size_t, CommitFacts> commits_;  // that were read
};

}  // namespace nhi

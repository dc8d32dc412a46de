// commit_range.hpp - the commits that HEAD reaches and an older revision does not.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/object.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

struct RangeCommit {
  GitId id;
  GitId tree;
  std::int64_t date = 0;
  std::vector<GitId> parents;       // that are there
  std::vector<GitId> parent_trees;  // one each
};

struct CommitRange {
  std::vector<RangeCommit> commits;  // parents before children, then by date, then by id
  std::vector<GitId> border;         // trees of parents that are not in the range, each once
  bool cut = false;                  // at a commit of the range a shallow clone was cut
};

/// Shapes: `head` and `since` are commits; `shallow` is sorted.
/// Commits are asked for from the newest on, and the walk ends as git's does: once all that is left
/// is reached by `since`, and older than all of the range. Where the dates of a history are wrong,
/// a commit may be taken for one of the range that is not: then more is read, never less. `damage`
/// gets what is missing or damaged. Source: limit_list() of git 2.39, revision.c.
[[nodiscard]] CommitRange commit_range(GitStore& store, const GitId& head, const GitId& since,
                                       const std::vector<GitId>& shallow, GitDamage& damage);

}  // namespace nhi

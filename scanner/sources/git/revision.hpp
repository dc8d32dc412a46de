// revision.hpp - single refs, and the words by which people name a commit.
//
// Only what is asked for is read: a repository may have a hundred thousand refs, and a hook has no
// time for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/sources/git/object.hpp"
#include "scanner/sources/git/store.hpp"

namespace nhi {

class RefLookup {
 public:
  /// As read_refs() has them.
  RefLookup(std::string common_dir, std::string git_dir)
      : common_dir_(std::move(common_dir)), git_dir_(std::move(git_dir)) {}

  /// What "HEAD" or "refs/heads/main" comes to; nothing if there is no such ref, or if it leads to
  /// a branch that is not born yet. Errors: kGit "damaged-ref" with the ref's name.
  [[nodiscard]] Result<std::optional<GitId>> find(std::string name);

 private:
  [[nodiscard]] Result<std::optional<GitId>> find_packed(const std::string& name);

  std::string common_dir_;
  std::string git_dir_;
  std::optional<std::string> packed_;  // read once
};

/// The commit that `revision` names: an id or its beginning (from 4 digits on, if one commit alone
/// begins so), HEAD or @, a branch, tag or remote branch, and behind any of these ~N, ^N, ^{commit}
/// or ^{}. Of a tag and a branch of one name it is the tag, as in git.
/// Errors: kBadUse naming the revision, if nothing or more than one has the name, or it is no
///         commit; kGit "damaged-ref", "missing-object" or "corrupt-object".
/// Source: gitrevisions(7).
[[nodiscard]] Result<GitId> resolve_revision(GitStore& store, RefLookup& refs,
                                             std::string_view revision);

}  // namespace nhi

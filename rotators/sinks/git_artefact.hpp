// git_artefact.hpp - a file in a git repository as a place of use: read at a ref, and changed by a
// commit on a branch of its own that people bring to where consumers read.
//
// The work tree, its index and every other ref stay as they are, and nothing is pushed. Nothing of
// the repository is run or believed: no hook, no filter, no configuration outside of it. Root works
// in it as its owner, who would be locked out by objects of root; what is written is on the disk
// before the branch names it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

inline constexpr std::size_t kGitArtefactBytesMax = std::size_t{64} << 20;

struct GitFile {
  std::string repository;  // its work tree, or the repository itself
  std::string ref;   // a branch ("main", "origin/main"), "refs/…" or "HEAD"; never a tag's name
  std::string path;  // in the tree, with `/`
};

struct GitContent {
  SecretText bytes;
  std::string blob;    // hex id
  std::string commit;  // hex id of what the ref names
};

/// The file at the tip of the ref. Errors: kNotFound for a ref or file that is not there; kGit for
/// a repository that libgit2 cannot read (SHA-256, reftable), a link or a submodule in its place;
/// kBadUse for a path that leaves the tree, and in builds without git; kTooLarge.
[[nodiscard]] Result<GitContent> git_content(const GitFile& place);

struct GitFileChange {
  std::string branch;         // without refs/heads/
  std::string message;        // holds no value
  std::string expected_blob;  // of the file that the change was made from
  SecretText content;
  Instant at;  // of the commit: the same change gives the same id
};

/// A commit that holds `content` at the place, on `branch`; its parent is the branch's tip, or the
/// ref's where there is no such branch yet. Gives its id. A branch that holds the content already
/// is left as it is, so that a repeat gives the same.
/// Errors: kConflict if neither ref nor branch holds the expected blob; kBadUse if the branch is
/// checked out in a work tree, which would look changed; kPermission if the repository belongs to
/// another user and we are not root, or to several; as git_content().
[[nodiscard]] Result<std::string> git_commit_change(const GitFile& place,
                                                    const GitFileChange& change);

}  // namespace nhi

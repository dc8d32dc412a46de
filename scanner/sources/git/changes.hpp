// changes.hpp - what is about to be committed, and what some commits brought in.
//
// Objects are looked up one by one: nothing of the store but the indexes of its packs is read, no
// ref but those that are asked for. As git itself does, alternates are followed wherever they are:
// it is the caller's own repository, and only objects that it names are read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/sources/git/git.hpp"

namespace nhi {

/// A blob that came to a path.
struct GitChange {
  std::string path;  // raw bytes, from the top of the work tree
  GitId blob;
  GitFacts facts;  // of staged ones the blob alone
};

/// A blob, and a path that it was taken from.
struct GitGone {
  std::string path;
  GitId blob;
};

struct GitChanges {
  std::vector<GitChange> blobs;  // by path, then id
  std::vector<GitId> commits;    // of a range: parents first
  std::vector<GitGone> gone;     // by path, then id
  std::uint64_t names_only = 0;  // staged without a content (`git add -N`)
};

// Not thread-safe.
//
// Unread places are those of GitRepository; "history-too-large" over the limits of tree_diff.hpp
// and of range_history.hpp.
class GitChangeReader {
 public:
  /// `git_dir` holds HEAD; of a linked work tree its own.
  /// Errors: those of GitRepository::open().
  [[nodiscard]] static Result<GitChangeReader> open(const std::string& git_dir);
  GitChangeReader(GitChangeReader&&) noexcept;
  GitChangeReader& operator=(GitChangeReader&&) noexcept;
  ~GitChangeReader();

  /// Entries of the index that HEAD's tree does not have at the same path, nor what is being merged
  /// (MERGE_HEAD); all stages of those in conflict. Where there is no commit yet, all of them. A
  /// new mode alone is no change. `index_path`: where git put the index; empty: where it is unless
  /// git says otherwise, and one that is not there is empty. Errors: those of GitIndex::parse()
  /// with the path; kGit "damaged-ref"; kNotFound, kPermission,
  ///         kIo of the index.
  [[nodiscard]] Result<GitChanges> staged(const std::string& index_path,
                                          std::vector<Unread>& unread);

  /// What the commits brought in that HEAD reaches and `revision` does not: each blob, with each
  /// path, that such a commit has and no parent of it; and the commits, for their messages.
  /// `facts` are those of GitRepository::attribute(), as far as the range shows them: `introduced`
  /// is the first commit of the range to bring the blob, a removal is one that HEAD reaches, refs
  /// are left out.
  /// `unread` gets "shallow-history" if the range ends where a shallow clone was cut.
  /// Errors: those of resolve_revision(); kBadUse if there is no commit yet.
  [[nodiscard]] Result<GitChanges> since(const std::string& revision, std::vector<Unread>& unread);

  /// The blobs that stood at `path` before what was asked for last: in the commits that the next
  /// one has for parents, or on which the range stands; each once. What of them cannot be read is
  /// left out.
  [[nodiscard]] std::vector<GitId> before(std::string_view path);
  /// Of a blob; nothing if it is not there or damaged.
  [[nodiscard]] std::optional<std::uint64_t> size(const GitId& id);
  /// As GitRepository::read().
  [[nodiscard]] Result<std::string> read(const GitId& id);

 private:
  struct State;
  explicit GitChangeReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi

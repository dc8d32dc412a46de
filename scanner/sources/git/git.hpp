// git.hpp - every object of a repository, reachable or not.
//
// Nothing in the repository is run and no configuration outside or inside widens the scope: packs,
// loose objects, refs, reflogs and histories are read by us, a damaged pack does not hide the
// others, and a FIFO in a strange place hangs nobody. SHA-256 repositories and reftable are one
// unread line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/text_change.hpp"
#include "scanner/sources/git/object.hpp"

namespace nhi {

/// Provenance::member of what a commit says.
inline constexpr std::string_view kCommitMessageMember = "commit-message";

enum class GitObjectKind : std::uint8_t { kBlob, kCommitMessage, kTagMessage };

struct GitObject {
  GitId id;
  GitObjectKind kind{};
  std::uint64_t size = 0;
};

/// One place where a blob stands in history.
struct GitPlace {
  std::string path;  // raw bytes
  GitFacts facts;    // `blobs` is filled by the identity room
};

/// By hex id of the blob.
using GitPlaces = std::unordered_map<std::string, std::vector<GitPlace>>;

/// An object as it comes up on a walk.
struct GitFound {
  GitObject object;
  Bytes content;             // until the next one is asked for; a commit or tag whole
  std::string_view problem;  // "corrupt-object", "missing-object", "git-object-too-large"
  // Where the walk stands in a tree of deltas: how deep, and at which node.
  std::size_t depth = 0;
  std::uint32_t node = 0;
  // How the content came of that of the node `above`, one step less deep; empty if it did not.
  std::uint32_t above = 0;
  Bytes delta;
};
/// Shapes: of an object that came of another by a delta.
[[nodiscard]] TextChange change_of(const GitFound& found);

/// Blobs of which is known that they need not be looked at: sorted, each once.
using QuietBlobs = std::vector<GitId>;

struct GitBundle;  // a bundle that was opened: git/bundle.hpp
class GitPlan;     // what there is to read, in shares that may be read side by side
class GitWalk;     // the objects of one share, one after the other
class GitWanted;   // blobs whose places are asked for
[[nodiscard]] std::size_t shares_of(const GitPlan& plan);
[[nodiscard]] std::size_t tree_shares_of(const GitPlan& plan);
[[nodiscard]] std::uint64_t quiet_of(const GitPlan& plan);  // quiet blobs that are stored
/// Whether blobs under this name are asked for whatever is in them. Safe to call from all threads.
using NameTest = bool (*)(std::string_view name);
[[nodiscard]] std::shared_ptr<const GitWanted> wanted_of(const std::vector<GitObject>& blobs,
                                                         NameTest names = nullptr);

// Not thread-safe: each worker opens its own.
//
// Unread places have an empty root and paths under ".git/", wherever the git folder is. Reasons:
// "corrupt-object", "corrupt-pack" (it or its index does not open), "unfinished-pack" (a pack or
// object that git, or a fetch that broke off, has not given its name), "missing-object" (named by a
// ref, commit, tag or tree), "shallow-history" (once), "alternates-outside", "alternates-missing",
// "objects-outside", "damaged-ref", "history-too-large" (the limits of git/history.cpp),
// "too-deep", "permission-denied", "io-error".
class GitRepository {
 public:
  /// `git_dir` holds HEAD and objects/; the folder of a linked work tree is taken for the common
  /// one it names. Alternates (and an objects folder that is a link) are read if they lie in
  /// `scope`, a folder; by default the work tree, or a bare repository's own folder.
  /// Errors: kGit with "sha256-repository", "reftable-repository" or "not-a-repository";
  ///         kPermission, kNotFound.
  [[nodiscard]] static Result<GitRepository> open(const std::string& git_dir,
                                                  const std::string& scope = {});
  /// What a bundle holds. Unread places are as if it were a repository, ".git" is the bundle
  /// itself; where it has prerequisites there is one "shallow-history" and nothing is missing. It
  /// has no state_stamp().
  [[nodiscard]] static GitRepository of(const std::shared_ptr<const GitBundle>& bundle);
  GitRepository(GitRepository&&) noexcept;
  GitRepository& operator=(GitRepository&&) noexcept;
  ~GitRepository();

  /// Every blob, commit and annotated tag of the object store, each once, in shares in which each
  /// stored byte is inflated once, of the repository as it is now, but for the blobs of `quiet`.
  /// `unread` gets what is damaged.
  [[nodiscard]] Result<std::shared_ptr<const GitPlan>> plan(std::vector<Unread>& unread,
                                                            const QuietBlobs& quiet = {});
  /// The plan may be another handle's on the same repository.
  [[nodiscard]] std::shared_ptr<GitWalk> walk(const std::shared_ptr<const GitPlan>& plan,
                                              std::size_t share);
  /// False when all was seen.
  [[nodiscard]] bool next(GitWalk& walk, GitFound& found);
  /// Once all shares were walked: a share of the trees. What they say is kept in the plan.
  void read_trees(const GitPlan& plan, std::size_t share, const GitWanted& wanted);
  /// Once all trees were read: blobs under names that were asked for, sorted by id, that are not
  /// wanted yet. If there are any, all trees are to be read again, with these among the wanted.
  [[nodiscard]] std::vector<GitObject> named(const GitPlan& plan);

  /// The slow, plain way: the same objects, sorted by id, to be read one by one. `unread` gets what
  /// plan() and attribute() would tell.
  [[nodiscard]] Result<std::vector<GitObject>> objects(std::vector<Unread>& unread);
  /// The content of a blob, or a commit or tag whole, as git stores it: ids, author, committer and
  /// tagger lines, message. The hash of the object is checked.
  /// Errors: kGit "corrupt-object", "missing-object" or "git-object-too-large".
  [[nodiscard]] Result<std::string> read(const GitObject& object);

  /// Once all shares of the trees were read: places of `wanted` blobs by hex id, over every ref,
  /// stash, note and reflog, and whether HEAD holds them. One place a path, sorted by path:
  /// - introduced: the oldest commit in which the path holds the blob and in no parent of which it
  ///   does; oldest in an order that has parents first and then follows the dates.
  /// - last_seen_commit and last_seen: the last commit in that order that holds it; HEAD's if HEAD
  ///   does.
  /// - removed_commit and removed_date: the last one on the way to HEAD that took it away; if HEAD
  ///   never had it, the last of any. None while a branch, local or remote, holds it at its end. A
  ///   merge that took over a removal did not remove; one that took the side without it did.
  /// - refs: those that reach an introduction; the first 20 by name.
  /// A blob that a ref names without a commit stands under that ref's full name and has no
  /// introduction. A blob reached from nowhere gets one place with an empty path and
  /// reachable = false.
  /// `unread` gets what a ref, commit, tag or tree names that the store does not have, or not
  /// whole (but for what a walk has told of), damaged refs, and where a shallow clone was cut.
  [[nodiscard]] Result<class GitAttribution> attribute(const std::shared_ptr<const GitPlan>& plan,
                                                       const std::vector<GitObject>& wanted,
                                                       std::vector<Unread>& unread);
  /// The same with a plan of its own, all in one. What objects() tells is not told again.
  [[nodiscard]] Result<GitPlaces> attribute(const std::vector<GitObject>& wanted,
                                            std::vector<Unread>& unread);

  /// Changes whenever refs or the object store change: hash over refs, reflogs, packs and loose
  /// objects, by name and size.
  [[nodiscard]] Result<std::string> state_stamp();
  /// The hex id HEAD's tree gives `path`, or empty: "is the work tree's file the committed one?"
  [[nodiscard]] std::string head_blob(const std::string& path);

 private:
  struct State;
  explicit GitRepository(std::unique_ptr<State> state);
  [[nodiscard]] struct GitRefs all_refs() const;
  [[nodiscard]] struct GitRefs refs(std::vector<Unread>& unread, class GitDamage& damage) const;
  std::unique_ptr<State> state_;
};

}  // namespace nhi

// git.hpp - every object of a repository, reachable or not, read through libgit2.
//
// Nothing in the repository is run and no configuration outside or inside widens the scope. Only
// libgit2's readers of packs and loose objects are used: refs, reflogs and histories are read by
// us, so that no configuration file is opened by it at all (its ownership validation, which lives
// there, included), a damaged pack does not hide the others, and a FIFO in a strange place hangs
// nobody. SHA-256 repositories and reftable are one unread line.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// The SHA-1 name of an object. Large repositories have a million: 20 bytes, not a string of 40.
struct GitId {
  std::array<std::uint8_t, 20> bytes{};

  [[nodiscard]] static std::optional<GitId> parse(std::string_view hex);  // first 40 characters
  [[nodiscard]] std::string hex() const;
  operator std::string() const { return hex(); }  // what every report calls it
  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t value = 0;  // already evenly spread
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  friend auto operator<=>(const GitId&, const GitId&) = default;
};

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
  Instant newest;    // date of the newest commit that holds the blob here
};

// Not thread-safe: each worker opens its own.
//
// Unread places have an empty root and paths under ".git/", wherever the git folder is. Reasons:
// "corrupt-object", "corrupt-pack" (it or its index does not open), "missing-object" (named by a
// ref, commit, tag or tree), "shallow-history" (once), "alternates-outside", "alternates-missing",
// "objects-outside", "damaged-ref", "history-too-large" (the limits of git_history.cpp),
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
  GitRepository(GitRepository&&) noexcept;
  GitRepository& operator=(GitRepository&&) noexcept;
  ~GitRepository();

  /// Every blob, commit and annotated tag of the object store, sorted by id. `unread` gets all that
  /// is damaged, and what a ref, commit or tree names and the store does not have.
  [[nodiscard]] Result<std::vector<GitObject>> objects(std::vector<Unread>& unread);
  /// The content of a blob, of any size, or a commit or tag whole, as git stores it: ids, author,
  /// committer and tagger lines, message. The hash of the object is checked.
  /// Errors: kGit "corrupt-object" or "missing-object".
  [[nodiscard]] Result<std::string> read(const GitObject& object);

  /// Places of `wanted` blobs by hex id, over every ref, stash, note and reflog, and whether HEAD
  /// holds them. One place a path, sorted by path:
  /// - introduced: the oldest commit in which the path holds the blob and in no parent of which it
  ///   does; oldest in an order that has parents first and then follows the dates.
  /// - last_seen_commit and newest: the last commit in that order that holds it; HEAD's if HEAD
  ///   does.
  /// - removed_commit: the last one on the way to HEAD that took it away; if HEAD never had it,
  ///   the last of any. None while a branch, local or remote, holds it at its end. A merge that
  ///   took over a removal did not remove; one that took the side without it did.
  /// - refs: those that reach an introduction; the first 20 by name.
  /// A blob that a ref names without a commit stands under that ref's full name and has no
  /// introduction. A blob reached from nowhere gets one place with an empty path and
  /// reachable = false.
  /// `unread` gets only what objects() could not know.
  [[nodiscard]] Result<std::unordered_map<std::string, std::vector<GitPlace>>> attribute(
      const std::vector<GitObject>& wanted, std::vector<Unread>& unread);

  /// Changes whenever refs or the object store change: hash over refs, reflogs, packs and loose
  /// objects, by name and size.
  [[nodiscard]] Result<std::string> state_stamp();
  /// The hex id HEAD's tree gives `path`, or empty: "is the work tree's file the committed one?"
  [[nodiscard]] std::string head_blob(const std::string& path);

 private:
  struct State;
  explicit GitRepository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi

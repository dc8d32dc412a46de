// git.hpp - every object of a repository, reachable or not, read through libgit2.
//
// Nothing in the repository is run and no configuration outside or inside widens the scope:
// ownership validation, system and user configuration are off; hooks and filters are never called.
// libgit2 1.5 reads neither SHA-256 repositories nor reftable: those are one unread line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

enum class GitObjectKind : std::uint8_t { kBlob, kCommitMessage, kTagMessage };

struct GitObject {
  std::string id;  // hex
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
class GitRepository {
 public:
  /// Errors: kGit with "sha256-repository", "reftable-repository" or libgit2's words;
  ///         kPermission, kNotFound.
  [[nodiscard]] static Result<GitRepository> open(const std::string& git_dir);
  GitRepository(GitRepository&&) noexcept;
  GitRepository& operator=(GitRepository&&) noexcept;
  ~GitRepository();

  /// Every blob, commit and annotated tag of the object store, sorted by id. `unread` gets what is
  /// damaged or referenced and missing, each once: attribute() does not name it again.
  [[nodiscard]] Result<std::vector<GitObject>> objects(std::vector<Unread>& unread);
  /// The content of a blob, or the message of a commit or tag (author lines included).
  [[nodiscard]] Result<std::string> read(const GitObject& object);

  /// Places of `wanted` blobs, over every ref, stash, note and reflog, and whether HEAD holds them.
  /// A blob reached from nowhere gets one place with an empty path and reachable = false.
  /// One a ref names without a commit has that ref's name as its path and no introduction.
  /// `removed_commit` is set only where no branch tip holds the blob at that path.
  /// One walk over history, merges included; commits in date order.
  [[nodiscard]] Result<std::unordered_map<std::string, std::vector<GitPlace>>> attribute(
      const std::vector<GitObject>& wanted, std::vector<Unread>& unread);

  /// Changes whenever refs or the object store change: hash over refs, pack names and loose count.
  [[nodiscard]] Result<std::string> state_stamp();
  /// The id HEAD's tree gives `path`, or empty: for "is the work tree's file the committed one".
  [[nodiscard]] std::string head_blob(const std::string& path);

  struct State;

 private:
  explicit GitRepository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi

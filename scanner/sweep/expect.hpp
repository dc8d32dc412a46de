// expect.hpp - what an estate says must be there, held against what the walk met.
//
// A mirror that no longer fetches, a share that is not mounted and a folder that somebody emptied
// look clean. So each is unread, and nothing under it is proven absent (contracts section 6).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace YAML {
class Node;
}

namespace nhi {

/// The `expect` of one target.
struct Expectation {
  std::uint64_t min_repositories = 0;
  /// Seconds. Of a repository: since it was last fetched. Of any other root: since its newest file
  /// was written.
  std::optional<std::int64_t> max_age;
  std::vector<std::string> mount_points;  // absolute
};

/// `folder`: where relative paths start. Errors: kBadUse naming file, line and column.
[[nodiscard]] Result<Expectation> read_expectation(const std::string& file, const YAML::Node& node,
                                                   const std::filesystem::path& folder);

/// Whether `path` is a mount point itself. Errors: kNotFound, kPermission, kIo.
[[nodiscard]] Result<bool> is_mount_point(const std::string& path);

/// When objects or refs last came into a git folder: the newest of FETCH_HEAD, HEAD, packed-refs,
/// refs/heads and objects/pack. None if nothing of it can be looked at.
[[nodiscard]] std::optional<Instant> last_fetched(const std::string& git_dir);

// What one target's walk met. Walking thread only; the roots' names are those findings print.
class ExpectationCheck {
 public:
  ExpectationCheck(const Expectation& expectation, Instant as_of)
      : expectation_(expectation), as_of_(as_of) {}

  void begin_root(const std::string& root, bool is_git);
  void on_file(std::int64_t mtime_seconds);
  void on_repository(const std::string& root, const std::string& git_dir);
  /// Something that is neither: left out, or not readable. The root is not empty.
  void on_other() { ++met_; }
  /// Whole roots and repositories that cannot vouch for what is absent, after their walk. Without
  /// a `whole` walk only of what was met: what was not cannot be held against the root.
  [[nodiscard]] std::vector<Unread> end_root(bool whole = true);
  /// What is wrong with the target as a whole, after its last root; the same of `whole`.
  [[nodiscard]] std::vector<Unread> end_target(const std::string& target, bool whole = true) const;
  /// Of what was met up to now: no file is young enough, repositories are missing.
  [[nodiscard]] bool root_may_be_stale() const;
  [[nodiscard]] bool too_few_repositories() const {
    return repositories_ < expectation_.min_repositories;
  }

 private:
  [[nodiscard]] bool too_old(Instant newest) const;

  const Expectation& expectation_;
  Instant as_of_;
  std::string root_;
  bool is_git_ = false;
  std::uint64_t met_ = 0;
  std::uint64_t repositories_in_root_ = 0;
  std::uint64_t repositories_ = 0;
  std::optional<Instant> newest_file_;
  std::vector<Unread> stale_;
};

}  // namespace nhi

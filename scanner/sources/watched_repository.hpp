// watched_repository.hpp - a GitRepository that may lie on a mount that stops answering.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/watched_calls.hpp"
#include "scanner/sources/git/attribution.hpp"
#include "scanner/sources/git/git.hpp"

namespace nhi {

// Not thread-safe, as GitRepository. Every call is GitRepository's, and fails with kNotAnswering
// where its file system did not answer (MountWatch::for_git() says which are watched).
class WatchedRepository {
 public:
  [[nodiscard]] static Result<WatchedRepository> open(const std::string& git_dir);
  /// Of a bundle that lies at `path`.
  [[nodiscard]] static WatchedRepository of(const std::shared_ptr<const GitBundle>& bundle,
                                            const std::string& path);
  WatchedRepository(WatchedRepository&&) noexcept = default;
  WatchedRepository& operator=(WatchedRepository&&) noexcept;
  ~WatchedRepository() { close(); }

  [[nodiscard]] Result<std::shared_ptr<const GitPlan>> plan(
      std::vector<Unread>& unread, const std::shared_ptr<const QuietBlobs>& quiet);
  [[nodiscard]] std::shared_ptr<GitWalk> walk(const std::shared_ptr<const GitPlan>& plan,
                                              std::size_t share) const;
  [[nodiscard]] Result<bool> next(const std::shared_ptr<GitWalk>& walk, GitFound& found);
  [[nodiscard]] Result<void> read_trees(const std::shared_ptr<const GitPlan>& plan,
                                        std::size_t share,
                                        const std::shared_ptr<const GitWanted>& wanted);
  [[nodiscard]] Result<std::vector<GitObject>> named(const std::shared_ptr<const GitPlan>& plan);
  [[nodiscard]] Result<std::string> read(const GitObject& object);
  [[nodiscard]] Result<GitAttribution> attribute(const std::shared_ptr<const GitPlan>& plan,
                                                 const std::vector<GitObject>& wanted,
                                                 std::vector<Unread>& unread);
  [[nodiscard]] Result<std::string> state_stamp();
  [[nodiscard]] Result<std::string> head_blob(const std::string& path);

 private:
  WatchedRepository(std::shared_ptr<GitRepository> repository, CallsPtr calls)
      : repository_(std::move(repository)), calls_(std::move(calls)) {}
  void close();

  std::shared_ptr<GitRepository> repository_;  // shared with threads that were left behind
  CallsPtr calls_;
};

}  // namespace nhi

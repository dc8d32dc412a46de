// git_job.hpp - the history of one repository while it is worked on. For git_job.cpp and
// git_places.cpp.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/identity/merge.hpp"
#include "scanner/sweep/closed_blobs.hpp"
#include "scanner/sweep/run_state.hpp"

namespace nhi {

// Reserved for a repository while it is worked on: one share and its decodings a worker.
constexpr std::size_t kRepositoryBytes = 64 * kMiB;

/// An object that holds something, or may.
struct WantedObject {
  GitObject object;
  std::uint64_t alike = 0;  // as in Versions::Seen, over all shares
  bool holds = true;        // else only at a path of tests
  bool more_in_tests = false;
};

/// Other versions of a place, each with it.
using Alike = std::vector<std::pair<GitObject, GitAttribution::Number>>;

/// What is examined where it stood, once for all versions of the place that hold the same.
struct Placing {
  GitObject object;
  std::vector<GitAttribution::Number> places;
  bool more_in_tests = false;
  Alike alike;  // the others: none wins over `object` when they are merged
};

struct GitJob {
  GitJob(SweepState& run, const PlaceContext& place, std::string root_name,
         std::string id_root_name, std::string git_folder)
      : state(run),
        context(place),
        root(std::move(root_name)),
        id_root(std::move(id_root_name)),
        git_dir(std::move(git_folder)),
        profile(profile_of(run.options, place)) {}

  SweepState& state;
  const PlaceContext context;
  const std::string root;
  const std::string id_root;
  const std::string git_dir;
  const std::string profile;
  std::optional<HeldBundle> held;            // of a bundle: the file
  std::shared_ptr<const GitBundle> content;  // and what is in it
  std::string stamp;
  std::shared_ptr<const GitPlan> plan;
  std::atomic<std::size_t> tasks_left{0};
  std::atomic<bool> stopped{false};  // not all of it was read: nothing of it is stored
  std::atomic<bool> silent{false};   // for that reason
  std::mutex lock;
  std::vector<std::vector<WantedObject>> wanted_of_share;  // guarded by lock
  std::vector<WantedObject> wanted;  // all of them, in the order of the walk, once it has ended
  std::vector<GitObject> blobs;      // whose places are asked for
  ClosedBlobs closed;                // guarded by lock
  GitAttribution places;             // of these
  std::vector<Placing> placings;
  EqualIds found;     // there, once for all versions; guarded by lock
  Coverage coverage;  // guarded by lock

  [[nodiscard]] UnitKey unit() const { return {context.target, root, ".git"}; }
  /// The bundle stands for the history in it: what git calls ".git" is the file, all else lies
  /// within.
  [[nodiscard]] std::string place_of(const std::string& path) const;
  void put_inside(std::vector<Finding>& findings) const;
  // The repository as a whole cannot be read.
  void fail_with(const Error& error) {
    if (error.code != ErrorCode::kNotAnswering) return add_unread(".git", error, 0);
    silent = true;
    stopped = true;
  }
  void add_unread(const std::string& what, const Error& error, std::uint64_t bytes) {
    const std::lock_guard guard(lock);
    coverage.add_unread({root, what, unread_reason(error), bytes});
  }
};
using JobPtr = std::shared_ptr<GitJob>;

void take_unread(GitJob& job, std::vector<Unread> unread);
/// The worker's own handle on the job's repository, or null after a failure was recorded.
[[nodiscard]] WatchedRepository* repository_of(GitJob& job, unsigned worker);
/// Plans the history and begins with its objects.
void read_history(const JobPtr& job, unsigned worker);
/// All findings are there, or there is nothing to be found: the unit is stored.
void finish_history(const JobPtr& job, unsigned worker);
/// Half a history is no history: its places would be wrong, and it could not stand for the whole
/// next time. So it is unread as one place, and begun again by the next sweep.
void give_up(GitJob& job, const Error* error);
/// The last task of a step begins the next one.
void end_task(const JobPtr& job, unsigned worker, void (*next)(const JobPtr&, unsigned));

/// The last share of trees ends here: who, where and when, for the objects that hold something.
void attribute(const JobPtr& job, unsigned worker);

}  // namespace nhi

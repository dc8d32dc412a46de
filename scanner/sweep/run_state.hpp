// run_state.hpp - what the parts of one pipeline run share. Private to the sweep room.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/pool.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/git.hpp"
#include "scanner/sweep/pipeline.hpp"

namespace nhi {

/// One worker's tools; only that worker touches them.
struct WorkerTools {
  WorkerTools(const RuleSet& rules, const FingerprintKey& key, ExamineOptions options)
      : examiner(rules, key, options) {}
  Examiner examiner;
  FileReader reader;
  std::string repository_path;              // of the open repository
  std::optional<GitRepository> repository;  // kept open between shares of one repository
};

// Thread-safe where it says so. Lock order: nothing is locked while lock_ is held.
class RunState {
 public:
  RunState(const RunOptions& options, const RuleSet& rules, const FingerprintKey& key,
           UnitSink& sink, Progress& progress);

  /// Stores a unit and adds its coverage. Any thread.
  void finish(UnitResult unit, std::vector<SecretText> values);
  /// Adds a unit that could not be read. Any thread.
  void unread(Unread place);
  void policy(const std::string& reason, const std::string& root, const std::string& path,
              std::uint64_t bytes);
  void folder_listed(const std::string& root, const std::string& path, const std::string& disk);
  /// True if the sink has it already. Any thread.
  [[nodiscard]] bool reuse(const UnitKey& unit, const std::string& stamp,
                           const std::string& profile);
  /// A root or target that is not what the estate expects: unread, whatever was read of it.
  void distrust(Unread place);
  void add_codeowners(const std::string& root, std::string_view text);
  [[nodiscard]] bool failed() const { return failed_.load(); }
  [[nodiscard]] Result<RunResult> result();

  [[nodiscard]] WorkerTools& tools(unsigned worker) { return *tools_[worker]; }

  const RunOptions& options;
  const RuleSet& rules;
  const FingerprintKey& key;
  Progress& progress;
  MemoryBudget budget;
  WorkPool pool;

 private:
  void add_unread(Unread place);  // with lock_ held

  UnitSink& sink_;
  std::vector<std::unique_ptr<WorkerTools>> tools_;
  std::mutex lock_;
  Coverage coverage_;           // guarded by lock_
  OwnerMap owners_;             // guarded by lock_
  std::optional<Error> error_;  // guarded by lock_; the first one
  std::atomic<bool> failed_{false};
};

/// What units of a target are stored under: findings carry what the estate says of it.
[[nodiscard]] std::string profile_of(const RunOptions& options, const PlaceContext& context);

/// Queues the history of one repository; calls back into `state` when it is done.
void submit_repository(RunState& state, const PlaceContext& context, std::string root,
                       std::string id_root, std::string git_dir);

/// The word for an Error in coverage: "permission-denied", "vanished", "io-error", …
[[nodiscard]] std::string unread_reason(const Error& error);

}  // namespace nhi

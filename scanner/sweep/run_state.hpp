// run_state.hpp - what the parts of one pipeline run share. Private to the sweep room.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/pool.hpp"
#include "scanner/base/rate_limit.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/watched_repository.hpp"
#include "scanner/sweep/pipeline.hpp"

namespace nhi {

/// One worker's tools; only that worker touches them.
struct WorkerTools {
  WorkerTools(const RuleSet& rules, const FingerprintKey& key, ExamineOptions options,
              ReadGate& gate)
      : examiner(rules, key, options), reader(&gate) {}
  Examiner examiner;
  FileReader reader;
  std::string repository_path;                  // of the open repository
  std::shared_ptr<const GitBundle> bundle;      // that it is of, if it is of one
  std::optional<WatchedRepository> repository;  // kept open between shares of one repository
};

/// A bundle or pack of git that was met as a file. Its content is read once all files are.
struct HeldBundle {
  const PlaceContext* context = nullptr;
  FileEntry entry;
  std::string id_root;
  UnitResult unit;  // what its list of refs came to
  std::vector<SecretText> values;
};

// Thread-safe where it says so. Lock order: nothing is locked while lock_ is held.
class SweepState : public ReadGate {
 public:
  SweepState(const RunOptions& options, const RuleSet& rules, const FingerprintKey& key,
             UnitSink& sink, Progress& progress);
  ~SweepState() override = default;

  /// Stores a unit and adds its coverage. Any thread.
  void finish(UnitResult unit, std::vector<SecretText> values);
  /// Keeps a bundle until take_held(). Any thread.
  void hold(HeldBundle bundle);
  [[nodiscard]] std::vector<HeldBundle> take_held();
  /// Adds a unit that could not be read. Any thread.
  void unread(Unread place);
  void policy(const std::string& reason, const std::string& root, const std::string& path,
              std::uint64_t bytes);
  void folder_listed(const std::string& root, const std::string& path, const std::string& disk);
  /// Whether the sink asks for stamps and folders.
  [[nodiscard]] bool remembers() const { return remembers_; }
  /// True if the sink has it already. Any thread.
  [[nodiscard]] bool reuse(const UnitKey& unit, const std::string& stamp,
                           const std::string& profile);
  /// What the sink knows of a history, and what it shall know; nothing if it remembers nothing. Any
  /// thread.
  [[nodiscard]] QuietObjects quiet_objects(const UnitKey& unit, const std::string& profile);
  void quiet(const UnitKey& unit, const std::string& profile, std::string_view ids);
  /// A root or target that is not what the estate expects: unread, whatever was read of it.
  void distrust(Unread place);
  /// The same for what the deadline left no time to check; it is unread already.
  void distrust_unchecked(const std::string& root);
  void add_codeowners(const std::string& root, std::string_view text);
  [[nodiscard]] bool failed() const { return failed_.load(); }
  /// The deadline passed; it stays so, whatever the clock does. Any thread.
  [[nodiscard]] bool late();

  /// ReadGate: waits for the read rate; closed once the deadline passed or the run failed.
  [[nodiscard]] std::size_t admit(std::size_t wanted) override;
  [[nodiscard]] bool closed() override { return failed() || late(); }
  /// Admits all of `bytes`, piece by piece. False: read no more.
  [[nodiscard]] bool admit_all(std::uint64_t bytes);

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
  void fail_with(Error error);    // with lock_ held

  UnitSink& sink_;
  const bool remembers_;
  std::optional<RateLimit> rate_;
  std::vector<std::unique_ptr<WorkerTools>> tools_;
  std::mutex lock_;
  Coverage coverage_;             // guarded by lock_
  OwnerMap owners_;               // guarded by lock_
  std::vector<HeldBundle> held_;  // guarded by lock_
  std::optional<Error> error_;    // guarded by lock_; the first one
  std::atomic<bool> failed_{false};
  std::atomic<bool> late_{false};
};

/// What units of a target are stored under: findings carry what the estate says of it.
[[nodiscard]] std::string profile_of(const RunOptions& options, const PlaceContext& context);

/// Queues the history of one repository; calls back into `state` when it is done.
void submit_repository(SweepState& state, const PlaceContext& context, std::string root,
                       std::string id_root, std::string git_dir);

/// Queues what the bundles hold that were met: by the producer, once all files are queued.
void submit_bundles(SweepState& state);

/// The word for an Error in coverage: "permission-denied", "vanished", "not-answering",
/// "io-error", …; what was cut short was so by the deadline.
[[nodiscard]] std::string unread_reason(const Error& error);

}  // namespace nhi

// pipeline.hpp - wires sources to examiners: the walking thread produces units, a work-stealing
// pool examines them, finished units go to a sink one at a time.
//
// A unit is a batch of small files, one large file, or a share of a repository's objects. It is
// admitted with a reservation from the memory budget; only the walking thread waits for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/deadline.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {

struct RunOptions {
  unsigned jobs = 0;  // 0 = the cores this process may use
  std::size_t memory_mib = kMemoryMibDefault;
  bool git_history = true;
  std::vector<std::string> exclude;
  std::uint64_t file_bytes_max = 0;  // 0 = no limit
  bool one_file_system = false;
  bool network = false;
  /// After it nothing is begun and what runs stops at its next piece: what was not read to its end
  /// is unread, kDeadlineReason. Its clock is asked by every thread.
  Deadline until;
  std::uint64_t read_bytes_a_second = 0;  // over all workers; 0 = no limit
  ExamineOptions examine;
  /// Findings below it are of no use to the sink: where nothing else needs them they are not made.
  Level least_confidence = Level::kLow;
  std::vector<std::string> never;  // real paths of our own store and reports
  std::string profile;             // what units are stored under, with that of their target
  Instant started;                 // a file that changed since is not remembered as read
  Instant as_of;                   // the clock, for ages and end dates
  OwnerMap owners;                 // of the estate; CODEOWNERS files met are added to a copy
  AcceptedUnread accepted;
};

/// Why a place is unread that the deadline left.
inline constexpr const char* kDeadlineReason = "deadline";

/// Receives finished work. Every call is made under one lock of the pipeline, from any thread.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  /// False: nothing is kept from one run to the next. Then reuse(), quiet_objects(), quiet() and
  /// folder_listed() are not called, and units have no stamp.
  [[nodiscard]] virtual bool remembers() const { return true; }
  /// True if an earlier reading stands for this unit; `carried` then says what it covered.
  virtual Result<bool> reuse(const UnitKey& key, const std::string& stamp,
                             const std::string& profile, Coverage& carried) = 0;
  /// What quiet() was told of this history under this profile.
  virtual Result<QuietObjects> quiet_objects(const UnitKey& key, const std::string& profile) = 0;
  /// Blobs in which nothing was found, 20 bytes each. They stay known if the run is killed.
  virtual Result<void> quiet(const UnitKey& key, const std::string& profile,
                             std::string_view ids) = 0;
  /// `values` is parallel to the findings with --reveal, else empty.
  virtual Result<void> unit(UnitResult unit, std::vector<SecretText> values) = 0;
  virtual void folder_listed(const std::string& root, const std::string& path,
                             const std::string& disk_path) = 0;
  /// A place that was not read, for whatever reason.
  virtual void refused(const std::string& root, const std::string& path) = 0;
  /// A root or target that is not what was expected: what it lacks tonight proves nothing.
  virtual void distrusted(const std::string& root) = 0;
};

/// Counters for the progress bar; read by another thread.
struct Progress {
  std::atomic<std::uint64_t> files{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> git_objects{0};
  std::atomic<std::uint64_t> files_seen{0};  // by the walker, ahead of the workers
  std::atomic<bool> walked{false};           // files_seen is the total
};

struct RunResult {
  Coverage coverage;
  OwnerMap owners;
  MatchStats stats;
};

/// Errors: those of the sink (the store failed: nothing more is read) and kInternal. Places that
/// could not be read are in the coverage, never an Error.
[[nodiscard]] Result<RunResult> run_pipeline(const std::vector<Target>& targets,
                                             const RunOptions& options, const RuleSet& rules,
                                             const FingerprintKey& key, UnitSink& sink,
                                             Progress& progress);

}  // namespace nhi

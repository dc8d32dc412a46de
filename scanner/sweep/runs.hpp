// runs.hpp - the two ways to run the pipeline: scan (stateless) and sweep (into the inventory).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sweep/absence.hpp"
#include "scanner/sweep/pipeline.hpp"

namespace nhi {

struct ScanOutcome {
  std::vector<Finding> findings;             // report order
  std::map<std::string, SecretText> values;  // by finding id, only with keep_values
  RunResult run;
};

/// Findings of these targets, now. Nothing is stored.
[[nodiscard]] Result<ScanOutcome> run_scan(const std::vector<Target>& targets,
                                           const RunOptions& options, const RuleSet& rules,
                                           const FingerprintKey& key, Progress& progress);

struct SweepRequest {
  std::vector<Target> targets;
  SweepFacts facts;       // targets, rules and profile are filled in by run_sweep
  bool full = false;      // read everything again
  bool baseline = false;  // what is there tonight is known, not new
  /// Told of every folder and place, for a bundle; may be null.
  AbsenceRecorder* recorder = nullptr;
};
struct SweepReport {
  SweepId sweep{};
  SweepOutcome outcome;
  Coverage coverage;
  MatchStats stats;
};

/// Scans into the inventory and says what is new, open, gone and unverified.
/// Errors: kStore and kBusy of the inventory; nothing already stored is lost.
[[nodiscard]] Result<SweepReport> run_sweep(SweepRequest request, RunOptions options,
                                            const RuleSet& rules, const FingerprintKey& key,
                                            Inventory& inventory, Progress& progress);

/// Everything that could find something under these rules, as it stands in Finding::rule; sorted.
[[nodiscard]] std::vector<std::string> asked_rules(const RuleSet& rules);

/// What a reading depends on besides the bytes: rules, readers, decoders, limits, the fingerprint
/// key. A changed profile reads again.
[[nodiscard]] std::string reading_profile(const RuleSet& rules, const RunOptions& options,
                                          const FingerprintKey& key);

}  // namespace nhi

// audit_events.hpp - what records of the audit say: decisions of people, sweeps, and what a sweep
// was told to leave out.
#pragma once

#include <string>
#include <vector>

#include "rotators/journal/journal.hpp"
#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {

/// One record a decision, in their order; `inventory` is the file, from the root on.
[[nodiscard]] std::vector<AuditEvent> events_of(const Decisions& decisions,
                                                const std::string& inventory);

/// What flags and estate leave out or leave closed, a sentence each, sorted. What two sweeps differ
/// in here is what the later one hides or shows.
[[nodiscard]] std::vector<std::string> left_out_by(const Options& options, const Estate& estate);

/// `type`: "sweep" or "import". Errors: those of reading the estate file.
[[nodiscard]] Result<AuditEvent> sweep_started(const std::string& type, const Options& options,
                                               const Estate& estate, const std::string& ruleset,
                                               const std::string& key, Instant as_of);

/// What is known of a sweep at its end.
struct SweepFactsForAudit {
  SweepId sweep{};
  int status = 0;
  SweepOutcome outcome;
  Coverage coverage;
  std::vector<Measure> measures;
};
/// `before`, `before_end`: the records of the sweep before this one of the same inventory.
[[nodiscard]] AuditEvent sweep_ended(const std::string& type, const AuditEvent& started,
                                     const SweepFactsForAudit& facts,
                                     const std::optional<AuditRecord>& before,
                                     const std::optional<AuditRecord>& before_end);

}  // namespace nhi

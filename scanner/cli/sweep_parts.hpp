// sweep_parts.hpp - what sweep, collect and import share: what to read, what is accepted, and what
// is said and returned when a sweep has ended.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/cli/sweep_audit.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/sweep/declared.hpp"
#include "scanner/sweep/estate.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {

/// Of --estate, or of the paths, which are then targets by the names of their folders.
/// Errors: kBadUse for both, for none, and for an estate without targets.
[[nodiscard]] Result<Estate> estate_to_read(const Options& options);

/// What the estate's file of dependencies says; nothing without one. Asked before anything is read:
/// a fault in it is bad use. Errors: kBadUse; those of reading the file.
[[nodiscard]] Result<std::vector<DeclaredDependency>> declared_of(const Estate& estate,
                                                                  Instant as_of);
/// Records what it says and did not say before, as decisions of those whom it names; a sweep whose
/// estate names no such file changes nothing. Errors: kStore.
[[nodiscard]] Result<void> record_declared(const Options& options, const Estate& estate,
                                           const std::vector<DeclaredDependency>& entries,
                                           AuditLog& log, Inventory& inventory, Instant as_of);

/// Those of `places` that hold on `as_of`; a note says which ended.
[[nodiscard]] AcceptedUnread accepted_in_force(const Options& options,
                                               const std::vector<AcceptedPlace>& places,
                                               const std::vector<Target>& targets, Instant as_of);
void note_ended(const Options& options, const std::vector<AcceptedPlace>& places, Instant as_of);

/// Flags, name and policy; targets are the estate's.
[[nodiscard]] SweepRequest sweep_request(const Options& options, const Estate& estate,
                                         Instant as_of);
[[nodiscard]] SweepFacts sweep_facts(const Estate& estate, Instant as_of);

/// Stores the measures of the sweep that just ended, records it, writes digest or report and the
/// page, lists what was not read. Gives the exit status of contracts section 3.
[[nodiscard]] Result<int> end_sweep_command(const Options& options, const RuleSet& rules,
                                            Inventory& inventory, const SweepOutcome& outcome,
                                            SweepAudit& audit);

}  // namespace nhi

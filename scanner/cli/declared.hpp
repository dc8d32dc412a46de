// declared.hpp - the estate's file of dependencies becomes decisions: what it says now and did not
// say at the last sweep, and what it said then and does not say any more.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scanner/identity/dependency.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/sweep/declared.hpp"

namespace nhi {

/// `seen` are the dependencies of which a sweep knows a trace: an entry without an environment is
/// for the one in which its system is seen. What the file says for the first time is said by its
/// `decided_by` on its `date`; what was taken out of it, by `who` at `now`.
struct DeclaredChange {
  std::vector<DependencyDecision> decisions;
  std::vector<std::string> notes;
};
[[nodiscard]] DeclaredChange changes_of_file(
    const std::vector<DeclaredDependency>& entries, const std::vector<DependencyDecision>& record,
    const std::set<std::pair<std::string, Environment>>& seen, const std::string& who, Instant now);

}  // namespace nhi

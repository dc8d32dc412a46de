// explain.hpp - `rules explain --finding`: why one finding was kept, in words.
#pragma once

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// Takes the finding from the inventory or from --report, reads its file again if it is at hand and
/// still holds the value, and prints what was checked; never the value, nor a word of it.
/// Errors: kBadUse for an id that nothing or several have; those of inventory and report. That the
/// file cannot be read again is no error: it is said.
[[nodiscard]] Result<int> explain_finding(const Options& options, const RuleSet& rules);

}  // namespace nhi

// collect.hpp - a sweep of this host whose result goes into a bundle.
//
// Targets are put under the host's name before anything is read: "etc" becomes "app01/etc", in
// printed places and in ids alike, so that the folders of two hosts never mix in one inventory.
#pragma once

#include <string>
#include <vector>

#include "scanner/bundle/bundle.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {

/// Names, roots and ids of the targets begin with `host`; it is their host where none is said.
void put_under_host(std::vector<Target>& targets, const std::string& host);

struct CollectRequest {
  std::string host;
  std::string output;  // the bundle
  SweepRequest sweep;  // its targets under the host already
};
struct CollectReport {
  SweepReport sweep;
  BundleCounts counts;
};

/// Sweeps into `inventory`, then writes all of that sweep to a bundle: units that were reused too.
/// Errors: those of run_sweep() and of BundleWriter; no bundle is written then.
[[nodiscard]] Result<CollectReport> run_collect(CollectRequest request, RunOptions options,
                                                const RuleSet& rules, const FingerprintKey& key,
                                                Inventory& inventory, Progress& progress);

}  // namespace nhi

// import.hpp - bundles of hosts as one sweep of the inventory.
//
// All bundles are proven before anything is stored, and nothing is visible before the last one is
// stored. Each host is settled as its own sweep would settle it. A host that is expected and has
// no bundle that is young enough makes the sweep incomplete, and its findings unverified.
#pragma once

#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {

struct FingerprintKey;

/// A bundle may be dated later than the importer's clock by this much: clocks differ.
inline constexpr std::int64_t kClockSkewSeconds = 3600;

struct ImportRequest {
  std::vector<std::string> bundles;  // files
  std::vector<ExpectedHost> hosts;   // of the estate
  std::vector<AcceptedPlace> accepted;
  OwnerMap owners;
  SweepFacts facts;  // targets, ruleset, profile and key are filled in by run_import
  bool baseline = false;
};
struct ImportReport {
  SweepId sweep{};
  SweepOutcome outcome;
  Coverage coverage;
  std::size_t hosts = 0;           // whose bundle was merged
  std::vector<std::string> notes;  // for a person
};

/// Errors: kBadUse for a bundle under another key than these two (import_keys.hpp), or one that
/// cannot say what was known of its host; two of one host, one older than what is known of its host
/// or from the future; those of prove_bundle(); kStore and kBusy of the inventory. After
/// an error the inventory shows what it showed before.
[[nodiscard]] Result<ImportReport> run_import(ImportRequest request, const FingerprintKey& key,
                                              Inventory& inventory);

}  // namespace nhi

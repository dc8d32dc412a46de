// prune.hpp - which old findings may go, and why others stay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

/// Findings that are gone since before a date, each counted once.
struct PruneChoice {
  std::vector<std::string> go;        // ids
  std::vector<std::string> nameless;  // ids: they stay, and lose the names of people
  std::uint64_t outstanding = 0;      // stay: their credential is not known to be dead
  std::uint64_t dependency = 0;       // stay: a dependency that is decided or has no other trace
  std::uint64_t concerned = 0;        // stay: somebody decided about them since
  std::uint64_t shown = 0;            // stay: a sweep that was killed may show them again
};

/// No number of a report may change by it but those of what is gone: a value that was taken out of
/// the files still opens what it opened, and counts until it is dead.
/// `data` is the whole of the last sweep, with decisions.
[[nodiscard]] PruneChoice choose_prunable(const ReportData& data,
                                          const std::vector<Inventory::Prunable>& old);

}  // namespace nhi

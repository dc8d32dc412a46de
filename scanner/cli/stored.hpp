// stored.hpp - the last finished sweep as one view: findings, what is derived from them, the trend.
#pragma once

#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/identity/derive.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

struct StoredView {
  Inventory::SweepRow sweep;
  Instant as_of;                  // of the sweep, unless asked for another day
  std::vector<Finding> findings;  // those the filter lets pass, report order
  Derived derived;                // from all findings, whatever the filter
  std::vector<Measures> trend;
};

/// The last finished sweep under its own policy, which it stored.
/// Errors: kNotFound if the inventory holds no finished sweep; kStore.
[[nodiscard]] Result<Inventory::SweepRow> last_sweep(Inventory& inventory);
/// Errors: as last_sweep().
[[nodiscard]] Result<StoredView> stored_view(Inventory& inventory, const FindingFilter& filter,
                                             std::optional<Instant> as_of = std::nullopt);
[[nodiscard]] ReportData report_data(StoredView view);

/// Measures as rows of the store, by the names and in the order of contracts section 7, and back.
/// A value without evidence is none.
[[nodiscard]] std::vector<Measure> to_rows(const Measures& measures);
[[nodiscard]] Measures from_rows(const std::vector<Measure>& rows);

}  // namespace nhi

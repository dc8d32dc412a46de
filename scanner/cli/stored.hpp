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
  std::vector<Finding> findings;  // those the filter lets pass, report order
  Derived derived;                // from all findings, whatever the filter
  std::vector<Measures> trend;
};

/// Errors: kNotFound if the inventory holds no finished sweep; kStore.
[[nodiscard]] Result<Inventory::SweepRow> last_sweep(Inventory& inventory);
/// Errors: as last_sweep().
[[nodiscard]] Result<StoredView> stored_view(Inventory& inventory, const FindingFilter& filter,
                                             const Policy& policy);
[[nodiscard]] ReportData report_data(const StoredView& view, const Policy& policy);

/// Measures as rows of the store, by the names and in the order of contracts section 7, and back.
/// A value without evidence is none.
[[nodiscard]] std::vector<Measure> to_rows(const Measures& measures);
[[nodiscard]] Measures from_rows(const std::vector<Measure>& rows);

}  // namespace nhi

// export.hpp - what goes between inventories: units of the last sweep, hosts and their bundles.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

[[nodiscard]] Result<std::vector<std::string>> read_targets(SQLite::Database& database,
                                                            const std::string& path);
[[nodiscard]] Result<std::vector<HostBundle>> read_bundles(SQLite::Database& database,
                                                           const std::string& path);
/// See Inventory::export_units().
[[nodiscard]] Result<void> read_units(SQLite::Database& database, const std::string& path,
                                      const std::function<Result<void>(UnitResult)>& each);
/// Inside the end's transaction.
void store_bundles(SQLite::Database& database, std::int64_t sweep,
                   const std::vector<HostBundle>& bundles);

}  // namespace nhi

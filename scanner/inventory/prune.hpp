// prune.hpp - removes facts that nobody needs any more, and leaves no byte of them in the file.
#pragma once

#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Findings that are gone since before `before`, by id; see Inventory::prunable().
[[nodiscard]] Result<std::vector<Inventory::Prunable>> read_prunable(SQLite::Database& database,
                                                                     const std::string& path,
                                                                     Instant before);

/// Removes what `order` names in one transaction; a dry run takes it back. Errors: kStore.
[[nodiscard]] Result<PruneOutcome> remove_facts(SQLite::Database& database, const std::string& path,
                                                const PruneOrder& order);

/// Writes the file anew without free space and empties its log. Errors: kStore for a full disk,
/// kBusy if a reader still holds the log; either way nothing that is kept is lost.
[[nodiscard]] Result<void> write_anew(SQLite::Database& database, const std::string& path);

}  // namespace nhi

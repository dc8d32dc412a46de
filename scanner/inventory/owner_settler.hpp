// owner_settler.hpp - owners are what the estate says tonight, whenever a place was read.
#pragma once

#include <cstdint>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Writes the owner of every sighting under the sweep's targets. Runs inside the end's transaction.
void settle_owners(SQLite::Database& database, std::int64_t sweep,
                   const decltype(SweepEnd::owner)& owner_of);

}  // namespace nhi

// finish.hpp - the end of a sweep: which readings stay, and what is new, open, gone, unverified.
//
// One transaction. Units first: of each unit one reading stays, and places that are proven absent
// are marked. Findings next: each is judged by what became of the places that held it
// (presence.hpp). Then the sweep's row, and the current sweep last. Work goes in chunks of rows,
// so memory does not grow with the estate.
#pragma once

#include <cstdint>
#include <string>

#include "scanner/inventory/inventory.hpp"
#include "scanner/inventory/writer.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// A unit without findings that no sweep could tell anything about is forgotten after this.
inline constexpr std::int64_t kMissingUnitDays = 30;

/// Sorts `running.confirmed`. After an error the database is as it was before.
[[nodiscard]] Result<SweepOutcome> end_sweep(SQLite::Database& database, const std::string& path,
                                             RunningSweep& running, const SweepEnd& end);

}  // namespace nhi

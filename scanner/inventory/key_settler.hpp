// key_settler.hpp - ids outlive the fingerprint key: what the new key computes keeps its old id.
//
// While a key is rotated every finding is computed under both keys. Where the store knows the
// former id, the end of the sweep writes the finding under that id, and remembers what the new key
// computes for it: later sweeps need the new key only. What is new gets an id of the new key, and
// until the rotation ends the store remembers what the former key computes for it: a host that
// still has that one alone may bring it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "scanner/inventory/inventory.hpp"
#include "scanner/inventory/writer.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Errors: kBadUse if the store's ids are made with neither the sweep's key nor its former one.
[[nodiscard]] Result<void> check_key(SQLite::Database& database, const std::string& path,
                                     const SweepFacts& facts);

/// Runs inside the end's transaction, before anything is settled.
void settle_keys(SQLite::Database& database, const RunningSweep& running);

/// See Inventory::waiting_for_key().
[[nodiscard]] Result<std::map<std::string, std::uint64_t>> count_waiting(
    SQLite::Database& database, const std::string& path, const Inventory::KeyState& key);

[[nodiscard]] Result<std::optional<Inventory::KeyState>> read_key_state(SQLite::Database& database,
                                                                        const std::string& path);

}  // namespace nhi

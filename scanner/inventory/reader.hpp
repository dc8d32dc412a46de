// reader.hpp - what the last finished sweep knows. Each call is one snapshot of the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

[[nodiscard]] Result<std::optional<Inventory::SweepRow>> read_current_sweep(
    SQLite::Database& database, const std::string& path);
[[nodiscard]] Result<std::vector<Inventory::SweepRow>> read_finished_sweeps(
    SQLite::Database& database, const std::string& path);
[[nodiscard]] Result<std::vector<Inventory::PresenceRow>> read_presence_changes(
    SQLite::Database& database, const std::string& path, SweepId after);
[[nodiscard]] Result<std::vector<Finding>> read_findings(SQLite::Database& database,
                                                         const std::string& path,
                                                         const FindingFilter& filter);
[[nodiscard]] Result<std::vector<Inventory::KnownPlace>> read_known_places(
    SQLite::Database& database, const std::string& path, const std::vector<std::string>& targets);

}  // namespace nhi

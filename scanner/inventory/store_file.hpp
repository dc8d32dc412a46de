// store_file.hpp - the inventory as a file: creating, checking and opening it.
//
// A new inventory is made under the name PATH.new and renamed when it is whole, so a killed start
// leaves nothing under PATH. Whatever else stands there is refused by name, never overwritten.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/inventory/schema.hpp"
#include "scanner/inventory/sqlite.hpp"

namespace nhi {

/// Files up to this size are checked page by page (`quick_check`) when opened for writing; a
/// larger one shows damage when the damaged page is read. 256 MiB take about a second.
inline constexpr std::size_t kQuickCheckBytesMax = std::size_t{256} << 20;

enum class Access : bool { kRead, kWrite };

/// Opens the inventory; with kWrite the caller holds the writer lock, and an absent one is made
/// (0600, its -wal and -shm too). Errors: kNotFound (read only); kStore for an empty, foreign,
/// damaged or newer file; kPermission and kIo from the system.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_store(const std::string& path,
                                                                   Access access);

/// Takes `database` from its user_version to the last step. Each step is one transaction.
/// Errors: kStore, both versions named, if the file is newer than the last step.
[[nodiscard]] Result<void> apply_steps(SQLite::Database& database, const std::string& path,
                                       std::span<const Migration> steps);

}  // namespace nhi

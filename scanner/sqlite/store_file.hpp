// store_file.hpp - a store of ours as a file: creating, checking and opening it.
//
// A new store is made under the name PATH.new and renamed when it is whole, so a killed start
// leaves nothing under PATH. Whatever else stands there is refused by name, never overwritten.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Files up to this size are checked page by page (`quick_check`) when opened for writing; a
/// larger one shows damage when the damaged page is read. 256 MiB take about a second.
inline constexpr std::size_t kQuickCheckBytesMax = std::size_t{256} << 20;

/// One step from an empty database towards the schema of this program. It runs in one transaction
/// together with the new `user_version`.
struct Migration {
  int version = 0;  // user_version after it
  const char* sql = nullptr;
};

/// What tells the files of one kind from all others, and what messages call them.
struct StoreKind {
  std::string_view noun;             // "inventory"
  std::string_view flag;             // that names the file: "--inventory"
  std::string_view how_made;         // hint where it is missing
  int application_id = 0;            // marks a SQLite file as one of this kind
  std::span<const Migration> steps;  // by ascending version, without gaps
  bool outlives_power_cuts = false;  // each commit is on the disk before it returns
};

enum class Access : bool { kRead, kWrite };

/// Opens the store; with kWrite the caller holds the writer lock, and an absent one is made
/// (0600, its -wal and -shm too). Errors: kNotFound (read only); kStore for an empty, foreign,
/// damaged or newer file; kPermission and kIo from the system.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_store(const StoreKind& kind,
                                                                   const std::string& path,
                                                                   Access access);

/// Takes `database` from its user_version to the last step of the kind.
/// Errors: kStore, both versions named, if the file is newer than the last step.
[[nodiscard]] Result<void> apply_steps(const StoreKind& kind, SQLite::Database& database,
                                       const std::string& path);

}  // namespace nhi

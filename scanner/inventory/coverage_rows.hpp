// coverage_rows.hpp - coverage as rows: of a sweep, and of one unit.
#pragma once

#include <cstdint>

#include "scanner/base/provenance.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Unread places of one unit that are kept by name; a unit with more has all of them counted.
inline constexpr std::size_t kUnitUnreadMax = 1000;
/// Sweeps whose unread lists are kept; of older ones the totals stay.
inline constexpr int kUnreadListSweeps = 30;

/// Places left out by policy, all reasons together.
[[nodiscard]] std::uint64_t skipped_total(const Coverage& coverage);

// The lists of units and of sweeps, under the tables `unit_*` (key: reading) and `sweep_*`.
class CoverageLists {
 public:
  explicit CoverageLists(SQLite::Database& database);
  void store_unit(std::int64_t reading, const Coverage& coverage);
  void load_unit(std::int64_t reading, Coverage& coverage);
  void drop_unit(std::int64_t reading);

 private:
  SQLite::Statement add_unread_;
  SQLite::Statement add_policy_;
  SQLite::Statement get_unread_;
  SQLite::Statement get_policy_;
  SQLite::Statement drop_unread_;
  SQLite::Statement drop_policy_;
};

/// The number columns of `coverage` that `unit` and `sweep` share, in this order.
inline constexpr const char* kCoverageColumns =
    "files, bytes, git_objects, archive_members, carried_files, carried_git_objects,"
    " carried_since, unread_total";
void bind_coverage(Binder& binder, const Coverage& coverage);
void read_coverage(Row& row, Coverage& coverage);

/// Writes the numbers and lists of a sweep; the lists are normalised and cut first.
void store_sweep_coverage(SQLite::Database& database, std::int64_t sweep, Coverage coverage);
/// Reads the lists of a sweep; the unread list only if `with_unread`.
void load_sweep_lists(SQLite::Database& database, std::int64_t sweep, bool with_unread,
                      Coverage& coverage);
/// Removes unread lists of all but the newest sweeps.
void prune_unread_lists(SQLite::Database& database);

}  // namespace nhi

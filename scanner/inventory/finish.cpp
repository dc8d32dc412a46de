#include "scanner/inventory/finish.hpp"

#include <algorithm>

#include "scanner/inventory/coverage_rows.hpp"
#include "scanner/inventory/export.hpp"
#include "scanner/inventory/finding_settler.hpp"
#include "scanner/inventory/key_settler.hpp"
#include "scanner/inventory/owner_settler.hpp"
#include "scanner/inventory/unit_settler.hpp"

namespace nhi {
namespace {

// Free pages are used again by later sweeps; only when a great part of the file is free (a whole
// estate was read again) is the space given back.
constexpr std::int64_t kFreePagesMin = 4096;

void close_row(SQLite::Database& database, std::int64_t sweep, Instant now) {
  SQLite::Statement close(database,
                          "UPDATE sweep SET state = 'finished', finished = ? WHERE sweep_id = ?");
  Binder(close).instant(now).integer(sweep);
  close.exec();
  SQLite::Statement flip(database, "UPDATE store_state SET current_sweep = ?");
  flip.bind(1, sweep);
  flip.exec();
}

// Best effort: the sweep is finished whatever comes of it.
void tidy_file(SQLite::Database& database) {
  const std::int64_t pages = database.execAndGet("PRAGMA page_count").getInt64();
  const std::int64_t free = database.execAndGet("PRAGMA freelist_count").getInt64();
  if (free > kFreePagesMin && free > pages / 3) {
    SQLite::Statement vacuum(
        database, "PRAGMA incremental_vacuum(" + std::to_string(free - pages / 10) + ")");
    while (vacuum.executeStep()) {
    }
  }
  SQLite::Statement checkpoint(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  while (checkpoint.executeStep()) {
  }
}

}  // namespace

Result<SweepOutcome> end_sweep(SQLite::Database& database, const std::string& path,
                               RunningSweep& running, const SweepEnd& end) {
  std::sort(running.confirmed.begin(), running.confirmed.end());
  auto ended = adapt(path, [&]() -> Result<SweepOutcome> {
    SweepOutcome outcome;
    outcome.sweep = SweepId{running.id};
    WriteTransaction transaction(database);
    settle_keys(database, running);
    if (end.owner) settle_owners(database, running.id, end.owner);
    UnitSettler units(database, running, end.absence);
    units.settle();
    FindingSettler findings(database, running, units, end);
    findings.settle(outcome);
    units.drop_absent();
    store_sweep_coverage(database, running.id, end.coverage);
    prune_unread_lists(database);
    store_bundles(database, running.id, end.bundles);
    close_row(database, running.id, end.now);
    transaction.commit();
    return outcome;
  });
  if (!ended) return ended;
  static_cast<void>(adapt(path, [&]() -> Result<void> {
    tidy_file(database);
    return {};
  }));
  return ended;
}

}  // namespace nhi

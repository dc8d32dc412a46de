#include "scanner/inventory/prune.hpp"

#include <algorithm>

namespace nhi {
namespace {

// ?1 is the limit. A decision after it, or an exception that ended after it, means that somebody
// is still concerned with the finding.
constexpr const char* kPrunable =
    "WITH concerned (id) AS ("
    " SELECT subject_id FROM decision_finding WHERE decided_at >= ?1"
    " UNION SELECT subject_id FROM decision_exception"
    "  WHERE decided_at >= ?1 OR (withdrawn = 0 AND until >= ?1)"
    " UNION SELECT subject_id FROM decision_ownership WHERE decided_at >= ?1"
    " UNION SELECT credential_id FROM decision_binding WHERE decided_at >= ?1"
    " UNION SELECT credential_id FROM decision_credential_status WHERE decided_at >= ?1)"
    "SELECT f.finding_id, f.finding_id IN concerned OR s.credential_id IN concerned,"
    // A reading of a killed sweep may show it again: it must not lose that place unseen.
    " EXISTS (SELECT 1 FROM sighting p JOIN unit u ON u.root_id = p.root_id"
    "  AND u.path = p.unit_path AND u.reading_id = p.reading_id"
    "  WHERE p.finding_id = f.finding_id)"
    " FROM finding f JOIN sighting s ON s.sighting_id = f.sighting_id"
    " JOIN sweep w ON w.sweep_id = f.changed_sweep"
    " WHERE f.state = 'gone' AND w.as_of < ?1 AND f.last_seen < ?1 ORDER BY f.finding_id";

constexpr const char* kIsPruned = " IN (SELECT id FROM temp.pruned)";

// Ids for the statements of one transaction, in memory.
void fill(SQLite::Database& database, const char* table, const std::vector<std::string>& ids) {
  const std::string name = std::string("temp.") + table;
  database.exec("DROP TABLE IF EXISTS " + name);
  database.exec("CREATE TABLE " + name + " (id TEXT PRIMARY KEY) WITHOUT ROWID");
  SQLite::Statement insert(database, "INSERT OR IGNORE INTO " + name + " VALUES (?)");
  for (const std::string& id : ids) {
    Use use(insert);
    use.bind().text(id);
    use->exec();
  }
}

std::uint64_t run(SQLite::Database& database, const std::string& sql) {
  return static_cast<std::uint64_t>(database.exec(sql));
}

void drop_names(SQLite::Database& database, PruneOutcome& outcome) {
  outcome.names += run(database,
                       "UPDATE sighting SET git_author = CASE WHEN git_blob IS NULL THEN NULL"
                       " ELSE '' END, git_committer = CASE WHEN git_blob IS NULL THEN NULL"
                       " ELSE '' END, file_owner = CASE WHEN file_owner IS NULL THEN NULL"
                       " ELSE '' END WHERE finding_id IN (SELECT id FROM temp.nameless)"
                       " AND coalesce(git_author, '') || coalesce(git_committer, '') ||"
                       " coalesce(file_owner, '') <> ''");
}

void drop_findings(SQLite::Database& database, PruneOutcome& outcome) {
  fill(database, "forgotten", {});  // credentials without a place left
  run(database, std::string("INSERT OR IGNORE INTO temp.forgotten SELECT credential_id"
                            " FROM sighting WHERE credential_id <> '' AND finding_id") +
                    kIsPruned);
  outcome.findings = run(database, std::string("DELETE FROM finding WHERE finding_id") + kIsPruned);
  outcome.places = run(database, std::string("DELETE FROM sighting WHERE finding_id") + kIsPruned);
  outcome.changes =
      run(database, std::string("DELETE FROM presence_change WHERE finding_id") + kIsPruned);
  run(database,
      "DELETE FROM temp.forgotten WHERE id IN (SELECT DISTINCT credential_id FROM sighting)");
  run(database, "INSERT OR IGNORE INTO temp.pruned SELECT id FROM temp.forgotten");
  run(database, std::string("DELETE FROM key_alias WHERE kept") + kIsPruned);
  run(database,
      "DELETE FROM former_fingerprint WHERE fingerprint NOT IN"
      " (SELECT fingerprint FROM sighting)");
  for (const char* subject :
       {"decision_finding WHERE subject_id", "decision_exception WHERE subject_id",
        "decision_ownership WHERE subject_id", "decision_credential_status WHERE credential_id",
        "decision_binding WHERE credential_id"}) {
    outcome.decisions += run(database, std::string("DELETE FROM ") + subject + kIsPruned);
  }
}

void drop_old_lists(SQLite::Database& database, Instant before, PruneOutcome& outcome) {
  SQLite::Statement drop(database,
                         "DELETE FROM sweep_unread WHERE sweep_id IN (SELECT sweep_id FROM sweep"
                         " WHERE as_of < ? AND state = 'finished' AND sweep_id NOT IN"
                         " (SELECT current_sweep FROM store_state"
                         " WHERE current_sweep IS NOT NULL))");
  Binder(drop).instant(before);
  outcome.unread_places = static_cast<std::uint64_t>(drop.exec());
  outcome.roots = run(database,
                      "DELETE FROM root WHERE NOT EXISTS"
                      " (SELECT 1 FROM unit u WHERE u.root_id = root.root_id)"
                      " AND root_id NOT IN (SELECT root_id FROM sighting)");
  run(database, "DELETE FROM quiet_objects WHERE root_id NOT IN (SELECT root_id FROM root)");
}

// While it lives nobody looks for references to a deleted row: for roots each look would read all
// sightings, and the statements that delete them ask for themselves.
class WithoutReferenceChecks {
 public:
  explicit WithoutReferenceChecks(SQLite::Database& database) : database_(database) {
    database_.exec("PRAGMA foreign_keys=OFF");
  }
  WithoutReferenceChecks(const WithoutReferenceChecks&) = delete;
  WithoutReferenceChecks& operator=(const WithoutReferenceChecks&) = delete;
  ~WithoutReferenceChecks() { static_cast<void>(database_.tryExec("PRAGMA foreign_keys=ON")); }

 private:
  SQLite::Database& database_;
};

Error still_read(const std::string& path) {
  return {ErrorCode::kBusy, "the facts are removed, but a reader holds the log that had them", path,
          "run it again when no report is being made"};
}

}  // namespace

Result<std::vector<Inventory::Prunable>> read_prunable(SQLite::Database& database,
                                                       const std::string& path, Instant before) {
  return adapt(path, [&]() -> Result<std::vector<Inventory::Prunable>> {
    std::vector<Inventory::Prunable> found;
    SQLite::Statement query(database, kPrunable);
    query.bind(1, before.seconds);
    while (query.executeStep()) {
      Row row(query);
      Inventory::Prunable one;
      one.finding_id = row.text();
      one.concerned = row.flag();
      one.shown = row.flag();
      found.push_back(std::move(one));
    }
    return found;
  });
}

Result<PruneOutcome> remove_facts(SQLite::Database& database, const std::string& path,
                                  const PruneOrder& order) {
  NHI_TRY(const std::vector<Inventory::Prunable> allowed,
          read_prunable(database, path, order.before));
  std::vector<std::string> free;  // by id, as they come
  for (const Inventory::Prunable& one : allowed) {
    if (!one.concerned && !one.shown) free.push_back(one.finding_id);
  }
  for (const auto* ids : {&order.findings, &order.nameless}) {
    for (const std::string& id : *ids) {
      if (std::binary_search(free.begin(), free.end(), id)) continue;
      return fail(ErrorCode::kInternal, "the finding is none that may be pruned", id);
    }
  }
  return adapt(path, [&]() -> Result<PruneOutcome> {
    PruneOutcome outcome;
    const WithoutReferenceChecks unchecked(database);
    WriteTransaction transaction(database);
    fill(database, "pruned", order.findings);
    fill(database, "nameless", order.nameless);
    drop_names(database, outcome);
    drop_findings(database, outcome);
    drop_old_lists(database, order.before, outcome);
    if (!order.dry_run) transaction.commit();
    return outcome;
  });
}

Result<void> write_anew(SQLite::Database& database, const std::string& path) {
  return adapt(path, [&]() -> Result<void> {
    // Clearing what is deleted is no promise about copies that a page left behind when it was
    // split. The copy that VACUUM makes would not fit into memory for a large inventory: it is a
    // file, removed while open.
    database.exec("PRAGMA temp_store=FILE");
    const int made = database.tryExec("VACUUM");
    database.exec("PRAGMA temp_store=MEMORY");
    if (made != 0) {
      return fail(store_error(path, SQLite::Exception(database.getHandle(), made)));
    }
    SQLite::Statement checkpoint(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    const bool busy = checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0;
    if (busy) return fail(still_read(path));
    return {};
  });
}

}  // namespace nhi

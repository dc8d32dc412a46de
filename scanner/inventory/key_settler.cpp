#include "scanner/inventory/key_settler.hpp"

namespace nhi {
namespace {

// ?1: the first reading of the sweep, ?2: the check of its key. A finding is known by its row, a
// credential by a place that an earlier sweep saw.
constexpr const char* kKeepFindings =
    "INSERT OR IGNORE INTO key_alias SELECT m.computed, coalesce(a.kept, m.former), ?2"
    " FROM key_match m LEFT JOIN key_alias a ON a.computed = m.former"
    " WHERE m.computed LIKE 'f%' AND EXISTS (SELECT 1 FROM finding f"
    " WHERE f.finding_id = coalesce(a.kept, m.former)) AND ?1 > 0";
constexpr const char* kKeepCredentials =
    "INSERT OR IGNORE INTO key_alias SELECT m.computed, coalesce(a.kept, m.former), ?2"
    " FROM key_match m LEFT JOIN key_alias a ON a.computed = m.former"
    " WHERE m.computed LIKE 'c%' AND coalesce(a.kept, m.former) IN"
    " (SELECT credential_id FROM sighting WHERE reading_id < ?1)";

// ?1: the check of the former key.
constexpr const char* kNameFresh =
    "INSERT OR IGNORE INTO key_alias SELECT former, computed, ?1 FROM key_match"
    " WHERE computed NOT IN (SELECT computed FROM key_alias)";

// ?1: the key's check, ?2: how its fingerprints begin. What the key itself computed, or is known to
// compute, does not wait. Of the last sweep's key the readings tell which they are; a host that
// still had the key before it shows in the fingerprints.
constexpr const char* kWaiting =
    "SELECT target.name, count(*) FROM finding f"
    " JOIN sighting s ON s.sighting_id = f.sighting_id"
    " JOIN root USING (root_id) JOIN target USING (target_id)"
    " LEFT JOIN store_key k ON k.key_check = ?1"
    " WHERE f.state <> 'gone'"
    " AND f.finding_id NOT IN (SELECT kept FROM key_alias WHERE key_check = ?1)"
    " AND (k.first_reading IS NULL OR s.reading_id < k.first_reading"
    " OR (s.fingerprint <> '' AND substr(s.fingerprint, 1, length(?2)) <> ?2))"
    " GROUP BY target.name";

std::string translate_sql(const std::string& column) {
  return "UPDATE sighting SET " + column +
         " = (SELECT kept FROM key_alias WHERE computed = " + column +
         ") WHERE reading_id >= ? AND " + column + " IN (SELECT computed FROM key_alias)";
}

struct StoredKey {
  std::string id;
  std::string check;
};

std::optional<StoredKey> stored_key(SQLite::Database& database) {
  SQLite::Statement query(database, "SELECT key_id, key_check FROM store_key");
  if (!query.executeStep()) return std::nullopt;
  Row row(query);
  StoredKey key;
  key.id = row.text();
  key.check = row.text();
  return key;
}

void keep_known(SQLite::Database& database, const RunningSweep& running) {
  for (const char* sql : {kKeepFindings, kKeepCredentials}) {
    SQLite::Statement keep(database, sql);
    Binder(keep).integer(running.first_reading).text(running.key_check);
    keep.exec();
  }
  if (!running.former_check.empty()) {
    SQLite::Statement name(database, kNameFresh);
    name.bind(1, running.former_check);
    name.exec();
  }
  database.exec("DELETE FROM key_match");
}

// A new key begins with this sweep's readings; the first key of all was there from the beginning.
void store_key(SQLite::Database& database, const RunningSweep& running) {
  const std::optional<StoredKey> present = stored_key(database);
  if (present && present->check == running.key_check) return;
  const bool from_the_beginning = !present && running.former_check.empty();
  SQLite::Statement write(database, "INSERT OR REPLACE INTO store_key VALUES (1,?,?,?)");
  Binder(write)
      .text(running.key_id)
      .text(running.key_check)
      .integer(from_the_beginning ? 1 : running.first_reading);
  write.exec();
}

}  // namespace

Result<void> check_key(SQLite::Database& database, const std::string& path,
                       const SweepFacts& facts) {
  if (facts.key_check.empty()) return {};
  return adapt(path, [&]() -> Result<void> {
    const std::optional<StoredKey> present = stored_key(database);
    if (!present || present->check == facts.key_check || present->check == facts.former_check) {
      return {};
    }
    if (facts.to_bundle) {
      return fail(ErrorCode::kBadUse,
                  "the cache is made with another key: " + key_words(present->id, present->check) +
                      ", not with this " + key_words(facts.key_id, facts.key_check),
                  path, "remove it: what it holds is read again");
    }
    return fail(ErrorCode::kBadUse,
                "the inventory's ids are made with key " + key_words(present->id, present->check) +
                    ", not with this " + key_words(facts.key_id, facts.key_check) +
                    ": everything in it would be gone, and new",
                path, "bring its key here with nhisweep key import, or name another inventory");
  });
}

void settle_keys(SQLite::Database& database, const RunningSweep& running) {
  if (running.key_check.empty()) return;
  keep_known(database, running);
  for (const char* column : {"finding_id", "credential_id"}) {
    SQLite::Statement translate(database, translate_sql(column));
    translate.bind(1, running.first_reading);
    translate.exec();
  }
  store_key(database, running);
  if (!running.former_check.empty()) return;
  // What keys before this one computed is never computed again.
  SQLite::Statement forget(database, "DELETE FROM key_alias WHERE key_check <> ?");
  forget.bind(1, running.key_check);
  forget.exec();
  database.exec("DELETE FROM former_fingerprint");
}

Result<std::optional<Inventory::KeyState>> read_key_state(SQLite::Database& database,
                                                          const std::string& path) {
  return adapt(path, [&]() -> Result<std::optional<Inventory::KeyState>> {
    const ReadSnapshot snapshot(database);
    const std::optional<StoredKey> key = stored_key(database);
    if (!key) return std::optional<Inventory::KeyState>();
    return std::optional<Inventory::KeyState>({key->id, key->check});
  });
}

Result<std::map<std::string, std::uint64_t>> count_waiting(SQLite::Database& database,
                                                           const std::string& path,
                                                           const Inventory::KeyState& key) {
  return adapt(path, [&]() -> Result<std::map<std::string, std::uint64_t>> {
    std::map<std::string, std::uint64_t> waiting;
    SQLite::Statement count(database, kWaiting);
    Binder(count).text(key.key_check).text("hmac-sha256:" + key.key_id + ":");
    while (count.executeStep()) {
      Row row(count);
      std::string target = row.text();
      waiting[std::move(target)] = row.count();
    }
    return waiting;
  });
}

}  // namespace nhi

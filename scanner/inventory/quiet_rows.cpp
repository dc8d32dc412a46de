#include "scanner/inventory/quiet_rows.hpp"

#include <algorithm>

namespace nhi {

QuietRows::QuietRows(SQLite::Database& database)
    : load_(database,
            "SELECT read_at, ids FROM quiet_objects WHERE root_id = ? AND profile_id = ?"),
      add_(database,
           "INSERT INTO quiet_objects (root_id, profile_id, read_at, ids)"
           " VALUES (?,?,?,?)"),
      drop_others_(database, "DELETE FROM quiet_objects WHERE root_id = ? AND profile_id <> ?"),
      drop_(database, "DELETE FROM quiet_objects WHERE root_id = ?") {}

QuietObjects QuietRows::load(std::int64_t root, std::int64_t profile) {
  QuietObjects out;
  Use use(load_);
  use.bind().integer(root).integer(profile);
  while (use->executeStep()) {
    Row row(*use);
    const Instant read_at = row.instant();
    out.since = out.since ? std::min(*out.since, read_at) : read_at;
    out.ids += row.text();
  }
  return out;
}

void QuietRows::add(std::int64_t root, std::int64_t profile, Instant read_at,
                    std::string_view ids) {
  {
    Use drop(drop_others_);
    drop.bind().integer(root).integer(profile);
    drop->exec();
  }
  Use use(add_);
  use.bind().integer(root).integer(profile).instant(read_at).blob(ids);
  use->exec();
}

void QuietRows::drop(std::int64_t root) {
  Use use(drop_);
  use.bind().integer(root);
  use->exec();
}

}  // namespace nhi

#include "scanner/inventory/owner_settler.hpp"

namespace nhi {
namespace {

constexpr std::uint64_t kChunkRows = 4096;

struct Change {
  std::int64_t sighting = 0;
  FindingOwner owner;
};

}  // namespace

void settle_owners(SQLite::Database& database, std::int64_t sweep,
                   const decltype(SweepEnd::owner)& owner_of) {
  SQLite::Statement next(database,
                         "SELECT sighting_id, s.target, place_root, place_path, owner_name,"
                         " owner_source FROM sighting AS s JOIN root USING (root_id)"
                         " JOIN sweep_target AS t ON t.target_id = root.target_id"
                         " WHERE t.sweep_id = ? AND sighting_id > ? ORDER BY sighting_id LIMIT ?");
  SQLite::Statement write(
      database, "UPDATE sighting SET owner_name = ?, owner_source = ? WHERE sighting_id = ?");
  std::int64_t after = 0;
  // Rows are read in chunks and changed between them, never under the feet of an open query.
  for (std::uint64_t rows = kChunkRows; rows == kChunkRows;) {
    std::vector<Change> changes;
    rows = 0;
    next.reset();
    Binder(next).integer(sweep).integer(after).count(kChunkRows);
    for (; next.executeStep(); ++rows) {
      Row row(next);
      after = row.integer();
      const std::string target = row.text();
      const std::string root = row.text();
      const std::string path = row.optional_text().value_or("");
      auto owner = owner_of(target, root, path);
      const std::string name = row.text();
      const std::string source = row.text();
      if (owner && (owner->name != name || owner->source != source)) {
        changes.push_back({after, std::move(*owner)});
      }
    }
    for (const Change& change : changes) {
      write.reset();
      Binder(write).text(change.owner.name).text(change.owner.source).integer(change.sighting);
      write.exec();
    }
  }
}

}  // namespace nhi

#include "scanner/inventory/unit_settler.hpp"

#include <algorithm>

#include "scanner/inventory/finish.hpp"

namespace nhi {
namespace {

constexpr std::size_t kChunkRows = 4096;
constexpr std::int64_t kDaySeconds = 86'400;

}  // namespace

UnitSettler::UnitSettler(SQLite::Database& database, const RunningSweep& running,
                         const std::function<Absence(const UnitKey&)>& absence)
    : database_(database),
      running_(running),
      absence_(absence),
      lists_(database),
      next_(database,
            "SELECT path, sweep_id, reading_id, stamp, missing_since, findings,"
            " unread_total + skipped > 0 FROM unit"
            " WHERE root_id = ? AND (path, sweep_id) > (?, ?) ORDER BY path, sweep_id LIMIT ?"),
      drop_(database, "DELETE FROM unit WHERE root_id = ? AND path = ? AND sweep_id = ?"),
      drop_sightings_(database, "DELETE FROM sighting WHERE reading_id = ?"),
      mark_(database,
            "UPDATE unit SET missing_since = ?"
            " WHERE root_id = ? AND path = ? AND sweep_id = ?") {
  load_roots();
}

bool UnitSettler::is_confirmed(std::int64_t reading) const {
  return std::binary_search(running_.confirmed.begin(), running_.confirmed.end(), reading);
}

void UnitSettler::load_roots() {
  SQLite::Statement query(database_,
                          "SELECT root_id, target.name, root.name FROM sweep_target"
                          " JOIN target USING (target_id) JOIN root USING (target_id)"
                          " WHERE sweep_id = ? ORDER BY target.name, root.name");
  query.bind(1, running_.id);
  while (query.executeStep()) {
    Row row(query);
    Root root;
    root.id = row.integer();
    root.target = row.text();
    root.name = row.text();
    root_ids_.insert(root.id);
    roots_.push_back(std::move(root));
  }
}

void UnitSettler::settle() {
  for (const Root& root : roots_) settle_root(root);
  std::sort(restamped_.begin(), restamped_.end());
}

std::vector<UnitSettler::Version> UnitSettler::next_versions(const Root& root,
                                                             const Version& after) {
  std::vector<Version> versions;
  Use next(next_);
  next.bind().integer(root.id).blob(after.path).integer(after.sweep).count(kChunkRows);
  while (next->executeStep()) {
    Row row(*next);
    Version version;
    version.path = row.text();
    version.sweep = row.integer();
    version.reading = row.integer();
    version.stamp = row.text();
    version.missing_since = row.optional_integer();
    version.findings = row.count();
    version.has_lists = row.flag();
    versions.push_back(std::move(version));
  }
  return versions;
}

// Rows are read in chunks and changed between them, never under the feet of an open query.
void UnitSettler::settle_root(const Root& root) {
  Version after;
  after.sweep = -1;
  std::vector<Version> unit;  // the versions of one path, oldest first
  for (;;) {
    std::vector<Version> chunk = next_versions(root, after);
    if (chunk.empty()) break;
    after.path = chunk.back().path;
    after.sweep = chunk.back().sweep;
    for (Version& version : chunk) {
      if (!unit.empty() && unit.back().path != version.path) {
        settle_unit(root, unit);
        unit.clear();
      }
      unit.push_back(std::move(version));
    }
  }
  if (!unit.empty()) settle_unit(root, unit);
}

void UnitSettler::settle_unit(const Root& root, std::vector<Version>& versions) {
  const auto chosen =
      std::find_if(versions.rbegin(), versions.rend(),
                   [this](const Version& version) { return is_confirmed(version.reading); });
  const std::string_view chosen_stamp =
      chosen == versions.rend() ? std::string_view() : std::string_view(chosen->stamp);
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version == chosen) continue;
    const bool staged = version->sweep == running_.id;
    if (chosen == versions.rend() && !staged) {
      settle_missing(root, *version);
      continue;
    }
    const bool same = !chosen_stamp.empty() && chosen_stamp == version->stamp;
    if (!staged && chosen->sweep == running_.id && same) {
      restamped_.push_back(chosen->reading);
    }
    // Sightings of an older reading are evidence of where findings were; those of a reading that
    // the killed sweep left behind and this one did not take over were never seen by a reader.
    drop(root, *version, staged);
  }
}

void UnitSettler::settle_missing(const Root& root, const Version& version) {
  if (absence_({root.target, root.name, version.path}) == Absence::kProvenAbsent) {
    any_absent_ = true;
    mark(root, version, kProvenAbsentMark);
    return;
  }
  const std::int64_t now = running_.as_of.seconds;
  if (!version.missing_since) {
    mark(root, version, now);
  } else if (version.findings == 0 &&
             now - *version.missing_since > kMissingUnitDays * kDaySeconds) {
    drop(root, version, false);
  }
}

void UnitSettler::drop(const Root& root, const Version& version, bool with_sightings) {
  if (version.has_lists) lists_.drop_unit(version.reading);
  if (with_sightings && version.findings > 0) {
    Use sightings(drop_sightings_);
    sightings.bind().integer(version.reading);
    sightings->exec();
  }
  Use unit(drop_);
  unit.bind().integer(root.id).blob(version.path).integer(version.sweep);
  unit->exec();
}

void UnitSettler::mark(const Root& root, const Version& version, std::int64_t since) {
  Use use(mark_);
  use.bind().integer(since).integer(root.id).blob(version.path).integer(version.sweep);
  use->exec();
}

void UnitSettler::drop_absent() {
  if (!any_absent_) return;
  SQLite::Statement lists(database_,
                          "DELETE FROM unit_unread WHERE reading_id IN (SELECT reading_id FROM"
                          " unit WHERE missing_since = ? AND unread_total > 0)");
  lists.bind(1, kProvenAbsentMark);
  lists.exec();
  SQLite::Statement policies(database_,
                             "DELETE FROM unit_policy WHERE reading_id IN (SELECT reading_id FROM"
                             " unit WHERE missing_since = ? AND skipped > 0)");
  policies.bind(1, kProvenAbsentMark);
  policies.exec();
  SQLite::Statement units(database_, "DELETE FROM unit WHERE missing_since = ?");
  units.bind(1, kProvenAbsentMark);
  units.exec();
}

}  // namespace nhi

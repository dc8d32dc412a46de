#include "scanner/inventory/export.hpp"

#include "scanner/inventory/coverage_rows.hpp"
#include "scanner/inventory/rows.hpp"

namespace nhi {
namespace {

Unexpected<Error> foreign_value(const std::string& path) {
  return fail(ErrorCode::kStore, "the inventory holds a value that is none of ours", path,
              "restore a copy, or name another file to start a new inventory");
}

// A unit that the last sweep could not tell about is marked as missing, or its row is gone.
std::string units_sql() {
  return std::string(
             "SELECT target.name, root.name, unit.path, unit.reading_id, unit.stamp,"
             " profile.digest, unit.findings, unit.skipped, ") +
         kCoverageColumns +
         " FROM store_state JOIN sweep_target ON sweep_target.sweep_id = current_sweep"
         " JOIN target USING (target_id) JOIN root USING (target_id)"
         " JOIN unit ON unit.root_id = root.root_id JOIN profile USING (profile_id)"
         " WHERE unit.missing_since IS NULL ORDER BY target.name, root.name, unit.path";
}

}  // namespace

Result<std::vector<std::string>> read_targets(SQLite::Database& database, const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    SQLite::Statement query(database, "SELECT name FROM target ORDER BY name");
    while (query.executeStep()) names.push_back(Row(query).text());
    return names;
  });
}

Result<std::vector<HostBundle>> read_bundles(SQLite::Database& database, const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<HostBundle>> {
    std::vector<HostBundle> bundles;
    SQLite::Statement query(database,
                            "SELECT host, seal, collected, key_check FROM host_bundle"
                            " ORDER BY host");
    while (query.executeStep()) {
      Row row(query);
      HostBundle bundle;
      bundle.host = row.text();
      bundle.seal = row.text();
      bundle.collected = row.instant();
      bundle.key_check = row.text();
      bundles.push_back(std::move(bundle));
    }
    return bundles;
  });
}

void store_bundles(SQLite::Database& database, std::int64_t sweep,
                   const std::vector<HostBundle>& bundles) {
  SQLite::Statement insert(database, "INSERT OR REPLACE INTO host_bundle VALUES (?,?,?,?,?)");
  for (const HostBundle& bundle : bundles) {
    Use use(insert);
    Binder binder = use.bind();
    binder.text(bundle.host).text(bundle.seal).instant(bundle.collected).integer(sweep);
    binder.text(bundle.key_check);
    use->exec();
  }
}

Result<void> read_units(SQLite::Database& database, const std::string& path,
                        const std::function<Result<void>(UnitResult)>& each) {
  return adapt(path, [&]() -> Result<void> {
    const ReadSnapshot snapshot(database);
    CoverageLists lists(database);
    SQLite::Statement sightings(database, "SELECT finding_id, " + fact_columns("") +
                                              " FROM sighting WHERE reading_id = ?"
                                              " ORDER BY sighting_id");
    SQLite::Statement former(database,
                             "SELECT former FROM former_fingerprint WHERE fingerprint = ?");
    SQLite::Statement query(database, units_sql());
    while (query.executeStep()) {
      Row row(query);
      UnitResult unit;
      unit.key.target = row.text();
      unit.key.root = row.text();
      unit.key.path = row.text();
      const std::int64_t reading = row.integer();
      unit.stamp = row.text();
      unit.profile = row.text();
      const std::uint64_t findings = row.count();
      const std::uint64_t skipped = row.count();
      read_coverage(row, unit.coverage);
      if (row.bad()) return foreign_value(path);
      if (skipped > 0 || unit.coverage.unread_total > 0) lists.load_unit(reading, unit.coverage);
      Use use(sightings);
      if (findings > 0) use.bind().integer(reading);
      while (findings > 0 && use->executeStep()) {
        Row facts(*use);
        std::string id = facts.text();
        unit.findings.push_back(read_facts(facts));
        Finding& finding = unit.findings.back();
        finding.id = std::move(id);
        if (facts.bad()) return foreign_value(path);
        Use look_up(former);
        look_up.bind().text(finding.fingerprint);
        if (look_up->executeStep()) finding.former.fingerprint = Row(*look_up).text();
      }
      NHI_CHECK_OK(each(std::move(unit)));
    }
    return {};
  });
}

}  // namespace nhi

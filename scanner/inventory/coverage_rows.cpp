#include "scanner/inventory/coverage_rows.hpp"

#include <algorithm>

namespace nhi {
namespace {

Unread read_unread(Row& row) {
  Unread place;
  place.root = row.text();
  place.path = row.text();
  place.reason = row.text();
  place.bytes = row.count();
  return place;
}

Coverage::Policy read_policy(Row& row) {
  Coverage::Policy policy;
  policy.reason = row.text();
  policy.count = row.count();
  policy.bytes = row.count();
  return policy;
}

// Equal reasons in one list are one row.
std::vector<Coverage::Policy> folded(const Coverage& coverage) {
  Coverage sums;
  for (const Coverage::Policy& policy : coverage.by_policy) {
    sums.add_policy(policy.reason, policy.count, policy.bytes);
  }
  return std::move(sums.by_policy);
}

void add_unread_rows(SQLite::Statement& statement, std::int64_t key,
                     const std::vector<Unread>& places, std::size_t most) {
  for (std::size_t i = 0; i < std::min(places.size(), most); ++i) {
    Use use(statement);
    const Unread& place = places[i];
    use.bind()
        .integer(key)
        .count(i)
        .blob(place.root)
        .blob(place.path)
        .text(place.reason)
        .count(place.bytes);
    use->exec();
  }
}

void run_with_key(SQLite::Statement& statement, std::int64_t key) {
  Use use(statement);
  use.bind().integer(key);
  use->exec();
}

}  // namespace

std::uint64_t skipped_total(const Coverage& coverage) {
  std::uint64_t total = 0;
  for (const Coverage::Policy& policy : coverage.by_policy) total += policy.count;
  return total;
}

CoverageLists::CoverageLists(SQLite::Database& database)
    : add_unread_(database, "INSERT INTO unit_unread VALUES (?,?,?,?,?,?)"),
      add_policy_(database, "INSERT INTO unit_policy VALUES (?,?,?,?,?)"),
      get_unread_(database,
                  "SELECT root, path, reason, bytes FROM unit_unread WHERE reading_id = ?"
                  " ORDER BY seq"),
      get_policy_(database,
                  "SELECT reason, count, bytes FROM unit_policy WHERE reading_id = ?"
                  " ORDER BY seq"),
      drop_unread_(database, "DELETE FROM unit_unread WHERE reading_id = ?"),
      drop_policy_(database, "DELETE FROM unit_policy WHERE reading_id = ?") {}

void CoverageLists::store_unit(std::int64_t reading, const Coverage& coverage) {
  add_unread_rows(add_unread_, reading, coverage.unread, kUnitUnreadMax);
  const std::vector<Coverage::Policy> policies = folded(coverage);
  for (std::size_t i = 0; i < policies.size(); ++i) {
    Use use(add_policy_);
    use.bind()
        .integer(reading)
        .count(i)
        .text(policies[i].reason)
        .count(policies[i].count)
        .count(policies[i].bytes);
    use->exec();
  }
}

void CoverageLists::load_unit(std::int64_t reading, Coverage& coverage) {
  Use unread(get_unread_);
  unread.bind().integer(reading);
  while (unread->executeStep()) {
    Row row(*unread);
    coverage.unread.push_back(read_unread(row));
  }
  Use policy(get_policy_);
  policy.bind().integer(reading);
  while (policy->executeStep()) {
    Row row(*policy);
    coverage.by_policy.push_back(read_policy(row));
  }
}

void CoverageLists::drop_unit(std::int64_t reading) {
  run_with_key(drop_unread_, reading);
  run_with_key(drop_policy_, reading);
}

void bind_coverage(Binder& binder, const Coverage& coverage) {
  binder.count(coverage.files).count(coverage.bytes).count(coverage.git_objects);
  binder.count(coverage.archive_members).count(coverage.carried_files);
  binder.count(coverage.carried_git_objects).instant(coverage.carried_since);
  binder.count(coverage.unread_total);
}

void read_coverage(Row& row, Coverage& coverage) {
  coverage.files = row.count();
  coverage.bytes = row.count();
  coverage.git_objects = row.count();
  coverage.archive_members = row.count();
  coverage.carried_files = row.count();
  coverage.carried_git_objects = row.count();
  coverage.carried_since = row.optional_instant();
  coverage.unread_total = row.count();
}

void store_sweep_coverage(SQLite::Database& database, std::int64_t sweep, Coverage coverage) {
  coverage.by_policy = folded(coverage);
  coverage.normalise();
  SQLite::Statement unread(database, "INSERT INTO sweep_unread VALUES (?,?,?,?,?,?)");
  add_unread_rows(unread, sweep, coverage.unread, coverage.unread.size());
  SQLite::Statement policy(database, "INSERT INTO sweep_policy VALUES (?,?,?,?)");
  for (const Coverage::Policy& entry : coverage.by_policy) {
    Use use(policy);
    use.bind().integer(sweep).text(entry.reason).count(entry.count).count(entry.bytes);
    use->exec();
  }
  SQLite::Statement numbers(database, std::string("UPDATE sweep SET (") + kCoverageColumns +
                                          ") = (?,?,?,?,?,?,?,?) WHERE sweep_id = ?");
  Binder binder(numbers);
  bind_coverage(binder, coverage);
  binder.integer(sweep);
  numbers.exec();
}

void load_sweep_lists(SQLite::Database& database, std::int64_t sweep, bool with_unread,
                      Coverage& coverage) {
  SQLite::Statement policy(database,
                           "SELECT reason, count, bytes FROM sweep_policy WHERE sweep_id = ?"
                           " ORDER BY reason");
  policy.bind(1, sweep);
  while (policy.executeStep()) {
    Row row(policy);
    coverage.by_policy.push_back(read_policy(row));
  }
  if (!with_unread) return;
  SQLite::Statement unread(database,
                           "SELECT root, path, reason, bytes FROM sweep_unread"
                           " WHERE sweep_id = ? ORDER BY seq");
  unread.bind(1, sweep);
  while (unread.executeStep()) {
    Row row(unread);
    coverage.unread.push_back(read_unread(row));
  }
}

void prune_unread_lists(SQLite::Database& database) {
  SQLite::Statement prune(database,
                          "DELETE FROM sweep_unread WHERE sweep_id NOT IN"
                          " (SELECT sweep_id FROM sweep ORDER BY sweep_id DESC LIMIT ?)");
  prune.bind(1, kUnreadListSweeps);
  prune.exec();
}

}  // namespace nhi

#include "scanner/inventory/reader.hpp"

#include <algorithm>

#include "scanner/inventory/coverage_rows.hpp"
#include "scanner/inventory/decisions.hpp"
#include "scanner/inventory/rows.hpp"

namespace nhi {
namespace {

Unexpected<Error> foreign_value(const std::string& path) {
  return fail(ErrorCode::kStore, "the inventory holds a value that is none of ours", path,
              "restore a copy, or name another file to start a new inventory");
}

std::string sweep_sql(const char* where) {
  return std::string(
             "SELECT sweep_id, started, as_of, finished, estate, ruleset, profile, key_id,"
             " version, cis1_removal, stale_after_days, max_age_days, audit_head, ") +
         kCoverageColumns + " FROM sweep WHERE " + where + " ORDER BY sweep_id";
}

Inventory::SweepRow read_sweep(Row& row) {
  Inventory::SweepRow sweep;
  sweep.id = SweepId{row.integer()};
  sweep.facts.started = row.instant();
  sweep.facts.as_of = row.instant();
  sweep.finished = row.instant();
  sweep.facts.estate = row.text();
  sweep.facts.ruleset = row.text();
  sweep.facts.profile = row.text();
  sweep.facts.key_id = row.text();
  sweep.facts.version = row.text();
  sweep.facts.policy.cis1_removal = row.instant();
  sweep.facts.policy.stale_after_days = row.integer();
  sweep.facts.policy.max_age_days = row.integer();
  sweep.audit_head = row.text();
  read_coverage(row, sweep.coverage);
  return sweep;
}

void load_parts(SQLite::Database& database, bool with_unread, Inventory::SweepRow& sweep) {
  const auto id = static_cast<std::int64_t>(sweep.id);
  load_sweep_lists(database, id, with_unread, sweep.coverage);
  SQLite::Statement targets(database,
                            "SELECT name FROM sweep_target JOIN target USING (target_id)"
                            " WHERE sweep_id = ? ORDER BY name");
  targets.bind(1, id);
  while (targets.executeStep()) sweep.facts.targets.push_back(Row(targets).text());
  SQLite::Statement measures(database,
                             "SELECT name, value FROM measure WHERE sweep_id = ? ORDER BY seq");
  measures.bind(1, id);
  while (measures.executeStep()) {
    Row row(measures);
    Measure measure;
    measure.name = row.text();
    measure.value = row.optional_integer();
    sweep.measures.push_back(std::move(measure));
  }
}

Result<std::vector<Inventory::SweepRow>> read_sweeps(SQLite::Database& database,
                                                     const std::string& path, const char* where,
                                                     bool with_unread) {
  return adapt(path, [&]() -> Result<std::vector<Inventory::SweepRow>> {
    const ReadSnapshot snapshot(database);
    std::vector<Inventory::SweepRow> sweeps;
    SQLite::Statement query(database, sweep_sql(where));
    while (query.executeStep()) {
      Row row(query);
      sweeps.push_back(read_sweep(row));
      if (row.bad()) return foreign_value(path);
    }
    for (Inventory::SweepRow& sweep : sweeps) load_parts(database, with_unread, sweep);
    return sweeps;
  });
}

std::string findings_sql() {
  return "SELECT f.finding_id, f.state, f.checked, f.change, f.first_seen, f.last_seen,"
         " f.history_id IS NOT NULL, " +
         fact_columns("s") + ", " + history_columns("h") +
         " FROM finding f JOIN sighting s ON s.sighting_id = f.sighting_id"
         " LEFT JOIN sighting h ON h.sighting_id = f.history_id"
         " WHERE (?1 IS NULL OR f.state = ?1) AND (?2 IS NULL OR f.changed_sweep > ?2)";
}

Finding read_finding(Row& row) {
  const std::string id = row.text();
  const auto presence = parse_presence(row.text());
  if (!presence) row.mark_bad();
  const bool checked = row.flag();
  std::string change = row.text();
  const Instant first_seen = row.instant();
  const Instant last_seen = row.instant();
  const bool has_history = row.flag();
  Finding finding = read_facts(row);
  if (has_history) merge_history(row, finding);
  finding.id = id;
  finding.presence = presence.value_or(Presence::kUnverified);
  finding.checked = checked;
  finding.change = std::move(change);
  finding.first_seen = first_seen;
  finding.last_seen = last_seen;
  return finding;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// In a file, in the work tree or in HEAD; what is gone is in none.
bool stands_in_head(const Finding& finding) {
  if (finding.presence == Presence::kGone) return false;
  const auto& git = finding.place.git;
  return !git || git->in_head || git->in_worktree;
}

bool passes(const FindingFilter& filter, const Finding& finding) {
  if (filter.severity && finding.severity < *filter.severity) return false;
  if (filter.confidence && finding.confidence < *filter.confidence) return false;
  if (!filter.rule.empty() && finding.rule != filter.rule) return false;
  if (!filter.system.empty() && finding.system != filter.system) return false;
  if (!filter.owner.empty() && finding.owner_name != filter.owner) return false;
  if (filter.principal && finding.principal != *filter.principal) return false;
  if (filter.kind && finding.kind != *filter.kind) return false;
  if (filter.ignored_inline && !finding.ignored_inline) return false;
  if (filter.in_head && !stands_in_head(finding)) return false;
  return filter.id_prefix.empty() || starts_with(finding.id, filter.id_prefix) ||
         starts_with(finding.credential_id, filter.id_prefix) ||
         starts_with(finding.dependency_id, filter.id_prefix) ||
         starts_with(finding.identity, filter.id_prefix);
}

bool has_decision(const Finding& finding, const DecisionFilter& filter) {
  const bool accepted = !finding.exception_id.empty();
  if (filter.accepted) return accepted;
  if (filter.verdict == Verdict::kNone) return !accepted && !finding.decision;
  return finding.decision && finding.decision->verdict == filter.verdict;
}

void bind_filter(SQLite::Statement& query, const FindingFilter& filter) {
  Binder binder(query);
  if (filter.state) {
    binder.text(to_string(*filter.state));
  } else {
    binder.null();
  }
  if (filter.since_sweep) {
    binder.integer(static_cast<std::int64_t>(*filter.since_sweep));
  } else {
    binder.null();
  }
}

void sort_and_cut(std::vector<Finding>& findings, std::uint64_t limit) {
  // Findings are large; sorting pointers and moving each once is several times faster.
  std::vector<Finding*> order;
  order.reserve(findings.size());
  for (Finding& finding : findings) order.push_back(&finding);
  std::sort(order.begin(), order.end(),
            [](const Finding* a, const Finding* b) { return report_order(*a, *b); });
  if (limit > 0 && limit < order.size()) order.resize(static_cast<std::size_t>(limit));
  std::vector<Finding> sorted;
  sorted.reserve(order.size());
  for (Finding* finding : order) sorted.push_back(std::move(*finding));
  findings = std::move(sorted);
}

}  // namespace

Result<std::optional<Inventory::SweepRow>> read_current_sweep(SQLite::Database& database,
                                                              const std::string& path) {
  NHI_TRY(std::vector<Inventory::SweepRow> sweeps,
          read_sweeps(database, path, "sweep_id = (SELECT current_sweep FROM store_state)", true));
  if (sweeps.empty()) return std::optional<Inventory::SweepRow>();
  return std::optional<Inventory::SweepRow>(std::move(sweeps.front()));
}

Result<std::vector<Inventory::SweepRow>> read_finished_sweeps(SQLite::Database& database,
                                                              const std::string& path) {
  return read_sweeps(database, path, "state = 'finished'", false);
}

Result<std::vector<Inventory::PresenceRow>> read_presence_changes(SQLite::Database& database,
                                                                  const std::string& path,
                                                                  SweepId after) {
  return adapt(path, [&]() -> Result<std::vector<Inventory::PresenceRow>> {
    const ReadSnapshot snapshot(database);
    std::vector<Inventory::PresenceRow> changes;
    SQLite::Statement query(database,
                            "SELECT c.sweep_id, s.as_of, c.finding_id, c.from_state IS NULL,"
                            " coalesce(c.from_state, 'new'), c.to_state, c.change"
                            " FROM presence_change c JOIN sweep s USING (sweep_id)"
                            " WHERE c.sweep_id > ?1 AND s.state = 'finished'"
                            " ORDER BY c.sweep_id, c.finding_id");
    query.bind(1, static_cast<std::int64_t>(after));
    while (query.executeStep()) {
      Row row(query);
      Inventory::PresenceRow change;
      change.sweep = SweepId{row.integer()};
      change.at = row.instant();
      change.finding_id = row.text();
      const bool was_unknown = row.flag();
      const auto from = parse_presence(row.text());
      const auto to = parse_presence(row.text());
      change.change = row.text();
      if (row.bad() || !from || !to) return foreign_value(path);
      if (!was_unknown) change.from = from;
      change.to = *to;
      changes.push_back(std::move(change));
    }
    return changes;
  });
}

Result<std::vector<Finding>> read_findings(SQLite::Database& database, const std::string& path,
                                           const FindingFilter& filter) {
  return adapt(path, [&]() -> Result<std::vector<Finding>> {
    const ReadSnapshot snapshot(database);
    std::vector<Finding> findings;
    SQLite::Statement as_of(database,
                            "SELECT as_of FROM sweep"
                            " WHERE sweep_id = (SELECT current_sweep FROM store_state)");
    if (!as_of.executeStep()) return findings;  // no sweep has ended yet
    const DecisionsInForce decisions(database, Row(as_of).instant());
    if (decisions.bad()) return foreign_value(path);
    SQLite::Statement query(database, findings_sql());
    bind_filter(query, filter);
    while (query.executeStep()) {
      Row row(query);
      Finding finding = read_finding(row);
      if (row.bad()) return foreign_value(path);
      if (!passes(filter, finding)) continue;
      decisions.apply(finding);
      if (filter.decision && !has_decision(finding, *filter.decision)) continue;
      findings.push_back(std::move(finding));
    }
    sort_and_cut(findings, filter.limit);
    return findings;
  });
}

Result<std::vector<Inventory::KnownPlace>> read_known_places(
    SQLite::Database& database, const std::string& path, const std::vector<std::string>& targets) {
  return adapt(path, [&]() -> Result<std::vector<Inventory::KnownPlace>> {
    const ReadSnapshot snapshot(database);
    std::vector<Inventory::KnownPlace> places;
    std::vector<std::string> names(targets);
    std::sort(names.begin(), names.end());
    // One pass over all sightings: there is no index by root, and hosts bring hundreds of targets.
    // Readings of a sweep that has not ended are none of a reader's business.
    SQLite::Statement query(
        database,
        // The stamp is that of the row with the greatest reading (SQLite's rule for max()).
        "SELECT t.name, r.name, s.unit_path, count(DISTINCT s.finding_id), max(s.reading_id),"
        " s.unit_stamp"
        " FROM sighting s JOIN root r USING (root_id) JOIN target t USING (target_id)"
        " JOIN finding f ON f.finding_id = s.finding_id AND f.state <> 'gone'"
        " WHERE s.reading_id < coalesce((SELECT first_reading FROM sweep"
        " WHERE state = 'running'), 9223372036854775807)"
        " GROUP BY t.name, r.name, s.unit_path ORDER BY t.name, r.name, s.unit_path");
    while (query.executeStep()) {
      Row row(query);
      Inventory::KnownPlace place;
      place.key.target = row.text();
      if (!std::binary_search(names.begin(), names.end(), place.key.target)) continue;
      place.key.root = row.text();
      place.key.path = row.text();
      place.findings = row.count();
      row.skip(1);
      place.stamp = row.text();
      places.push_back(std::move(place));
    }
    return places;
  });
}

}  // namespace nhi

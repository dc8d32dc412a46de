#include "scanner/inventory/writer.hpp"

#include <algorithm>

#include "scanner/inventory/key_settler.hpp"
#include "scanner/inventory/rows.hpp"

namespace nhi {
namespace {

// Roots remembered to spare a look-up a unit; beyond it the memory starts again.
constexpr std::size_t kRootsRemembered = 50'000;

// So many bytes of ids weigh as much as a row, in a batch.
constexpr std::size_t kIdBytesARow = 80;

std::string insert_sighting_sql() {
  return "INSERT INTO sighting (finding_id, root_id, unit_path, reading_id, unit_stamp,"
         " unit_skipped, " +
         fact_columns("") + ") VALUES (?,?,?,?,?,?," + fact_placeholders() + ")";
}

// What was read in an earlier sweep is carried in this one; what was missing then still is.
void carry(Coverage& coverage, Instant read_at) {
  coverage.carried_files += coverage.files;
  coverage.carried_git_objects += coverage.git_objects;
  coverage.files = coverage.bytes = coverage.git_objects = coverage.archive_members = 0;
  if (!coverage.carried_since || read_at < *coverage.carried_since) {
    coverage.carried_since = read_at;
  }
}

}  // namespace

struct SweepWriter::Statements {
  explicit Statements(SQLite::Database& database)
      : find_unit(database, std::string("SELECT sweep_id, reading_id, stamp, profile_id, read_at,"
                                        " missing_since, skipped, ") +
                                kCoverageColumns +
                                " FROM unit WHERE root_id = ? AND path = ?"
                                " ORDER BY sweep_id DESC"),
        insert_unit(database, std::string("INSERT INTO unit (root_id, path, sweep_id, reading_id,"
                                          " profile_id, stamp, read_at, findings, skipped, ") +
                                  kCoverageColumns +
                                  ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                                  " ON CONFLICT (root_id, path, sweep_id) DO NOTHING"),
        insert_sighting(database, insert_sighting_sql()),
        unmiss(database,
               "UPDATE unit SET missing_since = NULL"
               " WHERE root_id = ? AND path = ? AND sweep_id = ?"),
        drop_unit(database, "DELETE FROM unit WHERE root_id = ? AND path = ? AND sweep_id = ?"),
        drop_sightings(database, "DELETE FROM sighting WHERE reading_id = ?"),
        find_root(database,
                  "SELECT root_id FROM root JOIN target USING (target_id)"
                  " WHERE target.name = ? AND root.name = ?"),
        find_profile(database, "SELECT profile_id FROM profile WHERE digest = ?"),
        remember_former(database, "INSERT OR IGNORE INTO key_match VALUES (?,?)"),
        remember_fingerprint(database, "INSERT OR REPLACE INTO former_fingerprint VALUES (?,?)"),
        lacks_former(database,
                     "SELECT EXISTS (SELECT 1 FROM sighting WHERE reading_id = ?"
                     " AND fingerprint <> '' AND fingerprint NOT IN"
                     " (SELECT fingerprint FROM former_fingerprint))"),
        next_reading(database, "UPDATE store_state SET next_reading = ?") {}

  SQLite::Statement find_unit;
  SQLite::Statement insert_unit;
  SQLite::Statement insert_sighting;
  SQLite::Statement unmiss;
  SQLite::Statement drop_unit;
  SQLite::Statement drop_sightings;
  SQLite::Statement find_root;
  SQLite::Statement find_profile;
  SQLite::Statement remember_former;
  SQLite::Statement remember_fingerprint;
  SQLite::Statement lacks_former;
  SQLite::Statement next_reading;
};

SweepWriter::SweepWriter(SQLite::Database& database, std::string path)
    : database_(database),
      path_(std::move(path)),
      statements_(std::make_unique<Statements>(database)),
      lists_(database),
      quiet_(database) {}

SweepWriter::~SweepWriter() {
  // Kept for the next sweep if it can be; a failure here loses only what no one was promised.
  if (batch_open_ && !failed_) static_cast<void>(checkpoint());
  roll_back(database_);
}

// A write error ends the sweep: going on would leave out what the lost batch held.
template <class Body>
auto SweepWriter::guarded(Body&& body) -> decltype(body()) {
  if (failed_) return fail(*failed_);
  auto result = adapt(path_, std::forward<Body>(body));
  if (!result) {
    roll_back(database_);
    batch_open_ = false;
    batch_rows_ = 0;
    // Roots and profiles made by the lost batch are gone again.
    roots_.clear();
    profile_.reset();
    failed_ = result.error();
  }
  return result;
}

Result<void> SweepWriter::expect_running(SweepId sweep) const {
  if (running_ && running_->id == static_cast<std::int64_t>(sweep)) return {};
  return fail(ErrorCode::kInternal, "the sweep is not running",
              std::to_string(static_cast<std::int64_t>(sweep)));
}

Result<SweepId> SweepWriter::begin(const SweepFacts& facts) {
  if (running_ && !failed_) NHI_CHECK_OK(checkpoint());
  failed_.reset();
  running_.reset();
  NHI_CHECK_OK(check_key(database_, path_, facts));
  return guarded([&]() -> Result<SweepId> {
    WriteTransaction transaction(database_);
    begin_row(facts);
    fill_row(facts);
    drop_other_targets();
    transaction.commit();
    return SweepId{running_->id};
  });
}

// Finds the sweep that was killed, or makes a new row.
void SweepWriter::begin_row(const SweepFacts& facts) {
  next_reading_ = database_.execAndGet("SELECT next_reading FROM store_state").getInt64();
  running_.emplace();
  running_->as_of = facts.as_of;
  running_->key_id = facts.key_id;
  running_->key_check = facts.key_check;
  running_->former_check = facts.former_check;
  running_->to_bundle = facts.to_bundle;
  running_->targets = facts.targets;
  std::sort(running_->targets.begin(), running_->targets.end());
  running_->targets.erase(std::unique(running_->targets.begin(), running_->targets.end()),
                          running_->targets.end());
  SQLite::Statement find(database_,
                         "SELECT sweep_id, first_reading FROM sweep WHERE state = 'running'");
  if (find.executeStep()) {
    running_->id = find.getColumn(0).getInt64();
    running_->first_reading = find.getColumn(1).getInt64();
    return;
  }
  SQLite::Statement insert(database_,
                           "INSERT INTO sweep (state, started, as_of, estate, ruleset, profile,"
                           " key_id, version, cis1_removal, stale_after_days,"
                           " max_age_days, first_reading)"
                           " VALUES ('running', 0, 0, '', '', '', '', '', 0, 0, 0, ?)");
  insert.bind(1, next_reading_);
  insert.exec();
  running_->id = database_.getLastInsertRowid();
  running_->first_reading = next_reading_;
}

void SweepWriter::fill_row(const SweepFacts& facts) {
  SQLite::Statement update(database_,
                           "UPDATE sweep SET started = ?, as_of = ?, estate = ?, ruleset = ?,"
                           " profile = ?, key_id = ?, version = ?, cis1_removal = ?,"
                           " stale_after_days = ?, max_age_days = ? WHERE sweep_id = ?");
  Binder(update)
      .instant(facts.started)
      .instant(facts.as_of)
      .text(facts.estate)
      .text(facts.ruleset)
      .text(facts.profile)
      .text(facts.key_id)
      .text(facts.version)
      .instant(facts.policy.cis1_removal)
      .integer(facts.policy.stale_after_days)
      .integer(facts.policy.max_age_days)
      .integer(running_->id);
  update.exec();
  SQLite::Statement clear(database_, "DELETE FROM sweep_target WHERE sweep_id = ?");
  clear.bind(1, running_->id);
  clear.exec();
  SQLite::Statement insert(database_, "INSERT INTO sweep_target VALUES (?,?)");
  for (const std::string& name : running_->targets) {
    Use use(insert);
    use.bind().integer(running_->id).integer(target_id(name));
    use->exec();
  }
}

// The killed sweep may have read targets that this one does not cover: at its end nobody would
// look at those units, and they would stand there as read by a finished sweep.
void SweepWriter::drop_other_targets() {
  constexpr const char* kOthers =
      " IN (SELECT root_id FROM root WHERE target_id NOT IN"
      " (SELECT target_id FROM sweep_target WHERE sweep_id = ?2))";
  for (const char* what :
       {"sighting WHERE reading_id >= ?1 AND root_id", "unit WHERE reading_id >= ?1 AND root_id"}) {
    SQLite::Statement drop(database_, std::string("DELETE FROM ") + what + kOthers);
    drop.bind(1, running_->first_reading);
    drop.bind(2, running_->id);
    drop.exec();
  }
}

std::int64_t SweepWriter::target_id(const std::string& name) {
  SQLite::Statement insert(database_, "INSERT OR IGNORE INTO target (name) VALUES (?)");
  insert.bind(1, name);
  insert.exec();
  SQLite::Statement find(database_, "SELECT target_id FROM target WHERE name = ?");
  find.bind(1, name);
  return find.executeStep() ? find.getColumn(0).getInt64() : 0;
}

std::optional<std::int64_t> SweepWriter::known_root(const UnitKey& key) {
  const auto remembered = roots_.find({key.target, key.root});
  if (remembered != roots_.end()) return remembered->second;
  Use find(statements_->find_root);
  find.bind().text(key.target).blob(key.root);
  if (!find->executeStep()) return std::nullopt;
  if (roots_.size() >= kRootsRemembered) roots_.clear();
  const std::int64_t id = find->getColumn(0).getInt64();
  roots_.emplace(std::pair(key.target, key.root), id);
  return id;
}

std::int64_t SweepWriter::make_root(const UnitKey& key) {
  if (const auto known = known_root(key)) return *known;
  SQLite::Statement insert(database_, "INSERT INTO root (target_id, name) VALUES (?,?)");
  Binder(insert).integer(target_id(key.target)).blob(key.root);
  insert.exec();
  return database_.getLastInsertRowid();
}

std::optional<std::int64_t> SweepWriter::known_profile(std::string_view digest) {
  if (profile_ && profile_->first == digest) return profile_->second;
  Use find(statements_->find_profile);
  find.bind().text(digest);
  if (!find->executeStep()) return std::nullopt;
  profile_.emplace(std::string(digest), find->getColumn(0).getInt64());
  return profile_->second;
}

std::int64_t SweepWriter::make_profile(const std::string& digest) {
  if (const auto known = known_profile(digest)) return *known;
  SQLite::Statement insert(database_, "INSERT INTO profile (digest) VALUES (?)");
  insert.bind(1, digest);
  insert.exec();
  return database_.getLastInsertRowid();
}

void SweepWriter::open_batch() {
  if (batch_open_) return;
  database_.exec("BEGIN IMMEDIATE");
  batch_open_ = true;
}

void SweepWriter::commit_batch() {
  if (!batch_open_) return;
  {
    Use use(statements_->next_reading);
    use.bind().integer(next_reading_);
    use->exec();
  }
  database_.exec("COMMIT");
  batch_open_ = false;
  batch_rows_ = 0;
}

Result<bool> SweepWriter::reuse(SweepId sweep, const UnitKey& key, std::string_view stamp,
                                std::string_view profile, Coverage& carried) {
  NHI_CHECK_OK(expect_running(sweep));
  return guarded([&]() -> Result<bool> {
    if (stamp.empty()) return false;  // content that cannot be told apart from any other
    const auto root = known_root(key);
    const auto profile_id = known_profile(profile);
    if (!root || !profile_id) return false;
    return find_reading(*root, key, stamp, *profile_id, carried);
  });
}

bool SweepWriter::find_reading(std::int64_t root, const UnitKey& key, std::string_view stamp,
                               std::int64_t profile, Coverage& carried) {
  Use find(statements_->find_unit);
  find.bind().integer(root).blob(key.path);
  while (find->executeStep()) {
    Row row(*find);
    const std::int64_t read_by = row.integer();
    const std::int64_t reading = row.integer();
    if (row.text() != stamp || row.integer() != profile) continue;
    if (lacks_former(reading)) continue;
    const Instant read_at = row.instant();
    const bool was_missing = row.optional_instant().has_value();
    const std::uint64_t skipped = row.count();
    Coverage coverage;
    read_coverage(row, coverage);
    if (row.bad()) continue;
    if (coverage.unread_total > 0 || skipped > 0) lists_.load_unit(reading, coverage);
    carry(coverage, read_at);
    carried = std::move(coverage);
    running_->confirmed.push_back(reading);
    if (was_missing) {
      open_batch();
      Use unmiss(statements_->unmiss);
      unmiss.bind().integer(root).blob(key.path).integer(read_by);
      unmiss->exec();
    }
    return true;
  }
  return false;
}

Result<void> SweepWriter::store(SweepId sweep, const UnitResult& unit) {
  NHI_CHECK_OK(expect_running(sweep));
  const std::vector<std::string>& targets = running_->targets;
  if (!std::binary_search(targets.begin(), targets.end(), unit.key.target)) {
    return fail(ErrorCode::kInternal, "the sweep does not cover the unit's target",
                unit.key.target);
  }
  return guarded([&]() -> Result<void> {
    open_batch();
    const std::int64_t root = make_root(unit.key);
    const std::int64_t profile = make_profile(unit.profile);
    const std::int64_t reading = next_reading_++;
    insert_unit(root, profile, reading, unit);
    lists_.store_unit(reading, unit.coverage);
    insert_sightings(root, reading, unit);
    remember_former(unit);
    remember_fingerprints(unit);
    running_->confirmed.push_back(reading);
    batch_rows_ += 1 + unit.findings.size();
    if (batch_rows_ >= kBatchRows) commit_batch();
    return {};
  });
}

Result<QuietObjects> SweepWriter::quiet_objects(SweepId sweep, const UnitKey& key,
                                                std::string_view profile) {
  NHI_CHECK_OK(expect_running(sweep));
  return guarded([&]() -> Result<QuietObjects> {
    const auto root = known_root(key);
    const auto profile_id = known_profile(profile);
    if (!root || !profile_id) return QuietObjects{};
    return quiet_.load(*root, *profile_id);
  });
}

Result<void> SweepWriter::add_quiet(SweepId sweep, const UnitKey& key, const std::string& profile,
                                    std::string_view ids) {
  NHI_CHECK_OK(expect_running(sweep));
  return guarded([&]() -> Result<void> {
    open_batch();
    quiet_.add(make_root(key), make_profile(profile), running_->as_of, ids);
    batch_rows_ += 1 + ids.size() / kIdBytesARow;
    if (batch_rows_ >= kBatchRows) commit_batch();
    return {};
  });
}

Result<void> SweepWriter::forget_quiet(SweepId sweep, const UnitKey& key) {
  NHI_CHECK_OK(expect_running(sweep));
  return guarded([&]() -> Result<void> {
    const auto root = known_root(key);
    if (!root) return {};
    open_batch();
    quiet_.drop(*root);
    return {};
  });
}

void SweepWriter::insert_unit(std::int64_t root, std::int64_t profile, std::int64_t reading,
                              const UnitResult& unit) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Use use(statements_->insert_unit);
    Binder binder = use.bind();
    binder.integer(root).blob(unit.key.path).integer(running_->id).integer(reading);
    binder.integer(profile).text(unit.stamp).instant(running_->as_of);
    binder.count(unit.findings.size()).count(skipped_total(unit.coverage));
    bind_coverage(binder, unit.coverage);
    if (use->exec() == 1) return;
    drop_staged(root, unit.key);  // read by the killed sweep, or stored twice: the new one counts
  }
}

void SweepWriter::drop_staged(std::int64_t root, const UnitKey& key) {
  std::optional<std::int64_t> reading;
  {
    Use find(statements_->find_unit);
    find.bind().integer(root).blob(key.path);
    while (find->executeStep()) {
      if (find->getColumn(0).getInt64() == running_->id) reading = find->getColumn(1).getInt64();
    }
  }
  if (!reading) return;
  lists_.drop_unit(*reading);
  Use sightings(statements_->drop_sightings);
  sightings.bind().integer(*reading);
  sightings->exec();
  Use unit(statements_->drop_unit);
  unit.bind().integer(root).blob(key.path).integer(running_->id);
  unit->exec();
}

void SweepWriter::remember_former(const UnitResult& unit) {
  for (const Finding& finding : unit.findings) {
    if (finding.former.id.empty()) continue;
    for (const auto& [computed, former] :
         {std::pair(&finding.id, &finding.former.id),
          std::pair(&finding.credential_id, &finding.former.credential_id)}) {
      if (computed->empty()) continue;
      Use use(statements_->remember_former);
      use.bind().text(*computed).text(*former);
      use->exec();
    }
  }
}

void SweepWriter::remember_fingerprints(const UnitResult& unit) {
  if (!running_->to_bundle) return;
  for (const Finding& finding : unit.findings) {
    if (finding.former.fingerprint.empty()) continue;
    Use use(statements_->remember_fingerprint);
    use.bind().text(finding.fingerprint).text(finding.former.fingerprint);
    use->exec();
  }
}

// A bundle under two keys tells both fingerprints of every value: what was read under one of them
// alone is read again.
bool SweepWriter::lacks_former(std::int64_t reading) {
  if (!running_->to_bundle || running_->former_check.empty()) return false;
  Use use(statements_->lacks_former);
  use.bind().integer(reading);
  return use->executeStep() && use->getColumn(0).getInt() != 0;
}

void SweepWriter::insert_sightings(std::int64_t root, std::int64_t reading,
                                   const UnitResult& unit) {
  const std::uint64_t skipped = skipped_total(unit.coverage);
  for (const Finding& finding : unit.findings) {
    Use use(statements_->insert_sighting);
    Binder binder = use.bind();
    binder.text(finding.id).integer(root).blob(unit.key.path).integer(reading);
    binder.text(unit.stamp).count(skipped);
    bind_facts(binder, finding);
    use->exec();
  }
}

Result<void> SweepWriter::checkpoint() {
  return guarded([&]() -> Result<void> {
    commit_batch();
    return {};
  });
}

Result<void> SweepWriter::close_batch() {
  if (!batch_open_) return {};
  return checkpoint();
}

Result<RunningSweep*> SweepWriter::settled(SweepId sweep) {
  NHI_CHECK_OK(expect_running(sweep));
  NHI_CHECK_OK(checkpoint());
  return &*running_;
}

void SweepWriter::ended() { running_.reset(); }

}  // namespace nhi

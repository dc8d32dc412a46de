#include "rotators/journal/run_store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "scanner/base/hash.hpp"
#include "scanner/base/host_name.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {
namespace {

constexpr std::string_view kRunColumns =
    "id, identity, mode, plan_hash, plan, state, facts, created, expires, ended";

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// Field 22 of stat(5), counted from behind the name, which may hold anything.
std::string start_of_process(const std::string& process) {
  const std::string stat = first_line("/proc/" + process + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  std::size_t at = name_end + 2;
  for (int field = 3; field < 22 && at != std::string::npos; ++field) {
    at = stat.find(' ', at);
    if (at != std::string::npos) ++at;
  }
  if (at == std::string::npos) return {};
  return stat.substr(at, stat.find(' ', at) - at);
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(mark, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string boot_id() { return first_line("/proc/sys/kernel/random/boot_id"); }

Error foreign_row(const std::string& what) {
  return {ErrorCode::kStore, "the journal holds a row that is none of ours", what, {}};
}

Result<RunRow> run_of(SQLite::Statement& query) {
  Row row(query);
  RunRow run;
  run.id = row.text();
  run.identity = row.text();
  const auto mode = parse_run_mode(row.text());
  run.plan_hash = row.text();
  run.plan = row.text();
  const auto state = parse_run_state(row.text());
  run.facts = row.text();
  run.created = row.instant();
  run.expires = row.instant();
  run.ended = row.optional_instant();
  if (row.bad() || !mode || !state) return fail(foreign_row(run.id));
  run.mode = *mode;
  run.state = *state;
  return run;
}

Result<StepRow> step_of(SQLite::Statement& query) {
  Row row(query);
  StepRow step;
  step.run_id = row.text();
  step.seq = row.integer();
  step.kind = row.text();
  step.target = row.text();
  step.idem = row.text();
  const auto state = parse_step_state(row.text());
  step.attempt = row.integer();
  step.body = row.text();
  step.intended = row.instant();
  step.ended = row.optional_instant();
  if (row.bad() || !state)
    return fail(foreign_row(fmt::format("{} step {}", step.run_id, step.seq)));
  step.state = *state;
  return step;
}

void put_state(SQLite::Database& database, const std::string& run, RunState state, Instant now) {
  SQLite::Statement update(database, "UPDATE run SET state = ?, ended = ? WHERE id = ?");
  Binder bind(update);
  bind.text(to_string(state));
  bind.instant(is_over(state) ? std::optional<Instant>(now) : std::nullopt).text(run);
  update.exec();
}

void put_step(SQLite::Database& database, const StepRow& step) {
  SQLite::Statement insert(
      database,
      "INSERT OR REPLACE INTO step (run_id, seq, kind, target, idem, state,"
      " attempt, body, intended, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Binder(insert)
      .text(step.run_id)
      .integer(step.seq)
      .text(step.kind)
      .text(step.target)
      .text(step.idem)
      .text(to_string(step.state))
      .integer(step.attempt)
      .text(step.body)
      .instant(step.intended)
      .instant(step.ended);
  insert.exec();
}

// The lease is looked at in the transaction that writes: a stale holder changes nothing.
Result<void> check_lease(SQLite::Database& database, const Lease& lease) {
  SQLite::Statement query(database, "SELECT run_id, fence FROM lease WHERE identity = ?");
  Binder(query).text(lease.identity);
  if (query.executeStep()) {
    Row row(query);
    const std::string run = row.text();
    if (run == lease.run_id && row.integer() == lease.fence) return {};
  }
  return fail(ErrorCode::kBusy, "another process took this rotation over", lease.run_id,
              "nhisweep rotate status tells where it stands");
}

void renew(SQLite::Database& database, const Lease& lease, Instant now) {
  SQLite::Statement update(database, "UPDATE lease SET expires = ? WHERE identity = ?");
  Binder(update).integer(now.seconds + kLeaseSeconds).text(lease.identity);
  update.exec();
}

std::string about(const std::string& run, const std::string& identity, const std::string& purpose,
                  std::string_view part) {
  return FieldBytes().add("sealed/1").add(run).add(identity).add(purpose).add(part).bytes();
}

Result<void> check_state(SQLite::Database& database, const std::string& run, RunState from) {
  SQLite::Statement query(database, "SELECT state FROM run WHERE id = ?");
  Binder(query).text(run);
  const std::string state = query.executeStep() ? query.getColumn(0).getString() : "not known";
  if (state == to_string(from)) return {};
  return fail(ErrorCode::kBusy, fmt::format("it is {}, not {}", state, to_string(from)), run,
              "nhisweep rotate status tells where it stands");
}

}  // namespace

std::string this_holder() {
  const std::string process = std::to_string(::getpid());
  return fmt::format("{}/{}/{}/{}", own_host_name(), boot_id(), process, start_of_process(process));
}

bool holder_is_gone(const std::string& holder) {
  const std::vector<std::string> parts = split(holder, '/');
  const std::vector<std::string> own = split(this_holder(), '/');
  if (parts.size() != 4 || parts[0] != own[0]) return false;
  return parts[1] != own[1] || start_of_process(parts[2]) != parts[3];
}

Result<RunRow> RunStore::run(const std::string& id_prefix) {
  return journal_->read([&](SQLite::Database& database) -> Result<RunRow> {
    SQLite::Statement query(database,
                            fmt::format("SELECT {} FROM run WHERE substr(id, 1, length(?1)) = ?1"
                                        " ORDER BY id LIMIT 2",
                                        kRunColumns));
    Binder(query).text(id_prefix);
    if (id_prefix.empty() || !query.executeStep()) {
      return fail(ErrorCode::kBadUse, "no rotation has this id", id_prefix,
                  "nhisweep rotate status lists them");
    }
    NHI_TRY(RunRow found, run_of(query));
    if (query.executeStep()) {
      return fail(ErrorCode::kBadUse, "more than one rotation has an id that begins so", id_prefix,
                  "write more of it");
    }
    return found;
  });
}

Result<std::vector<RunRow>> RunStore::runs() {
  return journal_->read([&](SQLite::Database& database) -> Result<std::vector<RunRow>> {
    SQLite::Statement query(
        database, fmt::format("SELECT {} FROM run ORDER BY created DESC, rowid DESC", kRunColumns));
    std::vector<RunRow> all;
    while (query.executeStep()) {
      NHI_TRY(RunRow run, run_of(query));
      all.push_back(std::move(run));
    }
    return all;
  });
}

Result<std::vector<StepRow>> RunStore::steps(const std::string& run_id) {
  return journal_->read([&](SQLite::Database& database) -> Result<std::vector<StepRow>> {
    SQLite::Statement query(database,
                            "SELECT run_id, seq, kind, target, idem, state, attempt, body,"
                            " intended, ended FROM step WHERE run_id = ? ORDER BY seq");
    Binder(query).text(run_id);
    std::vector<StepRow> all;
    while (query.executeStep()) {
      NHI_TRY(StepRow step, step_of(query));
      all.push_back(std::move(step));
    }
    return all;
  });
}

Result<std::vector<ApprovalRow>> RunStore::approvals(const std::string& run_id) {
  return journal_->read([&](SQLite::Database& database) -> Result<std::vector<ApprovalRow>> {
    SQLite::Statement query(database,
                            "SELECT plan_hash, actor, body, at FROM approval WHERE run_id = ?"
                            " ORDER BY number");
    Binder(query).text(run_id);
    std::vector<ApprovalRow> all;
    while (query.executeStep()) {
      Row row(query);
      ApprovalRow approval;
      approval.plan_hash = row.text();
      approval.actor = row.text();
      approval.body = row.text();
      approval.at = row.instant();
      if (row.bad()) return fail(foreign_row(run_id));
      all.push_back(std::move(approval));
    }
    return all;
  });
}

Result<void> RunStore::add(const RunRow& run, std::span<const AuditEvent> events) {
  return journal_->write(events, [&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement insert(
        database,
        fmt::format("INSERT INTO run ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", kRunColumns));
    Binder(insert)
        .text(run.id)
        .text(run.identity)
        .text(to_string(run.mode))
        .text(run.plan_hash)
        .text(run.plan)
        .text(to_string(run.state))
        .text(run.facts)
        .instant(run.created)
        .instant(run.expires)
        .instant(run.ended);
    insert.exec();
    return {};
  });
}

Result<void> RunStore::approve(const std::string& run_id, RunState from,
                               const ApprovalRow& approval, RunState to,
                               std::span<const AuditEvent> events) {
  return journal_->write(events, [&](SQLite::Database& database) -> Result<void> {
    NHI_CHECK_OK(check_state(database, run_id, from));
    SQLite::Statement insert(database,
                             "INSERT INTO approval (run_id, number, plan_hash, actor, body, at)"
                             " VALUES (?1, (SELECT count(*) + 1 FROM approval WHERE run_id = ?1),"
                             " ?2, ?3, ?4, ?5)");
    Binder(insert)
        .text(run_id)
        .text(approval.plan_hash)
        .text(approval.actor)
        .text(approval.body)
        .instant(approval.at);
    insert.exec();
    put_state(database, run_id, to, approval.at);
    return {};
  });
}

Result<void> RunStore::move(const std::string& run_id, RunState from, RunState to, Instant at,
                            std::span<const AuditEvent> events) {
  return journal_->write(events, [&](SQLite::Database& database) -> Result<void> {
    NHI_CHECK_OK(check_state(database, run_id, from));
    put_state(database, run_id, to, at);
    return {};
  });
}

Result<Lease> RunStore::take_lease(const RunRow& run, const std::string& holder, Instant now) {
  Lease lease{run.identity, run.id, 1};
  NHI_TRY(const std::vector<RunRow> all, runs());
  const auto other = std::find_if(all.begin(), all.end(), [&](const RunRow& one) {
    return one.identity == run.identity && one.id != run.id && is_under_way(one.state);
  });
  if (other != all.end()) {
    return fail(
        ErrorCode::kBusy,
        fmt::format("rotation {} of the same identity is {}", other->id, to_string(other->state)),
        run.identity,
        fmt::format(
            "end that one first: nhisweep rotate resume {0}, or nhisweep rotate rollback {0}",
            other->id));
  }
  const auto take = [&](SQLite::Database& database) -> Result<void> {
    SQLite::Statement query(database,
                            "SELECT holder, fence, expires FROM lease WHERE identity = ?");
    Binder(query).text(run.identity);
    if (query.executeStep()) {
      Row row(query);
      const std::string held_by = row.text();
      lease.fence = row.integer() + 1;
      const bool lives =
          !held_by.empty() && row.integer() > now.seconds && !holder_is_gone(held_by);
      if (lives && held_by != holder) {
        return fail(ErrorCode::kBusy, "somebody else is at work on this identity: " + held_by,
                    run.identity, "wait for it, or stop that process");
      }
    }
    query.reset();
    SQLite::Statement insert(database,
                             "INSERT OR REPLACE INTO lease (identity, run_id, holder, fence,"
                             " expires) VALUES (?, ?, ?, ?, ?)");
    Binder(insert)
        .text(run.identity)
        .text(run.id)
        .text(holder)
        .integer(lease.fence)
        .integer(now.seconds + kLeaseSeconds);
    insert.exec();
    return {};
  };
  NHI_CHECK_OK(journal_->write({}, take));
  return lease;
}

Result<void> RunStore::release(const Lease& lease) {
  return journal_->write({}, [&](SQLite::Database& database) -> Result<void> {
    // The number stays: what was written under it is older than what comes.
    SQLite::Statement update(
        database, "UPDATE lease SET holder = '', expires = 0 WHERE identity = ? AND fence = ?");
    Binder(update).text(lease.identity).integer(lease.fence);
    update.exec();
    return {};
  });
}

Result<std::size_t> RunStore::held(Instant now) {
  return journal_->read([&](SQLite::Database& database) -> Result<std::size_t> {
    SQLite::Statement query(database,
                            "SELECT holder FROM lease WHERE holder <> '' AND expires > ?");
    Binder(query).instant(now);
    std::size_t count = 0;
    while (query.executeStep()) {
      if (!holder_is_gone(query.getColumn(0).getString())) ++count;
    }
    return count;
  });
}

Result<void> RunStore::write(const Lease& lease, const Change& change) {
  return journal_->write(change.events, [&](SQLite::Database& database) -> Result<void> {
    NHI_CHECK_OK(check_lease(database, lease));
    renew(database, lease, change.now);
    if (change.state) put_state(database, lease.run_id, *change.state, change.now);
    if (change.facts) {
      SQLite::Statement update(database, "UPDATE run SET facts = ? WHERE id = ?");
      Binder(update).text(*change.facts).text(lease.run_id);
      update.exec();
    }
    if (change.step) put_step(database, *change.step);
    return {};
  });
}

Result<void> RunStore::seal(const Lease& lease, const WrappingKey& key, const std::string& purpose,
                            const SecretText& value, Instant now,
                            std::span<const AuditEvent> events, bool replace) {
  NHI_TRY(const WrappingKey row_key, WrappingKey::random());
  NHI_TRY(const std::string wrapped_key,
          key.wrap(row_key.bytes().reveal(), about(lease.run_id, lease.identity, purpose, "key")));
  NHI_TRY(const std::string wrapped,
          row_key.wrap(value.reveal(), about(lease.run_id, lease.identity, purpose, "value")));
  return journal_->write(events, [&](SQLite::Database& database) -> Result<void> {
    NHI_CHECK_OK(check_lease(database, lease));
    SQLite::Statement query(database, "SELECT 1 FROM sealed WHERE run_id = ? AND purpose = ?");
    Binder(query).text(lease.run_id).text(purpose);
    if (query.executeStep() && !replace) {
      return fail(ErrorCode::kBusy, "a value is kept for this already: " + purpose, lease.run_id);
    }
    query.reset();
    SQLite::Statement insert(database,
                             "INSERT OR REPLACE INTO sealed (run_id, purpose, key_id, row_key,"
                             " value, created) VALUES (?, ?, ?, ?, ?, ?)");
    Binder(insert)
        .text(lease.run_id)
        .text(purpose)
        .text(key.id())
        .blob(wrapped_key)
        .blob(wrapped)
        .instant(now);
    insert.exec();
    return {};
  });
}

Result<std::optional<SecretText>> RunStore::unseal(const RunRow& run, const WrappingKey& key,
                                                   const std::string& purpose) {
  using Found = Result<std::optional<SecretText>>;
  return journal_->read([&](SQLite::Database& database) -> Found {
    SQLite::Statement query(database,
                            "SELECT row_key, value FROM sealed WHERE run_id = ? AND purpose = ?"
                            " AND row_key IS NOT NULL");
    Binder(query).text(run.id).text(purpose);
    if (!query.executeStep()) return std::optional<SecretText>();
    const auto bytes_in = [&](int column) {
      const SQLite::Column blob = query.getColumn(column);
      return Bytes(static_cast<const char*>(blob.getBlob()),
                   static_cast<std::size_t>(blob.getBytes()));
    };
    NHI_TRY(SecretText row_key,
            key.unwrap(bytes_in(0), about(run.id, run.identity, purpose, "key")));
    NHI_TRY(SecretText value,
            WrappingKey::from_bytes(std::move(row_key))
                .unwrap(bytes_in(1), about(run.id, run.identity, purpose, "value")));
    return std::optional<SecretText>(std::move(value));
  });
}

Result<void> RunStore::shred(const Lease& lease, Instant now, std::span<const AuditEvent> events) {
  const auto take_keys = [&](SQLite::Database& database) -> Result<void> {
    NHI_CHECK_OK(check_lease(database, lease));
    SQLite::Statement update(database,
                             "UPDATE sealed SET row_key = NULL, value = NULL, shredded = ?"
                             " WHERE run_id = ? AND row_key IS NOT NULL");
    Binder(update).instant(now).text(lease.run_id);
    update.exec();
    return {};
  };
  NHI_CHECK_OK(journal_->write(events, take_keys));
  // secure_delete has overwritten the bytes in the file; the log holds them until it is emptied.
  return journal_->read([&](SQLite::Database& database) -> Result<void> {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  });
}

Result<std::vector<std::string>> RunStore::sealed(const std::string& run_id) {
  return journal_->read([&](SQLite::Database& database) -> Result<std::vector<std::string>> {
    SQLite::Statement query(database,
                            "SELECT purpose FROM sealed WHERE run_id = ? AND row_key IS NOT NULL"
                            " ORDER BY purpose");
    Binder(query).text(run_id);
    std::vector<std::string> all;
    while (query.executeStep()) all.push_back(query.getColumn(0).getString());
    return all;
  });
}

}  // namespace nhi

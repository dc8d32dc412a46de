#include "scanner/inventory/decisions.hpp"

namespace nhi {
namespace {

// Runs `insert` in a transaction of its own. A decision cannot be made again by sweeping again, so
// it waits for the disk.
template <class Insert>
Result<void> append_durably(SQLite::Database& database, const std::string& path, Insert insert) {
  return adapt(path, [&]() -> Result<void> {
    database.exec("PRAGMA synchronous=FULL");
    Result<void> stored = adapt(path, [&]() -> Result<void> {
      WriteTransaction transaction(database);
      insert();
      transaction.commit();
      return {};
    });
    database.exec("PRAGMA synchronous=NORMAL");
    return stored;
  });
}

constexpr const char* kNewestExceptions =
    "SELECT exception_id, subject_id, owner, reason, until, withdrawn, who, decided_at, evidence"
    " FROM decision_exception WHERE decision_id IN (SELECT max(decision_id)"
    " FROM decision_exception GROUP BY exception_id) ORDER BY exception_id";

Exception exception_of(SQLite::Statement& query) {
  Row row(query);
  Exception out;
  out.id = row.text();
  out.subject = row.text();
  out.owner = row.text();
  out.reason = row.text();
  out.until = row.instant();
  out.withdrawn = row.flag();
  out.who = row.text();
  out.decided = row.instant();
  out.evidence = row.text();
  return out;
}

constexpr const char* kFindingDecisions =
    "SELECT decision_id, subject_id, verdict, owner, ticket, reason, who, decided_at, evidence"
    " FROM decision_finding ORDER BY decision_id";

// None if the verdict is no word of ours.
std::optional<FindingDecision> finding_decision_of(SQLite::Statement& query) {
  Row row(query);
  FindingDecision out;
  out.number = row.integer();
  out.subject = row.text();
  const auto verdict = parse_verdict(row.text());
  out.owner = row.text();
  out.ticket = row.text();
  out.reason = row.text();
  out.who = row.text();
  out.when = row.instant();
  out.evidence = row.text();
  if (!verdict || row.bad()) return std::nullopt;
  out.verdict = *verdict;
  return out;
}

bool is_subject(const std::string& id) { return id.starts_with("f_") || id.starts_with("c_"); }
const char* subject_kind(const std::string& id) {
  return id.starts_with("f_") ? "finding" : "credential";
}

Result<void> check(const FindingDecision& decision) {
  if (!is_subject(decision.subject)) {
    return fail(ErrorCode::kBadUse, "a decision is for a finding or a credential", decision.subject,
                "its id begins with f_ or c_");
  }
  const bool complete = !decision.who.empty() &&
                        (decision.verdict != Verdict::kAssigned || !decision.owner.empty()) &&
                        (decision.verdict != Verdict::kTicket || !decision.ticket.empty()) &&
                        (decision.verdict != Verdict::kFalsePositive || !decision.reason.empty());
  if (complete) return {};
  return fail(ErrorCode::kBadUse,
              "a decision needs who decided it, and the owner, ticket or reason of its kind",
              decision.subject);
}

Result<void> check(const Exception& exception) {
  if (!is_subject(exception.subject)) {
    return fail(ErrorCode::kBadUse, "an exception is for a finding or a credential",
                exception.subject, "its id begins with f_ or c_");
  }
  if (exception.id.empty() || exception.owner.empty() || exception.reason.empty() ||
      exception.who.empty()) {
    return fail(ErrorCode::kBadUse, "an exception needs an owner, a reason and who decided it",
                exception.subject);
  }
  return {};
}

Result<void> check(const DependencyDecision& decision) {
  if (!decision.dependency_id.empty() && !decision.who.empty() &&
      (decision.state || decision.owner)) {
    return {};
  }
  return fail(ErrorCode::kBadUse, "a decision needs a dependency, a person, and a state or owner",
              decision.dependency_id);
}

void insert_findings(SQLite::Database& database, const std::vector<FindingDecision>& decisions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision_finding (subject_kind, subject_id, verdict,"
                           " owner, ticket, reason, who, decided_at, evidence)"
                           " VALUES (?,?,?,?,?,?,?,?,?)");
  for (const FindingDecision& decision : decisions) {
    insert.reset();
    Binder(insert)
        .text(subject_kind(decision.subject))
        .text(decision.subject)
        .text(to_string(decision.verdict))
        .text(decision.owner)
        .text(decision.ticket)
        .text(decision.reason)
        .text(decision.who)
        .instant(decision.when)
        .text(decision.evidence);
    insert.exec();
  }
}

void insert_exceptions(SQLite::Database& database, const std::vector<Exception>& exceptions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision_exception (exception_id, subject_kind,"
                           " subject_id, owner, reason, until, withdrawn, who, decided_at,"
                           " evidence) VALUES (?,?,?,?,?,?,?,?,?,?)");
  for (const Exception& exception : exceptions) {
    insert.reset();
    Binder(insert)
        .text(exception.id)
        .text(subject_kind(exception.subject))
        .text(exception.subject)
        .text(exception.owner)
        .text(exception.reason)
        .instant(exception.until)
        .flag(exception.withdrawn)
        .text(exception.who)
        .instant(exception.decided)
        .text(exception.evidence);
    insert.exec();
  }
}

// One word about one dependency: its state, or who answers for it. `sql` takes dependency, word,
// who, when and evidence in this order.
void insert_word(SQLite::Database& database, const char* sql, const DependencyDecision& decision,
                 std::string_view word) {
  SQLite::Statement insert(database, sql);
  Binder(insert)
      .text(decision.dependency_id)
      .text(word)
      .text(decision.who)
      .instant(decision.when)
      .text(decision.evidence);
  insert.exec();
}

void insert_dependency(SQLite::Database& database, const DependencyDecision& decision) {
  if (decision.state) {
    insert_word(database,
                "INSERT INTO decision_dependency_state (dependency_id, state, who, decided_at,"
                " evidence) VALUES (?,?,?,?,?)",
                decision, to_string(*decision.state));
  }
  if (decision.owner) {
    insert_word(database,
                "INSERT INTO decision_ownership (subject_kind, subject_id, owner, who,"
                " decided_at, evidence) VALUES ('dependency',?,?,?,?,?)",
                decision, *decision.owner);
  }
}

}  // namespace

Result<void> append_credential_status(SQLite::Database& database, const std::string& path,
                                      const CredentialDecision& decision) {
  if (decision.credential_id.empty() || decision.who.empty()) {
    return fail(ErrorCode::kBadUse, "a decision needs a credential and a person who decides",
                decision.credential_id);
  }
  return append_durably(database, path, [&] {
    SQLite::Statement insert(database,
                             "INSERT INTO decision_credential_status"
                             " (credential_id, status, who, decided_at, evidence)"
                             " VALUES (?,?,?,?,?)");
    Binder(insert)
        .text(decision.credential_id)
        .text(to_string(decision.status))
        .text(decision.who)
        .instant(decision.when)
        .text(decision.evidence);
    insert.exec();
  });
}

Result<void> append_decisions(SQLite::Database& database, const std::string& path,
                              const Decisions& decisions) {
  for (const FindingDecision& decision : decisions.findings) NHI_CHECK_OK(check(decision));
  for (const Exception& exception : decisions.exceptions) NHI_CHECK_OK(check(exception));
  for (const DependencyDecision& decision : decisions.dependencies) NHI_CHECK_OK(check(decision));
  return append_durably(database, path, [&] {
    insert_findings(database, decisions.findings);
    insert_exceptions(database, decisions.exceptions);
    for (const DependencyDecision& decision : decisions.dependencies) {
      insert_dependency(database, decision);
    }
  });
}

Result<std::vector<FindingDecision>> read_finding_decisions(SQLite::Database& database,
                                                            const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<FindingDecision>> {
    std::vector<FindingDecision> decisions;
    SQLite::Statement query(database, kFindingDecisions);
    while (query.executeStep()) {
      auto decision = finding_decision_of(query);
      if (!decision) {
        return fail(ErrorCode::kStore, "the inventory holds an unknown decision", path);
      }
      decisions.push_back(std::move(*decision));
    }
    return decisions;
  });
}

Result<std::vector<Exception>> read_exceptions(SQLite::Database& database,
                                               const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<Exception>> {
    std::vector<Exception> exceptions;
    SQLite::Statement query(database, kNewestExceptions);
    while (query.executeStep()) exceptions.push_back(exception_of(query));
    return exceptions;
  });
}

Result<std::vector<DependencyDecision>> read_dependency_decisions(SQLite::Database& database,
                                                                  const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<DependencyDecision>> {
    std::vector<DependencyDecision> decisions;
    const auto read = [&](const char* sql, auto take) {
      SQLite::Statement query(database, sql);
      while (query.executeStep()) {
        Row row(query);
        DependencyDecision decision;
        decision.dependency_id = row.text();
        take(decision, row.text());
        decision.who = row.text();
        decision.when = row.instant();
        decision.evidence = row.text();
        decisions.push_back(std::move(decision));
      }
    };
    bool bad = false;
    read(
        "SELECT dependency_id, state, who, decided_at, evidence FROM decision_dependency_state"
        " ORDER BY decision_id",
        [&](DependencyDecision& decision, const std::string& word) {
          decision.state = parse_dependency_state(word);
          bad = bad || !decision.state;
        });
    if (bad) return fail(ErrorCode::kStore, "the inventory holds an unknown state", path);
    read(
        "SELECT subject_id, owner, who, decided_at, evidence FROM decision_ownership"
        " WHERE subject_kind = 'dependency' ORDER BY decision_id",
        [](DependencyDecision& decision, std::string name) { decision.owner = std::move(name); });
    return decisions;
  });
}

Result<std::vector<CredentialDecision>> read_credential_decisions(
    SQLite::Database& database, const std::string& path, const std::string& credential_id) {
  return adapt(path, [&]() -> Result<std::vector<CredentialDecision>> {
    std::vector<CredentialDecision> decisions;
    SQLite::Statement query(database,
                            "SELECT credential_id, status, who, decided_at, evidence"
                            " FROM decision_credential_status WHERE credential_id = ?"
                            " ORDER BY decision_id");
    query.bind(1, credential_id);
    while (query.executeStep()) {
      Row row(query);
      CredentialDecision decision;
      decision.credential_id = row.text();
      const auto status = parse_credential_status(row.text());
      if (!status) {
        return fail(ErrorCode::kStore, "the inventory holds an unknown credential status", path);
      }
      decision.status = *status;
      decision.who = row.text();
      decision.when = row.instant();
      decision.evidence = row.text();
      decisions.push_back(std::move(decision));
    }
    return decisions;
  });
}

DecisionsInForce::DecisionsInForce(SQLite::Database& database, Instant as_of) {
  load_statuses(database);
  load_findings(database);
  load_exceptions(database, as_of);
}

void DecisionsInForce::load_statuses(SQLite::Database& database) {
  SQLite::Statement query(database,
                          "SELECT credential_id, status FROM decision_credential_status"
                          " ORDER BY decision_id");
  while (query.executeStep()) {
    Row row(query);
    const std::string credential = row.text();
    const auto status = parse_credential_status(row.text());
    if (!status) bad_ = true;
    statuses_[credential] = status.value_or(CredentialStatus::kUnknown);
  }
}

void DecisionsInForce::load_findings(SQLite::Database& database) {
  SQLite::Statement query(database, kFindingDecisions);
  while (query.executeStep()) {
    auto decision = finding_decision_of(query);
    if (!decision) {
      bad_ = true;
      continue;
    }
    std::string subject = decision->subject;
    findings_.insert_or_assign(std::move(subject), std::move(*decision));
  }
}

void DecisionsInForce::load_exceptions(SQLite::Database& database, Instant as_of) {
  SQLite::Statement query(database, kNewestExceptions);
  while (query.executeStep()) {
    Exception exception = exception_of(query);
    if (!exception.in_force(as_of)) continue;
    const auto [entry, fresh] = exceptions_.emplace(exception.subject, exception);
    if (!fresh && entry->second.until < exception.until) entry->second = std::move(exception);
  }
}

void DecisionsInForce::apply(Finding& finding) const {
  if (!finding.credential_id.empty()) {
    const auto status = statuses_.find(finding.credential_id);
    if (status != statuses_.end()) finding.credential_status = status->second;
  }
  const FindingDecision* newest = nullptr;
  for (const std::string* subject : {&finding.id, &finding.credential_id}) {
    const auto found = findings_.find(*subject);
    if (found == findings_.end()) continue;
    if (newest == nullptr || newest->number < found->second.number) newest = &found->second;
  }
  if (newest != nullptr && newest->verdict != Verdict::kNone) finding.decision = *newest;
  for (const std::string* subject : {&finding.id, &finding.credential_id}) {
    const auto found = exceptions_.find(*subject);
    if (found == exceptions_.end()) continue;
    if (finding.exception_until && found->second.until <= *finding.exception_until) continue;
    finding.exception_id = found->second.id;
    finding.exception_until = found->second.until;
    finding.exception_owner = found->second.owner;
    finding.exception_reason = found->second.reason;
    finding.exception_evidence = found->second.evidence;
  }
}

}  // namespace nhi

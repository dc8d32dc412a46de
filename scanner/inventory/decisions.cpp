#include "scanner/inventory/decisions.hpp"

#include <algorithm>

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
  if (decision.dependency_id.empty() || decision.who.empty()) {
    return fail(ErrorCode::kBadUse, "a decision needs a dependency and a person who decides",
                decision.dependency_id);
  }
  NHI_CHECK_OK(canonical_word(decision.field, decision.value));
  return {};
}

Result<void> check(const CredentialDecision& decision) {
  if (!decision.credential_id.empty() && !decision.who.empty()) return {};
  return fail(ErrorCode::kBadUse, "a decision needs a credential and a person who decides",
              decision.credential_id);
}

Result<void> check(const BindingDecision& decision) {
  if (!decision.credential_id.empty() && !decision.dependency_id.empty() && !decision.who.empty() &&
      !decision.evidence.empty()) {
    return {};
  }
  return fail(ErrorCode::kBadUse,
              "a binding needs a credential, a dependency, a person who decides and evidence",
              decision.credential_id);
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

void insert_dependencies(SQLite::Database& database,
                         const std::vector<DependencyDecision>& decisions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision_dependency (dependency_id, system,"
                           " environment_code, field, value, who, decided_at, evidence, source)"
                           " VALUES (?,?,?,?,?,?,?,?,?)");
  for (const DependencyDecision& decision : decisions) {
    insert.reset();
    Binder(insert)
        .text(decision.dependency_id)
        .text(decision.system)
        .code(decision.environment)
        .text(to_string(decision.field))
        .text(decision.value)
        .text(decision.who)
        .instant(decision.when)
        .text(decision.evidence)
        .text(to_string(decision.source));
    insert.exec();
  }
}

void insert_credentials(SQLite::Database& database,
                        const std::vector<CredentialDecision>& decisions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision_credential_status"
                           " (credential_id, status, who, decided_at, evidence)"
                           " VALUES (?,?,?,?,?)");
  for (const CredentialDecision& decision : decisions) {
    insert.reset();
    Binder(insert)
        .text(decision.credential_id)
        .text(to_string(decision.status))
        .text(decision.who)
        .instant(decision.when)
        .text(decision.evidence);
    insert.exec();
  }
}

void insert_bindings(SQLite::Database& database, const std::vector<BindingDecision>& decisions) {
  SQLite::Statement insert(database,
                           "INSERT INTO decision_binding"
                           " (dependency_id, credential_id, kind, who, decided_at, evidence)"
                           " VALUES (?,?,?,?,?,?)");
  for (const BindingDecision& decision : decisions) {
    insert.reset();
    Binder(insert)
        .text(decision.dependency_id)
        .text(decision.credential_id)
        .text(to_string(decision.kind))
        .text(decision.who)
        .instant(decision.when)
        .text(decision.evidence);
    insert.exec();
  }
}

}  // namespace

Result<void> append_decisions(SQLite::Database& database, const std::string& path,
                              const Decisions& decisions) {
  for (const FindingDecision& decision : decisions.findings) NHI_CHECK_OK(check(decision));
  for (const Exception& exception : decisions.exceptions) NHI_CHECK_OK(check(exception));
  for (const DependencyDecision& decision : decisions.dependencies) NHI_CHECK_OK(check(decision));
  for (const CredentialDecision& decision : decisions.credentials) NHI_CHECK_OK(check(decision));
  for (const BindingDecision& decision : decisions.bindings) NHI_CHECK_OK(check(decision));
  return append_durably(database, path, [&] {
    insert_findings(database, decisions.findings);
    insert_exceptions(database, decisions.exceptions);
    insert_dependencies(database, decisions.dependencies);
    insert_credentials(database, decisions.credentials);
    insert_bindings(database, decisions.bindings);
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
    SQLite::Statement query(database,
                            "SELECT dependency_id, system, environment_code, field, value, who,"
                            " decided_at, evidence, source FROM decision_dependency"
                            " ORDER BY decision_id");
    while (query.executeStep()) {
      Row row(query);
      DependencyDecision decision;
      decision.dependency_id = row.text();
      decision.system = row.text();
      decision.environment = row.code(Environment::kDevelopment);
      const auto field = parse_dependency_field(row.text());
      decision.value = row.text();
      decision.who = row.text();
      decision.when = row.instant();
      decision.evidence = row.text();
      const auto source = parse_decision_source(row.text());
      if (row.bad() || !field || !source || !canonical_word(*field, decision.value)) {
        return fail(ErrorCode::kStore, "the inventory holds an unknown word of a dependency", path);
      }
      decision.field = *field;
      decision.source = *source;
      decisions.push_back(std::move(decision));
    }
    return decisions;
  });
}

Result<std::vector<CredentialDecision>> read_credential_decisions(SQLite::Database& database,
                                                                  const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<CredentialDecision>> {
    std::vector<CredentialDecision> decisions;
    SQLite::Statement query(database,
                            "SELECT credential_id, status, who, decided_at, evidence"
                            " FROM decision_credential_status ORDER BY decision_id");
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

Result<std::vector<BindingDecision>> read_binding_decisions(SQLite::Database& database,
                                                            const std::string& path) {
  return adapt(path, [&]() -> Result<std::vector<BindingDecision>> {
    std::vector<BindingDecision> decisions;
    SQLite::Statement query(database,
                            "SELECT dependency_id, credential_id, kind, who, decided_at, evidence"
                            " FROM decision_binding ORDER BY decision_id");
    while (query.executeStep()) {
      Row row(query);
      BindingDecision decision;
      decision.dependency_id = row.text();
      decision.credential_id = row.text();
      const auto kind = parse_binding_kind(row.text());
      if (!kind) return fail(ErrorCode::kStore, "the inventory holds an unknown binding", path);
      decision.kind = *kind;
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
  load_returns(database);
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

// Asked only where somebody attested something: it reads every change of presence.
void DecisionsInForce::load_returns(SQLite::Database& database) {
  const bool attested = std::any_of(statuses_.begin(), statuses_.end(), [](const auto& entry) {
    return entry.second == CredentialStatus::kDeadAttested;
  });
  if (!attested) return;
  SQLite::Statement query(database,
                          "SELECT c.finding_id, max(s.as_of) FROM presence_change c"
                          " JOIN sweep s USING (sweep_id) WHERE c.from_state = 'gone'"
                          " AND c.to_state IN ('new', 'open') AND s.state = 'finished'"
                          " GROUP BY c.finding_id");
  while (query.executeStep()) {
    Row row(query);
    std::string finding = row.text();
    returned_.insert_or_assign(std::move(finding), row.instant());
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
    const auto returned = returned_.find(finding.id);
    if (returned != returned_.end()) finding.returned = returned->second;
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

#include "scanner/inventory/decisions.hpp"

namespace nhi {

Result<void> append_credential_status(SQLite::Database& database, const std::string& path,
                                      const CredentialDecision& decision) {
  if (decision.credential_id.empty() || decision.who.empty()) {
    return fail(ErrorCode::kBadUse, "a decision needs a credential and a person who decides",
                decision.credential_id);
  }
  return adapt(path, [&]() -> Result<void> {
    // A decision cannot be made again by sweeping again, so it waits for the disk.
    database.exec("PRAGMA synchronous=FULL");
    Result<void> stored = adapt(path, [&]() -> Result<void> {
      WriteTransaction transaction(database);
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
      transaction.commit();
      return {};
    });
    database.exec("PRAGMA synchronous=NORMAL");
    return stored;
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

void DecisionsInForce::load_exceptions(SQLite::Database& database, Instant as_of) {
  SQLite::Statement query(database,
                          "SELECT exception_id, subject_id, until FROM decision_exception"
                          " WHERE decision_id IN (SELECT max(decision_id) FROM decision_exception"
                          " GROUP BY exception_id) AND withdrawn = 0 AND until > ?"
                          " ORDER BY exception_id");
  query.bind(1, as_of.seconds);
  while (query.executeStep()) {
    Row row(query);
    Exception exception;
    exception.id = row.text();
    const std::string subject = row.text();
    exception.until = row.instant();
    const auto [entry, fresh] = exceptions_.emplace(subject, exception);
    if (!fresh && entry->second.until < exception.until) entry->second = exception;
  }
}

void DecisionsInForce::apply(Finding& finding) const {
  if (!finding.credential_id.empty()) {
    const auto status = statuses_.find(finding.credential_id);
    if (status != statuses_.end()) finding.credential_status = status->second;
  }
  for (const std::string* subject : {&finding.id, &finding.credential_id}) {
    const auto found = exceptions_.find(*subject);
    if (found == exceptions_.end()) continue;
    if (finding.exception_until && found->second.until <= *finding.exception_until) continue;
    finding.exception_id = found->second.id;
    finding.exception_until = found->second.until;
  }
}

}  // namespace nhi

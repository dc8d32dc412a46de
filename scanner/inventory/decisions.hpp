// decisions.hpp - what people decided: appended, never changed; the newest row is in force.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Of all credentials, oldest first.
[[nodiscard]] Result<std::vector<CredentialDecision>> read_credential_decisions(
    SQLite::Database& database, const std::string& path);

/// All or none. Errors: kBadUse where a word is missing; kStore. Flushed before it returns.
[[nodiscard]] Result<void> append_decisions(SQLite::Database& database, const std::string& path,
                                            const Decisions& decisions);
/// Oldest first.
[[nodiscard]] Result<std::vector<FindingDecision>> read_finding_decisions(
    SQLite::Database& database, const std::string& path);
/// The newest decision about each exception, by id.
[[nodiscard]] Result<std::vector<Exception>> read_exceptions(SQLite::Database& database,
                                                             const std::string& path);

/// Oldest first.
[[nodiscard]] Result<std::vector<DependencyDecision>> read_dependency_decisions(
    SQLite::Database& database, const std::string& path);

/// Oldest first.
[[nodiscard]] Result<std::vector<BindingDecision>> read_binding_decisions(
    SQLite::Database& database, const std::string& path);

// The decisions that findings show, as of one instant. Of those about a finding and about its
// credential the newer one is in force. Exceptions of both cover it; the one that lasts longest is
// shown.
class DecisionsInForce {
 public:
  /// Reads inside the caller's snapshot; exceptions of SQLiteCpp pass through. `bad()` is true if
  /// the file holds words that are none of ours.
  DecisionsInForce(SQLite::Database& database, Instant as_of);
  void apply(Finding& finding) const;
  [[nodiscard]] bool bad() const { return bad_; }

 private:
  void load_statuses(SQLite::Database& database);
  void load_returns(SQLite::Database& database);
  void load_findings(SQLite::Database& database);
  void load_exceptions(SQLite::Database& database, Instant as_of);
  std::unordered_map<std::string, CredentialStatus> statuses_;
  std::unordered_map<std::string, Instant> returned_;  // by finding id; see Finding::returned
  std::unordered_map<std::string, FindingDecision> findings_;  // by finding or credential id
  std::unordered_map<std::string, Exception> exceptions_;      // by finding or credential id
  bool bad_ = false;
};

}  // namespace nhi

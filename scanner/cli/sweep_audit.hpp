// sweep_audit.hpp - the records of one sweep or import: that it begins, and how it ended.
#pragma once

#include <string>

#include "scanner/cli/audit_events.hpp"
#include "scanner/cli/audit_log.hpp"

namespace nhi {

class SweepAudit {
 public:
  /// Records the beginning; `type` is "sweep" or "import". A note says what is left out tonight
  /// and was not in the sweep before. Errors: those of the audit and of reading the estate file.
  [[nodiscard]] static Result<SweepAudit> begin(const std::string& type, const Options& options,
                                                const Estate& estate, const std::string& ruleset,
                                                const std::string& key, Instant as_of);
  [[nodiscard]] AuditLog& log() { return log_; }
  /// Records how it ended, and gives the signed head.
  [[nodiscard]] Result<std::string> end(const SweepFactsForAudit& facts);

 private:
  SweepAudit(std::string type, AuditLog log, AuditEvent started)
      : type_(std::move(type)), log_(std::move(log)), started_(std::move(started)) {}

  std::string type_;
  AuditLog log_;
  AuditEvent started_;
  std::optional<AuditRecord> before_;
  std::optional<AuditRecord> before_end_;
};

}  // namespace nhi

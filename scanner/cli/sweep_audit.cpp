#include "scanner/cli/sweep_audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/cli/console.hpp"

namespace nhi {

Result<SweepAudit> SweepAudit::begin(const std::string& type, const Options& options,
                                     const Estate& estate, const std::string& ruleset,
                                     const std::string& key, Instant as_of) {
  NHI_TRY(AuditEvent started, sweep_started(type, options, estate, ruleset, key, as_of));
  NHI_TRY(AuditLog log, AuditLog::open(options));
  SweepAudit audit(type, std::move(log), std::move(started));
  NHI_TRY(audit.before_, audit.log_.newest(type + ".started"));
  NHI_TRY(audit.before_end_, audit.log_.newest(type + ".ended"));
  NHI_CHECK_OK(audit.log_.record({audit.started_}));
  if (!audit.before_) return audit;
  const auto before = audit.before_->body.fields_of("flags").list_of("left_out");
  for (const std::string& words : left_out_by(options, estate)) {
    if (std::binary_search(before.begin(), before.end(), words)) continue;
    note(options, fmt::format("left out since this {}: {}", type, words));
  }
  return audit;
}

Result<std::string> SweepAudit::end(const SweepFactsForAudit& facts) {
  NHI_CHECK_OK(log_.record({sweep_ended(type_, started_, facts, before_, before_end_)}));
  return log_.close();
}

}  // namespace nhi

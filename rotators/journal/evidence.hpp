// evidence.hpp - a part of the audit for people who were not there: lines for programs, one page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotators/journal/journal.hpp"
#include "rotators/journal/verify.hpp"
#include "scanner/base/clock.hpp"

namespace nhi {

/// What of the journal is wanted.
struct EvidenceRange {
  std::optional<Instant> from;  // records of then and later
  std::optional<Instant> to;    // records before it
  std::string run;              // of this rotation only; empty: of all, and what is of none
};

/// Of a journal that was verified just now.
struct EvidencePack {
  std::vector<AuditRecord> records;
  std::vector<std::string> lines;  // each record with its hash, as JSON
};
inline constexpr std::size_t kEvidenceRecordsMax = 1'000'000;

/// Errors: kStore; kMalformed for a record that is none of ours; kTooLarge over the limit.
[[nodiscard]] Result<EvidencePack> collect_evidence(Journal& journal, const EvidenceRange& range);

/// JSON lines: the first says what this is and how the whole journal was judged, then a record
/// each, as {"hash": …, "record": the exact text that was hashed}.
[[nodiscard]] std::string evidence_lines(const EvidencePack& evidence, const EvidenceRange& range,
                                         const AuditVerdict& verdict);
/// One page without scripts, for reading and printing.
[[nodiscard]] std::string evidence_page(const EvidencePack& evidence, const EvidenceRange& range,
                                        const AuditVerdict& verdict);

}  // namespace nhi

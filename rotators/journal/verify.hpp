// verify.hpp - whether a journal is the one that was written: no record changed, cut out, put in
// or in another order, every signature right.
//
// What a file alone cannot show is that its end was cut off, or that all of it was made anew by
// somebody who has the key. Anchors show the first, a public key kept elsewhere the second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rotators/journal/journal.hpp"

namespace nhi {

/// A head that was noted outside of the journal.
struct AuditAnchor {
  AuditHead head;
  std::string where;  // "--anchor", "sweep 12 in nhisweep.db"
};

struct AuditProblem {
  std::uint64_t seq = 0;  // 0: the journal as a whole
  std::string what;
};
inline constexpr std::size_t kAuditProblemsMax = 100;

struct AuditVerdict {
  AuditHead head;                  // as computed, not as stored
  std::string chain;               // name of the chain
  std::uint64_t signed_up_to = 0;  // by the last checkpoint whose signature is right
  std::uint64_t checkpoints = 0;
  std::string first_at;  // of the first and of the last record
  std::string last_at;
  std::vector<AuditPublicKey> keys;    // in the order in which they came into use
  std::vector<AuditProblem> problems;  // none: it is whole; at most kAuditProblemsMax
  std::vector<std::string> remarks;    // what is no fault, and what nobody can tell
  [[nodiscard]] bool whole() const { return problems.empty(); }
};

/// Reads the whole journal once. `pinned`: the key that must have signed it from the first record
/// on, where somebody kept it. Errors: kStore where the file cannot be read.
[[nodiscard]] Result<AuditVerdict> verify_journal(Journal& journal,
                                                  const std::vector<AuditAnchor>& anchors,
                                                  const std::optional<AuditPublicKey>& pinned);

}  // namespace nhi

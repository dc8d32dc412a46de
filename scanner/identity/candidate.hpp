// candidate.hpp - what one pass over a blob yields before it becomes findings, and how the many
// hits on one secret become one.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

struct Candidate {
  const Rule* rule = nullptr;   // null for a site
  const Site* site = nullptr;   // null for a match
  SecretText value;             // empty for sites without a secret
  Span blob;                    // smallest range of the blob
  Span text;                    // the same in the text view
  std::vector<Encoding> chain;  // outermost first
  Span account_blob;
  std::string account;
  std::string target;
  bool account_beside = false;  // read from a setting beside the secret (beside.hpp)
  Level confidence = Level::kMedium;
  std::string_view why;
  bool verified = false;
  std::vector<std::string> also;  // rules that hit the same bytes and lost
  std::uint64_t line = 0;         // of the first byte
  Span match;                     // the whole match, in the text view

  [[nodiscard]] bool is_indicator() const {
    return rule != nullptr && rule->kind == RuleKind::kIndicator;
  }
  [[nodiscard]] std::string rule_id() const {
    return site != nullptr ? "site." + site->owner.format : rule->id;
  }
};

/// Drops candidates whose rule has `needs` that nothing in the blob meets, and lifts those whose
/// `raised_by` is met. Only rules without needs of their own can meet one: no chains.
void apply_neighbours(std::vector<Candidate>& candidates);

/// One candidate for each secret: of overlapping ones a site wins, then a verified match, then a
/// specific rule, then a generic one; among equals the deeper decoding, the longer value, of the
/// same bytes the surer one, the rule id. Losers are named in `also`. Indicators of different kinds
/// may overlap; of one kind the shallowest stays. The result is ordered by position in the blob.
/// Source: contracts section 4, "Value".
[[nodiscard]] std::vector<Candidate> fuse(std::vector<Candidate> candidates);

}  // namespace nhi

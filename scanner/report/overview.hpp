// overview.hpp - the headline numbers and the lists behind them, worked out once for all formats.
//
// A number and the list it links to must never disagree, so both come from here: a headline is the
// size of a list. The definitions are those by which a sweep stores its measures (identity room);
// here they are asked of the report's own data, which a filter may have narrowed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/report.hpp"

namespace nhi {

/// The lists a credential can stand in; a bit each.
enum CredentialList : std::uint16_t {
  kListOutstanding = 1u << 0,     // not dead, wherever its bytes are
  kListCis1Stale = 1u << 1,       // not dead, and its CIS1 dependency is over
  kListRemovedNotDead = 1u << 2,  // in no file and no HEAD any more, not proven dead
  kListResidue = 1u << 3,         // dead, bytes remain: listed, not counted
  kListSharedSpine = 1u << 4,     // Spine, MESH, SDS: not part of CIS1
  kListUnbound = 1u << 5,         // beside a CIS1 trace and not bound to it
  kListUnowned = 1u << 6,         // not dead and no place of it has an owner
  kListReused = 1u << 7,
  kListLongLived = 1u << 8,
  kListAgeUnknown = 1u << 9,  // not dead and without evidence of its age
  kListOrphaned = 1u << 10,
  kListBound = 1u << 11,      // belongs to CIS1 itself
  kListSeenAgain = 1u << 12,  // seen in a place after somebody attested that it is dead
};
/// Name of each list in links and filters, in the order of the bits.
inline constexpr std::array<std::string_view, 13> kCredentialListNames = {
    "outstanding", "cis1-stale", "removed-not-dead", "residue",    "shared-spine",
    "unbound",     "unowned",    "reused",           "long-lived", "age-unknown",
    "orphaned",    "",           "seen-again"};

/// The lists a dependency can stand in; a bit each.
enum DependencyList : std::uint16_t {
  kListWillStop = 1u << 0,    // stops on the day of the removal, by decision or evidence
  kListTracesGone = 1u << 1,  // no CIS1 trace left, and nobody decided that it is over
  kListDeclared = 1u << 2,    // people say that it is there, no sweep saw a trace
};
inline constexpr std::array<std::string_view, 3> kDependencyListNames = {"will-stop", "traces-gone",
                                                                         "declared"};

struct CredentialView {
  const Credential* credential = nullptr;
  std::uint16_t lists = 0;
  std::vector<std::string> dependencies;  // ids, sorted
  bool will_stop = false;                 // belongs to a CIS1 dependency that will stop
  std::uint64_t fresh = 0;                // places with state new

  [[nodiscard]] bool in(CredentialList list) const { return (lists & list) != 0; }
};

struct Overview {
  std::vector<CredentialView> credentials;  // order of the data
  Measures measures;
  bool is_sweep = false;
  /// No dependency is evidence of none only when every place was read and no trace was seen.
  /// Without it neither what will stop nor what is cis1-stale is known.
  bool knows_dependencies = false;
  /// Without those of `traces-gone` that nobody decided about: they have no state.
  std::uint64_t dependencies_by_state[7] = {};
  /// Of those that will stop, by Level; the last is of those whose criticality nobody said.
  std::uint64_t will_stop_by_criticality[5] = {};
  std::uint64_t cis1_indicators = 0;
  std::uint64_t references = 0;       // sites: places without a secret of their own
  std::uint64_t open = 0;             // findings, without sites
  std::uint64_t accepted = 0;         // of all findings without sites: an exception is in force
  std::uint64_t false_positives = 0;  // of all findings without sites
  std::int64_t days_to_removal = 0;   // negative after it
};

/// Shapes: the result points into `data`, which must outlive it.
[[nodiscard]] Overview make_overview(const ReportData& data);

/// What people decided, else what the evidence proposes.
[[nodiscard]] DependencyState effective_state(const Dependency& dependency);
/// The word for where it stands: a state, or `traces-gone` where the evidence allows none.
[[nodiscard]] std::string_view standing_word(const Dependency& dependency);
/// Bits of DependencyList. What people decided holds whatever was read; a proposal holds while a
/// CIS1 trace is there, or may be: `unverified` counts, `gone` does not.
[[nodiscard]] std::uint16_t lists_of(const Dependency& dependency);
[[nodiscard]] bool will_stop(const Dependency& dependency);
/// "critical" … "low", or "not known".
[[nodiscard]] std::string_view criticality_word(const Dependency& dependency);
/// What will stop comes first, the most critical before the rest and the unknown last; then by
/// system and environment.
[[nodiscard]] bool dependency_order(const Dependency& a, const Dependency& b);
/// "critical 1, high 2, not known 1" of what will stop; empty if nothing will.
[[nodiscard]] std::string criticality_sentence(const Overview& overview);
/// False for a place without a secret of its own and for a person's own password: they are listed
/// and in no number.
[[nodiscard]] bool is_counted(const Finding& finding);
[[nodiscard]] bool is_dead(const Credential& credential);
/// The name of a rule; a reader's own finding is named by its format, any other by its id.
[[nodiscard]] std::string rule_title(const ReportData& data, const std::string& rule);
/// "AWS access key id: AKIA******** for aws:1111/deploy. public prefix …"; raw, no secret.
[[nodiscard]] std::string finding_sentence(const ReportData& data, const Finding& finding);
/// "95 days to the removal of CIS1 (2027-02-28)" or "… was removed 12 days ago (…)".
[[nodiscard]] std::string removal_sentence(const ReportData& data);

}  // namespace nhi

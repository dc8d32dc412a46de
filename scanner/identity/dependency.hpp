// dependency.hpp - what ties an application to CIS1: what sweeps saw of it, and what people say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// Source: reference/nhs-cis.md section 6, as are the side states.
enum class DependencyState : std::uint8_t {
  kObserved,
  kCis1Only,
  kCis2Configured,
  kDual,
  kCis2Primary,
  kCis2Only,
  kRetired,
};
[[nodiscard]] std::string_view to_string(DependencyState state);
[[nodiscard]] std::optional<DependencyState> parse_dependency_state(std::string_view text);

/// What became of the CIS1 traces that a dependency rests on.
enum class TraceStanding : std::uint8_t {
  kThere,       // at least one was seen where it is
  kUnverified,  // none was seen this time, and at least one is not proven absent
  kGone,        // each is proven absent
  kNone,        // no sweep has seen one: people say that there is a dependency
};
[[nodiscard]] std::string_view to_string(TraceStanding standing);

/// What people say of a dependency, a word each.
enum class DependencyField : std::uint8_t {
  kState,
  kOwner,
  kCriticality,     // low | medium | high | critical
  kSideStates,      // supplier-blocked, break-glass, exception; parted by commas
  kExceptionUntil,  // a day
  kSupplier,
  kSupplierDate,  // a day: when the supplier brings CIS2
  kReview,        // a day: when to look at it again
  kBlockers,
};
inline constexpr std::size_t kDependencyFields = 9;
[[nodiscard]] std::string_view to_string(DependencyField field);
[[nodiscard]] std::optional<DependencyField> parse_dependency_field(std::string_view text);

/// Where a decision was made: by a command, by a spreadsheet, or by the estate's file.
enum class DecisionSource : std::uint8_t { kCommand, kSheet, kFile };
[[nodiscard]] std::string_view to_string(DecisionSource source);
[[nodiscard]] std::optional<DecisionSource> parse_decision_source(std::string_view text);

/// One word of a person about one dependency.
struct DependencyDecision {
  std::string dependency_id;  // "d_…"
  std::string system;         // whose id that is; empty in what older inventories recorded
  Environment environment = Environment::kUnknown;
  DependencyField field = DependencyField::kState;
  std::string value;  // as canonical_word() writes it; empty takes back what was said before
  std::string who;    // never empty
  Instant when;
  std::string evidence;  // what it rests on; never a secret
  DecisionSource source = DecisionSource::kCommand;
};

/// What people say that a credential is, towards one dependency.
enum class BindingKind : std::uint8_t {
  kNone,         // takes back what was said before
  kCis1Call,     // it opens the CIS1 call and nothing else
  kCis2Client,   // a key or secret of the CIS2 client
  kSharedSpine,  // endpoint certificate, MESH, SDS: no part of CIS1
  kApiPlatform,  // a key of the API platform
  kUnrelated,    // it has nothing to do with the dependency
};
[[nodiscard]] std::string_view to_string(BindingKind kind);
[[nodiscard]] std::optional<BindingKind> parse_binding_kind(std::string_view text);

struct BindingDecision {
  std::string dependency_id;
  std::string credential_id;
  BindingKind kind = BindingKind::kNone;
  std::string who;  // never empty
  Instant when;
  std::string evidence;  // what it rests on, never empty; never a secret
};

/// `word` as it is stored. Errors: kBadUse with what is wrong, and what would be right as the hint.
[[nodiscard]] Result<std::string> canonical_word(DependencyField field, std::string_view word);

inline constexpr std::size_t kDependencyWordBytesMax = 2'000;

/// An application or integration path with CIS1 or CIS2 traces: one a system, else one a root.
struct Dependency {
  std::string id;      // "d_…"
  std::string system;  // estate's system, else the root
  Environment environment = Environment::kUnknown;
  PlaceKind place = PlaceKind::kUnknown;  // the weightiest place among its indicators
  DependencyState proposed = DependencyState::kObserved;  // by the evidence rules of nhs-cis.md 6
  std::string proposed_because;                           // the evidence in one line
  TraceStanding traces = TraceStanding::kThere;
  std::optional<Instant> last_seen;       // of the CIS1 trace that was seen last
  std::vector<std::string> indicators;    // finding ids, sorted; without those that are gone
  std::vector<std::string> gone_traces;   // finding ids of CIS1 traces that are gone, sorted
  std::vector<std::string> credentials;   // CIS1-bound or beside: ids, sorted
  std::vector<std::string> shared_spine;  // credential ids that are not part of CIS1, sorted

  // What people say, kept apart from the evidence.
  std::optional<DependencyState> decided;
  std::string owner_name;  // what people say, else the owner of a trace
  std::optional<Level> criticality;
  std::string side_states;  // "break-glass, supplier-blocked"
  std::optional<Instant> exception_until;
  std::string supplier;
  std::optional<Instant> supplier_date;
  std::optional<Instant> review;
  std::string blockers;
  std::vector<DependencyDecision> history;  // oldest first
  std::vector<BindingDecision> bindings;    // in force: one a credential, by its id
  std::vector<std::string> conflicts;       // what contradicts what, a sentence each
};

/// The decision of `history` that holds for `field`; null if none does. What the estate's file says
/// holds from its day on until a command or spreadsheet says otherwise, and from a later day in the
/// file on again.
[[nodiscard]] const DependencyDecision* word_in_force(
    const std::vector<DependencyDecision>& history, DependencyField field);
/// What the estate's file says; null if it says nothing.
[[nodiscard]] const DependencyDecision* word_of_file(const std::vector<DependencyDecision>& history,
                                                     DependencyField field);

/// Why these words cannot stand together, and of which field; none if they can.
struct WordConflict {
  DependencyField field = DependencyField::kState;
  std::string what;
};
/// `words` by DependencyField, canonical or empty.
[[nodiscard]] std::optional<WordConflict> check_words(const std::vector<std::string>& words);

/// Why a dependency cannot go from one state to the other; none if it can. What was not decided
/// before may be found in any state but the last. `outstanding`: credentials of the CIS1 call that
/// are not known to be dead. Source: the evidence of each state in reference/nhs-cis.md section 6.
[[nodiscard]] std::optional<std::string> check_transition(
    std::optional<DependencyState> from, DependencyState to,
    const std::vector<std::string>& outstanding);

}  // namespace nhi

// plan.hpp - what a rotation would do, whole and in words, before anybody is asked to allow it.
//
// A plan is a value: the same inventory, configuration and clock give the same plan. Its text is
// canonical JSON, and people approve the hash of that text; what runs is made of that text again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/protocol/capability.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/reply.hpp"
#include "rotators/engine/guard.hpp"
#include "rotators/journal/run_types.hpp"
#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// How old and new live together; follows from the type's descriptor and the plan's mode.
enum class Strategy : std::uint8_t {
  kTwin,        // the other account takes over
  kSlots,       // both values are valid at one account
  kCutOver,     // one slot: the new value ends the old one
  kRevokeOnly,  // nothing new is made
  kNoChange,    // adopt
};
[[nodiscard]] std::string_view to_string(Strategy strategy);

enum class PlaceMeans : std::uint8_t {
  kFile,    // rewritten here
  kGit,     // a commit on a branch; people bring it to where consumers read
  kGuided,  // a person does it, and says so
};
[[nodiscard]] std::string_view to_string(PlaceMeans means);

/// Where a value stands in a document: rotators/sinks/value_place.hpp, as texts.
struct PlannedValue {
  std::string path;
  std::uint64_t ordinal = 0;
  std::string part;
  std::vector<std::string> encoding;
  friend bool operator==(const PlannedValue&, const PlannedValue&) = default;
};

/// One artefact in which the value stands, perhaps several times.
struct PlannedPlace {
  PlaceMeans means = PlaceMeans::kGuided;
  std::string path;     // absolute; of a guided one as reports write it
  std::string shown;    // as reports write it: root and path
  std::string host;     // empty: this one
  std::string format;   // "properties", "xml"; empty for a guided one
  std::string version;  // keyed, of the whole artefact when the plan was made
  std::vector<PlannedValue> secrets;
  std::vector<PlannedValue> accounts;  // with Strategy::kTwin one for each of `secrets`
  std::vector<std::string> findings;   // ids
  std::string consumer;                // "Mirth: ADT to PAS > Destination 1"; empty if not known
  std::string git_root;                // of kGit
  std::string git_ref;
  std::string why_guided;
  std::vector<std::string> reload;
  std::vector<std::string> probe;
};

enum class StepKind : std::uint8_t {
  kPreflight,
  kCreate,
  kEnable,      // the twin, if it is switched off
  kWrite,       // of a place
  kAwait,       // until a place is seen to hold the new value, or a person says so
  kReload,      // of a place
  kProbePlace,  // its consumer's own probe
  kVerifyNew,
  kOverlap,
  kSuspend,
  kSoak,
  kEndSessions,
  kRevoke,
  kVerifyDead,
};
[[nodiscard]] std::string_view to_string(StepKind kind);
/// The state of a run that is at this step.
[[nodiscard]] RunState state_at(StepKind kind);

struct PlannedStep {
  StepKind kind = StepKind::kPreflight;
  std::optional<std::size_t> place;  // index into `places`
  std::string what;                  // for people
  std::string breaks;                // what can stop working, and for how long; empty: nothing
  std::string back;                  // how it is taken back; empty: it cannot be
  bool no_return = false;            // from here on only forward
};

struct BlindSpot {
  std::string id;    // "b1"
  std::string kind;  // "unread", "old-sweep", "client", …
  std::string what;
};

struct PlannedVerdict {
  std::string dependency_id;
  std::string system;
  std::string towards;
  std::string action;
  bool permitted = false;
  std::string rule;
  std::string because;
  std::vector<std::string> conditions;
};

/// A rule of the guard is set aside by a named person, until a date.
struct Override {
  std::string who;
  std::string reason;
  Instant until;
};

struct Plan {
  std::string run_id;
  RunMode mode = RunMode::kScheduled;
  GuardCause cause = GuardCause::kHygiene;
  std::string credential_id;
  std::string fingerprint;
  std::string redacted;
  std::string rule;
  std::string identity;
  std::string system;
  std::string environment;
  std::string owner;
  std::string account;      // that is to lose its value
  std::string new_account;  // that gets one; the same but for a twin
  std::string provider;
  std::string rotator;
  std::string rotator_sha256;
  std::string type;
  Capability capability;
  Json ref = Json::object();      // of `account`
  Json new_ref = Json::object();  // of `new_account`
  Json config = Json::object();
  Strategy strategy = Strategy::kCutOver;
  std::vector<PlannedPlace> places;
  std::vector<PlannedStep> steps;
  std::vector<BlindSpot> blind_spots;
  std::vector<PlannedVerdict> verdicts;
  std::optional<Override> set_aside;
  std::vector<std::string> stated;   // facts that people gave to the guard
  std::vector<std::string> residue;  // in history only: they stay, of a dead credential
  std::int64_t overlap_s = 0;
  std::int64_t soak_s = 0;
  std::int64_t old_probes = 1;
  bool clinical_needed = false;
  bool ticket_needed = false;
  bool four_eyes = false;
  std::string planner;  // who made it, as the system knows
  std::string sweep;    // when the sweep ended that it rests on
  Instant created;
  Instant expires;

  [[nodiscard]] bool has_new() const {
    return strategy == Strategy::kTwin || strategy == Strategy::kSlots ||
           strategy == Strategy::kCutOver;
  }
};

/// Canonical: sorted names, no space. The same plan gives the same bytes.
[[nodiscard]] std::string plan_text(const Plan& plan);
/// Errors: kMalformed for what plan_text() does not write.
[[nodiscard]] Result<Plan> plan_from(std::string_view text);
/// SHA-256 of the text, hex: what is approved.
[[nodiscard]] std::string plan_hash(std::string_view text);

/// The steps of a plan whose other members are set, in their order.
[[nodiscard]] std::vector<PlannedStep> steps_of(const Plan& plan);

}  // namespace nhi

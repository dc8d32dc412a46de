// events.hpp - what happened to findings from sweep to sweep, one JSON object a line.
//
// Made for a program that asks again and again and must not act twice: `id` is the same for the
// same event however often it is printed, so whoever has seen an id may drop the line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/report.hpp"

namespace nhi {

enum class EventKind : std::uint8_t {
  kAppeared,    // never seen before
  kKnown,       // never seen before, and taken as known by the sweep's baseline
  kReturned,    // it was gone or unverified and is seen again
  kGone,        // proven to be there no more
  kUnverified,  // its place was not read
  kDecided,     // a person decided something about it, or took that back
};
[[nodiscard]] std::string_view to_string(EventKind kind);
/// The event of a change of presence; `from` is none for a finding that was not known.
[[nodiscard]] EventKind event_of(std::optional<Presence> from, Presence to);

struct FindingEvent {
  EventKind kind = EventKind::kAppeared;
  std::int64_t sweep = 0;            // that found the change; of a decision: the last one before it
  Instant at;                        // `as_of` of the sweep, or when it was decided
  std::string change;                // content | ruleset; empty for a decision
  const Finding* finding = nullptr;  // as it is now; never null
  // One of these three, of kDecided only.
  const Exception* exception = nullptr;
  const FindingDecision* decision = nullptr;
  const CredentialDecision* attestation = nullptr;

  [[nodiscard]] bool is_decision() const {
    return exception != nullptr || decision != nullptr || attestation != nullptr;
  }
};

/// "v_" + 16 hex: over finding, kind, instant, and sweep or decision.
[[nodiscard]] std::string event_id(const FindingEvent& event);
/// Schema nhisweep.event/1, in the order given.
[[nodiscard]] std::string render_events(const std::vector<FindingEvent>& events);

}  // namespace nhi

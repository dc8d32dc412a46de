// run_types.hpp - one rotation: its states, its steps, what is kept of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/clock.hpp"

namespace nhi {

enum class RunMode : std::uint8_t {
  kScheduled,   // create, distribute, verify, overlap, suspend, soak, revoke, verify dead
  kExposed,     // the same with a short overlap, and what the leaked value made is ended
  kEmergency,   // the old one goes first; an outage is accepted
  kRevokeOnly,  // probe, revoke, verify dead
  kAdopt,       // no change: what people changed already is proven
};
[[nodiscard]] std::string_view to_string(RunMode mode);
[[nodiscard]] std::optional<RunMode> parse_run_mode(std::string_view text);

/// Source: reference/rotation.md section 2.2.
enum class RunState : std::uint8_t {
  kPlanned,
  kApproved,
  kPreflight,
  kCreating,
  kCreated,
  kDistributing,
  kDistributed,
  kVerifyingNew,
  kOverlap,
  kSuspending,
  kSoaking,
  kRevoking,
  kVerifyingDead,
  kDone,
  kRollingBack,
  kRolledBack,
  kNeedsHuman,
  kAborted,
  kRejected,
};
[[nodiscard]] std::string_view to_string(RunState state);
[[nodiscard]] std::optional<RunState> parse_run_state(std::string_view text);
/// Nothing follows.
[[nodiscard]] bool is_over(RunState state);
/// Something may have changed at the provider or at a place of use, and is not settled.
[[nodiscard]] bool is_under_way(RunState state);

enum class StepState : std::uint8_t { kIntended, kDone, kFailed, kAmbiguous, kWaiting, kUndone };
[[nodiscard]] std::string_view to_string(StepState state);
[[nodiscard]] std::optional<StepState> parse_step_state(std::string_view text);

struct RunRow {
  std::string id;        // "r_" + 20 hex digits
  std::string identity;  // key of the identity whose credential it is
  RunMode mode = RunMode::kScheduled;
  std::string plan_hash;  // hex
  std::string plan;       // JSON as it was hashed
  RunState state = RunState::kPlanned;
  std::string facts = "{}";  // JSON
  Instant created;
  Instant expires;  // of the plan
  std::optional<Instant> ended;
};

struct StepRow {
  std::string run_id;
  std::int64_t seq = 0;
  std::string kind;    // "create", "write", …
  std::string target;  // what it acts on, for people
  std::string idem;    // 64 hex digits
  StepState state = StepState::kIntended;
  std::int64_t attempt = 1;
  std::string body = "{}";  // JSON
  Instant intended;
  std::optional<Instant> ended;
};

struct ApprovalRow {
  std::string plan_hash;
  std::string actor;        // JSON
  std::string body = "{}";  // JSON
  Instant at;
};

}  // namespace nhi

// run.hpp - carries out a plan that was approved: step by step, each with its intent on the disk
// before its effect, so that a kill at any instant is found out about and gone on from.
//
// Source: reference/rotation.md, sections 2.2 to 2.7.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/host/pin.hpp"
#include "plugins/host/session.hpp"
#include "rotators/engine/plan.hpp"
#include "rotators/engine/rotation_config.hpp"
#include "rotators/journal/run_store.hpp"
#include "scanner/identity/key.hpp"

namespace nhi {

/// What the world outside of the plan says now; asked before the first effect and before the point
/// of no return. An error stops the run: what is not known forbids.
struct RunCheck {
  std::vector<std::string> new_places;   // of the value, that the plan does not name
  std::vector<PlannedVerdict> verdicts;  // of the guard, today
};

struct RunParts {
  Journal* journal = nullptr;
  const WrappingKey* wrapping_key = nullptr;
  const FingerprintKey* fingerprint_key = nullptr;
  const RotationConfig* config = nullptr;
  std::vector<PluginPin> pins;
  SessionOptions session;
  std::string runner;  // the user that runs it, as the system knows
  std::function<Instant()> now;
  std::function<void(std::chrono::milliseconds)> wait;
  std::function<void(std::string_view)> tell;  // progress, for people; may be empty
  std::function<Result<RunCheck>(const Plan&)> check;
  std::chrono::seconds wait_at_most{0};  // for time to pass, before it is left to a later resume
  /// Called at each boundary of the journal, before and behind an effect; for tests that end the
  /// process there.
  std::function<void(std::string_view)> at_boundary = nullptr;
};

enum class RunEnd : std::uint8_t {
  kDone,
  kWaiting,     // for time, or for people: resume goes on
  kNeedsHuman,  // it stopped where it cannot know what is right
  kRolledBack,
};

struct RunReport {
  RunEnd end = RunEnd::kWaiting;
  RunState state = RunState::kPlanned;
  std::string what;  // what it waits for, or why it stopped
  std::optional<Instant> until;
  std::string hint;
};

/// Begins, or goes on from where it was left. Errors: kBadUse for a run that is not approved, whose
/// plan has changed or expired; kBusy; those of the journal. What a rotator, server or place did is
/// no error but in the report.
[[nodiscard]] Result<RunReport> run_plan(const RunParts& parts, const std::string& run_id);

/// Takes back what was done, newest first, and says what cannot be. Errors: kBadUse behind the
/// point of no return, and in mode exposed; as above.
[[nodiscard]] Result<RunReport> roll_back(const RunParts& parts, const std::string& run_id,
                                          const std::string& reason);

/// What journal, provider and places say of one run, beside each other; changes nothing.
struct Comparison {
  std::vector<std::string> lines;     // what was looked at and what was seen
  std::vector<std::string> problems;  // what does not fit where the run stands
};
[[nodiscard]] Result<Comparison> compare_run(const RunParts& parts, const std::string& run_id);

/// A person says that step `seq` of a run, which waits for it, was done. Errors: kBadUse.
[[nodiscard]] Result<void> confirm_step(const RunParts& parts, const std::string& run_id,
                                        std::int64_t seq, const std::string& who,
                                        const std::string& evidence);

/// Keys of identities at which rotations that are done ended this value. Errors: kStore,
/// kMalformed.
[[nodiscard]] Result<std::set<std::string>> accounts_ended(RunStore& store,
                                                           const std::string& credential_id);

}  // namespace nhi

#include <fmt/format.h>

#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr int kTries = 3;
constexpr std::chrono::milliseconds kPause{1'000};

}  // namespace

// Repeats of these are harmless in every type: what nobody knows is asked for again.
Result<StepEnd> Runner::step_call(const std::string& method, const Json& ref,
                                  const CredentialId& id, const SecretText* old) {
  std::string what;
  for (int i = 0; i < kTries; ++i) {
    if (i > 0 && parts_->wait) parts_->wait(kPause);
    RotatorRequest asked = request(method, ref);
    asked.id = id;
    asked.old = old;
    NHI_TRY(const auto told, ask_step(asked));
    if (!told.reply) {
      what = told.what;
      const bool again =
          told.maybe_done || (told.error && (told.error->code == PluginErrorCode::kUnreachable ||
                                             told.error->code == PluginErrorCode::kRateLimited));
      if (again) continue;
      return step_failed(fmt::format("{}: {}", method, what));
    }
    const StepOutcome outcome = told.reply->outcome;
    if (outcome == StepOutcome::kDone || outcome == StepOutcome::kAlreadyDone) {
      std::string evidence = std::string(to_string(outcome));
      if (told.reply->ended > 0) evidence += fmt::format(", {} ended", told.reply->ended);
      return step_done(evidence);
    }
    what = to_string(outcome);
    if (outcome == StepOutcome::kNotDone) break;
  }
  return step_failed(fmt::format("{}: {}", method, what));
}

Result<StepEnd> Runner::do_suspend() {
  if (parts_->check) {
    NHI_TRY(StepEnd allowed, check_world());
    if (allowed.result != StepResult::kDone) return allowed;
  }
  NHI_CHECK_OK(intend({{"id", id_fact("old_id")}}));
  NHI_TRY(StepEnd end, step_call("suspend", plan_.ref, id_fact("old_id"), nullptr));
  if (end.result != StepResult::kDone) {
    NHI_CHECK_OK(conclude(StepState::kFailed, {{"because", end.what}}));
    return end;
  }
  facts_["suspended_at"] = to_iso8601(now());
  NHI_CHECK_OK(conclude(StepState::kDone, {{"code", end.what}}));
  return step_done();
}

Result<StepEnd> Runner::do_revoke() {
  const bool again = row(at_).attempt > 0;
  if (!again && parts_->check) {
    NHI_TRY(StepEnd allowed, check_world());
    if (allowed.result != StepResult::kDone) return allowed;
  }
  // Never the last way in: but in modes that were approved for just that.
  const bool needs_new = plan_.mode == RunMode::kScheduled || plan_.mode == RunMode::kExposed;
  if (needs_new && !is_done(StepKind::kVerifyNew)) {
    return step_failed("the new value was not proven to work");
  }
  const CredentialId id = id_fact("old_id");
  NHI_CHECK_OK(intend({{"id", id}}));
  NHI_TRY(const SecretText* const old, old_value());
  NHI_TRY(StepEnd end, step_call("revoke", plan_.ref, id, old));
  if (end.result != StepResult::kDone) {
    NHI_CHECK_OK(conclude(StepState::kAmbiguous, {{"because", end.what}}));
    return end;
  }
  facts_["revoked_at"] = to_iso8601(now());
  NHI_CHECK_OK(conclude(StepState::kDone, {{"code", end.what}}));
  return step_done();
}

Result<StepEnd> Runner::do_end_sessions() {
  NHI_CHECK_OK(intend());
  NHI_TRY(StepEnd end, step_call("end_sessions", plan_.ref, id_fact("old_id"), nullptr));
  if (end.result != StepResult::kDone) {
    NHI_CHECK_OK(conclude(StepState::kFailed, {{"because", end.what}}));
    return end;
  }
  NHI_CHECK_OK(conclude(StepState::kDone, {{"sessions_ended", end.what}}));
  return step_done();
}

}  // namespace nhi

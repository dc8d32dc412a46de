#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/new_value.hpp"
#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr int kProbeTries = 5;
constexpr std::chrono::milliseconds kProbePause{1'000};
// Of a type whose wrong values lock nobody out: an end for what can never succeed.
constexpr std::int64_t kSafeProbesMost = 50;

std::string seen(const Told<ProbeReply>& told) {
  if (!told.reply) return told.what;
  return fmt::format("{} {}", to_string(told.reply->verdict), shown(told.reply->code));
}

bool is(const Told<ProbeReply>& told, ProbeVerdict verdict) {
  return told.reply && told.reply->verdict == verdict;
}

}  // namespace

Result<StepEnd> Runner::do_verify_new() {
  NHI_CHECK_OK(intend());
  if (plan_.capability.dead_probe == DeadProbe::kNone) {
    NHI_CHECK_OK(conclude(StepState::kDone, {{"verdict", "not tried: the type has no probe"}}));
    return step_done();
  }
  const bool adopts = plan_.strategy == Strategy::kNoChange;
  NHI_TRY(const SecretText* const value, adopts ? old_value() : new_value());
  if (value == nullptr) return step_failed("the value is not kept any more");
  std::string what;
  for (int i = 0; i < kProbeTries; ++i) {
    if (i > 0 && parts_->wait) {
      const std::chrono::milliseconds converge(number_in(facts_, "converge_ms"));
      parts_->wait(std::max(kProbePause, converge));
    }
    NHI_TRY(const auto told, probe(plan_.new_ref, *value, "new"));
    what = seen(told);
    if (!is(told, ProbeVerdict::kAccepted)) continue;
    NHI_TRY(const SecretText wrong, control_value(*value));
    std::string control = "not tried: wrong values lock the account";
    if (plan_.capability.dead_probe == DeadProbe::kSafe) {
      NHI_TRY(const auto refused, probe(plan_.new_ref, wrong, "control"));
      control = seen(refused);
      if (is(refused, ProbeVerdict::kAccepted)) {
        what = "a wrong value is let in as well";
        break;
      }
    }
    facts_["verified_at"] = to_iso8601(now());
    NHI_CHECK_OK(conclude(
        StepState::kDone,
        {{"verdict", what}, {"node", shown(told.reply->node)}, {"negative_control", control}}));
    return step_done();
  }
  NHI_CHECK_OK(conclude(StepState::kFailed, {{"verdict", what}}));
  return step_failed("the new value is not let in: " + what);
}

// Who is seen at the provider with the old one, and is nobody whom the configuration expects.
Result<std::string> Runner::who_uses_old() {
  if (plan_.strategy != Strategy::kTwin && plan_.strategy != Strategy::kRevokeOnly) {
    return std::string();  // the account is the same: who is logged in may have the new one
  }
  NHI_TRY(const auto told, inspect(plan_.ref));
  if (!told.reply) return "the provider cannot be asked: " + told.what;
  const auto found = std::find_if(told.reply->clients.begin(), told.reply->clients.end(),
                                  [&](const std::string& one) { return is_unexplained(one); });
  return found == told.reply->clients.end() ? std::string() : shown(*found);
}

Result<StepEnd> Runner::do_overlap() {
  NHI_CHECK_OK(begin_waiting());
  const auto begun = parse_instant(text_fact("created_at"));
  if (!begun) return step_failed("nobody knows when the new value was made");
  const Instant until{begun->seconds + plan_.overlap_s};
  if (!reach(until)) {
    NHI_CHECK_OK(conclude(StepState::kWaiting, {{"until", to_iso8601(until)}}));
    return step_waits("both values work until then", until);
  }
  NHI_TRY(const std::string user, who_uses_old());
  if (!user.empty() && plan_.mode == RunMode::kScheduled) {
    NHI_CHECK_OK(conclude(StepState::kWaiting, {{"still_used_by", user}}));
    return step_waits("the old value is still used: " + user, std::nullopt,
                      "give that consumer the new value, or name it under `clients` of the "
                      "provider; then resume");
  }
  NHI_CHECK_OK(conclude(StepState::kDone, {{"still_used_by", user}}));
  return step_done();
}

// One that only hiccups is no reason to stop.
std::string Runner::failing_consumer() {
  for (const PlannedPlace& place : plan_.places) {
    if (place.probe.empty()) continue;
    const std::string what = run_program(place.probe, kConsumerTries);
    if (!what.empty()) return fmt::format("{} ({})", place.shown, what);
  }
  return {};
}

Result<StepEnd> Runner::do_soak() {
  NHI_CHECK_OK(begin_waiting());
  const auto since = parse_instant(text_fact("suspended_at"));
  if (!since) return step_failed("nobody knows when the old value was switched off");
  std::string missed = failing_consumer();
  if (missed.empty()) {
    NHI_TRY(missed, who_uses_old());
  }
  if (!missed.empty()) {
    // Somebody needs it: what can be taken back is taken back at once, and a person decides.
    NHI_TRY(const StepEnd back, step_call("resume", plan_.ref, id_fact("old_id"), nullptr));
    const bool on = back.result == StepResult::kDone;
    facts_.erase("suspended_at");
    NHI_CHECK_OK(conclude(StepState::kFailed, {{"missed_by", missed}, {"switched_on_again", on}}));
    for (auto& [seq, other] : rows_) {
      if (other.kind != to_string(StepKind::kSuspend)) continue;
      other.state = StepState::kUndone;
      NHI_CHECK_OK(store_.write(lease_, {.facts = facts_.dump(), .step = other, .now = now()}));
    }
    return step_failed(
        fmt::format("the old value is missed by {}; {}", missed,
                    on ? "it was switched on again" : "IT COULD NOT BE SWITCHED ON: " + back.what),
        "see to that consumer, then resume: it is suspended and soaked anew");
  }
  const Instant until{since->seconds + plan_.soak_s};
  if (!reach(until)) {
    NHI_CHECK_OK(conclude(StepState::kWaiting, {{"until", to_iso8601(until)}}));
    return step_waits("the old value is switched off; nobody has missed it so far", until);
  }
  NHI_CHECK_OK(conclude(StepState::kDone, {{"missed_by", ""}}));
  return step_done();
}

// Where a value cannot be tried, or not any more, what the provider's records say.
Result<StepEnd> Runner::dead_by_records() {
  NHI_TRY(const auto told, inspect(plan_.ref));
  if (!told.reply) return step_failed("the provider cannot be asked: " + told.what);
  const bool gone = !told.reply->exists || told.reply->enabled == false;
  const bool ended = is_done(StepKind::kRevoke) || plan_.strategy == Strategy::kCutOver;
  if (!gone && !ended) return step_failed("the provider's records do not say that it is dead");
  facts_["grade"] = "metadata_dead";
  facts_["dead_at"] = to_iso8601(now());
  NHI_CHECK_OK(conclude(StepState::kDone, {{"verdict", gone ? "disabled or gone" : "revoked"},
                                           {"grade", "metadata_dead"}}));
  return step_done();
}

Result<StepEnd> Runner::do_verify_dead() {
  NHI_CHECK_OK(intend());
  const DeadProbe kind = plan_.capability.dead_probe;
  if (kind == DeadProbe::kNone) {
    NHI_CHECK_OK(conclude(StepState::kFailed, {{"grade", "assumed"}}));
    return step_failed("nothing can be asked whether the old value is dead",
                       "a person attests it: nhisweep credentials attest");
  }
  if (kind == DeadProbe::kMetadataOnly) return dead_by_records();
  NHI_TRY(const SecretText* const old, old_value());
  NHI_TRY(const SecretText* const fresh, new_value());
  if (old == nullptr) return step_failed("the old value is not kept any more");
  const bool risky = kind == DeadProbe::kLockoutRisk;
  const std::int64_t most = risky ? plan_.old_probes : kSafeProbesMost;
  std::string what = "it was tried as often as allowed";
  for (int i = 0; i < kProbeTries; ++i) {
    const std::int64_t tried = number_in(facts_, "old_probes");
    if (tried >= most) {
      const std::string alive = text_fact("old_let_in");
      if (alive.empty() && risky) return dead_by_records();
      return step_failed(alive.empty() ? what : alive,
                         "find out what still lets it in; nhisweep credentials attest, if a person "
                         "knows that it is dead");
    }
    if (i > 0 && parts_->wait) {
      parts_->wait(
          std::max(kProbePause, std::chrono::milliseconds(number_in(facts_, "converge_ms"))));
    }
    // The attempt counts before it is made: after a crash nobody knows whether it was.
    NHI_CHECK_OK(keep_fact("old_probes", tried + 1));
    NHI_TRY(const auto dead, probe(plan_.ref, *old, "old"));
    what = seen(dead);
    // No record outweighs that.
    const bool alive = is(dead, ProbeVerdict::kAccepted);
    NHI_CHECK_OK(
        keep_fact("old_let_in", alive ? "the old value was let in when it was tried" : ""));
    if (!is(dead, ProbeVerdict::kRejected)) continue;
    std::string control = "none: nothing new was made";
    if (fresh != nullptr) {
      NHI_TRY(const auto live, probe(plan_.new_ref, *fresh, "new"));
      control = seen(live);
      // An outage looks like death; only with the new one let in beside it is it death.
      if (!is(live, ProbeVerdict::kAccepted)) {
        what = "the new value is not let in either: " + control;
        continue;
      }
    }
    const bool records = dead.reply->from_metadata;
    facts_["grade"] = records ? "metadata_dead" : "probed_dead";
    facts_["dead_at"] = to_iso8601(now());
    NHI_CHECK_OK(conclude(StepState::kDone, {{"verdict", what},
                                             {"positive_control", control},
                                             {"node", shown(dead.reply->node)},
                                             {"grade", text_fact("grade")}}));
    return step_done();
  }
  NHI_CHECK_OK(conclude(StepState::kFailed, {{"verdict", what}}));
  return step_failed("the old value is not proven dead: " + what);
}

}  // namespace nhi

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rotators/engine/new_value.hpp"
#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

bool failed(const StepEnd& end) { return end.result != StepResult::kDone; }

}  // namespace

Result<StepEnd> Runner::do_preflight() {
  NHI_CHECK_OK(intend());
  using Check = Result<StepEnd> (Runner::*)();
  constexpr Check kChecks[] = {&Runner::check_world,     &Runner::check_places,
                               &Runner::check_provider,  &Runner::check_twin,
                               &Runner::check_old_value, &Runner::try_create};
  for (const Check check : kChecks) {
    NHI_TRY(StepEnd end, (this->*check)());
    if (!failed(end)) continue;
    NHI_CHECK_OK(conclude(StepState::kFailed, {{"because", end.what}}));
    return end;
  }
  NHI_CHECK_OK(conclude(StepState::kDone, {{"positive_control", text_fact("old_live")},
                                           {"negative_control", text_fact("control")}}));
  return step_done();
}

// The inventory may know more than it did when the plan was made, and people may have decided.
Result<StepEnd> Runner::check_world() {
  if (!parts_->check) return step_done();
  NHI_TRY(const RunCheck check, parts_->check(plan_));
  if (!check.new_places.empty()) {
    return step_failed(fmt::format("the value stands where the plan does not say: {}",
                                   fmt::join(check.new_places, ", ")),
                       "plan it again");
  }
  if (plan_.set_aside && now() < plan_.set_aside->until) return step_done();
  for (const PlannedVerdict& verdict : check.verdicts) {
    if (verdict.permitted) continue;
    return step_failed(fmt::format("the guard forbids to {}: {} ({})", verdict.action, verdict.rule,
                                   verdict.because),
                       "nhisweep dependencies show " + verdict.dependency_id);
  }
  return step_done();
}

Result<StepEnd> Runner::check_places() {
  const auto is_old = [&](Bytes value) {
    return fingerprint(*parts_->fingerprint_key, canonical_value(SecretText(value))) ==
           plan_.fingerprint;
  };
  Json versions = Json::array();
  for (const PlannedPlace& place : plan_.places) {
    versions.push_back("");
    if (place.means == PlaceMeans::kGuided) continue;
    auto state = places_.look(place, is_old);
    if (!state) {
      return step_failed(fmt::format("{}: {}", place.shown, state.error().message()),
                         state.error().hint);
    }
    if (state->holding != place.secrets.size()) {
      return step_failed(place.shown + " does not hold the value any more", "plan it again");
    }
    if (state->unplanned != 0) {
      return step_failed(place.shown + " holds the value where the plan does not say",
                         "plan it again");
    }
    if (plan_.has_new() && !state->not_writable.empty()) {
      return step_failed(place.shown + " cannot be written: " + state->not_writable);
    }
    versions.back() = state->version;
    if (old_) continue;
    NHI_TRY(old_, places_.read(place));
  }
  NHI_CHECK_OK(keep_fact("versions", std::move(versions)));
  if (!old_) {
    return step_failed("no place on this host tells the value that is to be replaced",
                       "a value that stands on other hosts only is rotated there");
  }
  // From here on it may be needed after the places hold another.
  return store_.seal(lease_, *parts_->wrapping_key, "old", *old_, now(),
                     std::vector<AuditEvent>{
                         event("secret.sealed", AuditFields().text("purpose", "old"))},
                     true)
                 .has_value()
             ? Result<StepEnd>(step_done())
             : Result<StepEnd>(fail(ErrorCode::kStore, "the old value cannot be kept", run_.id));
}

Result<StepEnd> Runner::check_provider() {
  NHI_TRY(const auto told, inspect(plan_.ref));
  if (!told.reply) return step_failed("the provider cannot be asked: " + told.what);
  if (!told.reply->exists) return step_failed("the provider knows no such account");
  if (!told.reply->rights_ok) {
    return step_failed(
        fmt::format("the rotator lacks rights: {}",
                    shown(fmt::format("{}", fmt::join(told.reply->rights_missing, ", ")))),
        "docs/rotators names the smallest grants");
  }
  if (told.reply->locked) return step_failed("the account is locked", "find out by whom, first");
  NHI_CHECK_OK(keep_fact("old_id", told.reply->id));
  if (told.reply->enabled) NHI_CHECK_OK(keep_fact("old_enabled", *told.reply->enabled));
  return step_done();
}

// What the twin had before dies with `create`: nobody may be living on it.
Result<StepEnd> Runner::check_twin() {
  if (plan_.strategy != Strategy::kTwin) return step_done();
  NHI_TRY(const auto told, inspect(plan_.new_ref));
  if (!told.reply) return step_failed("the twin cannot be asked after: " + told.what);
  if (!told.reply->exists) {
    return step_failed(fmt::format("the provider has no account {}", plan_.new_account),
                       "make it as docs/rotators says, or take `twins` out of the provider");
  }
  if (!told.reply->rights_ok) return step_failed("the rotator lacks rights over the twin");
  if (!told.reply->clients.empty() && plan_.mode != RunMode::kEmergency) {
    return step_failed(fmt::format("somebody uses the twin {}: {}", plan_.new_account,
                                   shown(told.reply->clients.front())),
                       "the twin has to be free: its value dies");
  }
  return step_done();
}

Result<StepEnd> Runner::check_old_value() {
  if (plan_.capability.dead_probe == DeadProbe::kNone) return step_done();
  const bool lockout = plan_.capability.dead_probe == DeadProbe::kLockoutRisk;
  NHI_TRY(const auto old, probe(plan_.ref, *old_, "old"));
  const bool live = old.reply && old.reply->verdict == ProbeVerdict::kAccepted;
  NHI_CHECK_OK(keep_fact("old_live", live ? "accepted" : "not accepted"));
  if (!lockout && plan_.capability.dead_probe == DeadProbe::kSafe) {
    NHI_TRY(const SecretText wrong, control_value(*old_));
    NHI_TRY(const auto control, probe(plan_.ref, wrong, "control"));
    if (control.reply && control.reply->verdict == ProbeVerdict::kAccepted) {
      return step_failed("the provider lets in whoever comes: a wrong value was accepted as well",
                         "trust lines, anonymous binds and poolers do that; nothing is proven by "
                         "such a login");
    }
    NHI_CHECK_OK(keep_fact(
        "control", control.reply ? std::string(to_string(control.reply->verdict)) : control.what));
  }
  if (live) return step_done();
  const bool dead = old.reply && old.reply->verdict == ProbeVerdict::kRejected;
  const std::string seen =
      old.reply ? fmt::format("{} {}", to_string(old.reply->verdict), shown(old.reply->code))
                : old.what;
  if (!dead) return step_failed("the value cannot be tried at the provider: " + seen);
  const bool goes_on = plan_.mode == RunMode::kExposed || plan_.mode == RunMode::kEmergency ||
                       plan_.mode == RunMode::kRevokeOnly;
  if (goes_on) return step_done();
  return step_failed("the value in the places is not the one that works: " + seen,
                     "what is in use stands elsewhere; a leaked one is ended with --mode "
                     "revoke_only");
}

// A dry run of what comes first shows missing rights before anything has changed.
Result<StepEnd> Runner::try_create() {
  if (!plan_.has_new()) return step_done();
  RotatorRequest asked = request("create", plan_.new_ref);
  asked.dry_run = true;
  std::optional<SecretText> fresh;
  if (plan_.capability.secret_origin == SecretOrigin::kClient) {
    NHI_TRY(fresh, new_password());
  } else if (plan_.capability.secret_origin == SecretOrigin::kKeypair) {
    NHI_TRY(fresh, new_private_key(*old_));
  }
  if (fresh) asked.fresh = &*fresh;
  asked.intent = {{"snapshot", Json::array()}, {"at", asked.as_of}};
  NHI_TRY(const auto told, ask_step(asked));
  if (told.reply) return step_done();
  return step_failed("a dry run of the change fails: " + told.what);
}

}  // namespace nhi

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

Unexpected<Error> cannot(const RunRow& run, std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadUse, std::move(what), run.id, std::move(hint));
}

}  // namespace

Result<RunReport> Runner::undo(const std::string& reason) {
  if (is_over(run_.state))
    return cannot(run_, fmt::format("it is over: {}", to_string(run_.state)));
  const bool untouched = run_.state == RunState::kPlanned || run_.state == RunState::kApproved;
  if (is_past_no_return()) {
    return cannot(run_, "it is behind the point of no return: it only goes forward",
                  "nhisweep rotate resume " + run_.id);
  }
  if (plan_.mode == RunMode::kExposed && is_done(StepKind::kVerifyNew)) {
    return cannot(run_, "the old value is known to others: nothing goes back to it",
                  "nhisweep rotate resume " + run_.id);
  }
  NHI_CHECK_OK(begin());
  AuditFields said;
  said.text("state_from", to_string(run_.state))
      .text("state_to", to_string(RunState::kRollingBack));
  said.text("because", reason);
  NHI_CHECK_OK(store_.write(lease_, {.state = RunState::kRollingBack,
                                     .events = {event("run.rolling-back", std::move(said))},
                                     .now = now()}));
  run_.state = RunState::kRollingBack;
  auto report =
      untouched ? Result<RunReport>(RunReport{RunEnd::kRolledBack, RunState::kAborted, {}, {}, {}})
                : undo_steps();
  if (report && report->end == RunEnd::kRolledBack) {
    const RunState last = untouched ? RunState::kAborted : RunState::kRolledBack;
    NHI_CHECK_OK(store_.shred(
        lease_, now(), std::vector<AuditEvent>{event("run.values-shredded", AuditFields())}));
    AuditFields over;
    over.text("state_from", to_string(run_.state)).text("state_to", to_string(last));
    NHI_CHECK_OK(store_.write(lease_, {.state = last,
                                       .facts = facts_.dump(),
                                       .events = {event("run.rolled-back", std::move(over))},
                                       .now = now()}));
    report->state = last;
  }
  static_cast<void>(store_.release(lease_));
  return report;
}

Result<RunReport> Runner::undo_steps() {
  std::vector<std::string> left;
  for (std::size_t i = plan_.steps.size(); i-- > 0;) {
    const auto found = rows_.find(static_cast<std::int64_t>(i) + 1);
    if (found == rows_.end() || found->second.attempt == 0) continue;
    if (found->second.state == StepState::kUndone) continue;
    at_ = i;
    tell("taking back: " + plan_.steps[i].what);
    NHI_TRY(StepEnd end, undo_step(plan_.steps[i]));
    if (end.result == StepResult::kDone) {
      NHI_CHECK_OK(conclude(StepState::kUndone, {{"code", end.what}}));
      continue;
    }
    left.push_back(end.what);
  }
  if (left.empty()) return RunReport{RunEnd::kRolledBack, RunState::kRolledBack, {}, {}, {}};
  const std::string what = fmt::format("{}", fmt::join(left, "; "));
  facts_["stopped"] = what;
  AuditFields said;
  said.text("because", what);
  NHI_CHECK_OK(store_.write(
      lease_,
      {.facts = facts_.dump(), .events = {event("run.stopped", std::move(said))}, .now = now()}));
  return RunReport{RunEnd::kNeedsHuman,
                   RunState::kRollingBack,
                   what,
                   {},
                   "see to it, then: nhisweep rotate rollback " + run_.id};
}

Result<StepEnd> Runner::undo_step(const PlannedStep& planned) {
  switch (planned.kind) {
    case StepKind::kSuspend:
      return undo_suspend();
    case StepKind::kWrite:
      return undo_write(planned.place.value_or(0));
    case StepKind::kCreate:
      return undo_create();
    case StepKind::kReload:
      // The place says the old again by now, as steps go backwards: but this one comes first.
      return step_done("told again below");
    case StepKind::kAwait:
      if (plan_.places.at(planned.place.value_or(0)).means == PlaceMeans::kGuided &&
          row(at_).state == StepState::kDone) {
        return step_failed(
            fmt::format("a person has to bring the old value back to {}", row(at_).target));
      }
      return step_done("nothing to take back");
    default:
      return step_done("nothing to take back");
  }
}

Result<StepEnd> Runner::undo_suspend() {
  NHI_TRY(StepEnd end, step_call("resume", plan_.ref, id_fact("old_id"), nullptr));
  if (end.result != StepResult::kDone) return end;
  NHI_TRY(const SecretText* const old, old_value());
  if (old == nullptr) return step_failed("the old value is not kept any more");
  NHI_TRY(const auto told, probe(plan_.ref, *old, "new"));
  if (told.reply && told.reply->verdict == ProbeVerdict::kAccepted) return end;
  return step_failed("the old value was switched on and is not let in: " + told.what);
}

Result<StepEnd> Runner::undo_write(std::size_t index) {
  const PlannedPlace& place = plan_.places.at(index);
  if (place.means == PlaceMeans::kGit) return step_done("the branch stays; do not merge it");
  NHI_CHECK_OK(tidy_place(place));
  NHI_TRY(const PlaceEdit edit, edit_of(true));
  const auto state = places_.look(place, [&](Bytes value) { return value == edit.is->reveal(); });
  if (!state) return step_failed(fmt::format("{}: {}", place.shown, state.error().message()));
  if (state->holding == 0) return step_done("it holds the old value");
  NHI_TRY(StepEnd written, write_place(place, edit));
  if (written.result != StepResult::kDone || place.reload.empty()) return written;
  return do_command(place.reload, "reload");
}

// Nobody trusted it yet.
Result<StepEnd> Runner::undo_create() {
  NHI_TRY(const SecretText* const fresh, new_value());
  CredentialId id = id_fact("new_id");
  if (id.empty()) {
    NHI_TRY(const auto told, inspect(plan_.new_ref));
    if (!told.reply) return step_failed("the provider cannot be asked: " + told.what);
    id = told.reply->id;
  }
  if (plan_.strategy == Strategy::kSlots && fresh == nullptr) {
    return take_away_orphan();
  }
  NHI_TRY(const SecretText* const old, old_value());
  // Of a twin the account goes back to what it was for: nothing. Of slots only our value goes.
  return step_call("revoke", plan_.new_ref, id, fresh != nullptr ? fresh : old);
}

}  // namespace nhi

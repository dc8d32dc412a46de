#include "rotators/engine/run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/runner.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

constexpr std::string_view kIdemPurpose = "idempotency";

bool has_effect(StepKind kind) {
  switch (kind) {
    case StepKind::kPreflight:
    case StepKind::kAwait:
    case StepKind::kProbePlace:
    case StepKind::kVerifyNew:
    case StepKind::kOverlap:
    case StepKind::kSoak:
    case StepKind::kVerifyDead:
      return false;
    default:
      return true;
  }
}

Error not_to_be_run(const RunRow& run, std::string what, std::string hint) {
  return {ErrorCode::kBadUse, std::move(what), run.id, std::move(hint)};
}

}  // namespace

StepEnd step_done(std::string what) { return {StepResult::kDone, std::move(what), {}, {}}; }
StepEnd step_failed(std::string what, std::string hint) {
  return {StepResult::kFailed, std::move(what), {}, std::move(hint)};
}
StepEnd step_waits(std::string what, std::optional<Instant> until, std::string hint) {
  return {StepResult::kWaiting, std::move(what), until, std::move(hint)};
}

Runner::Runner(const RunParts& parts, RunRow run, Plan plan)
    : parts_(&parts),
      store_(*parts.journal),
      run_(std::move(run)),
      plan_(std::move(plan)),
      facts_(Json::object()),
      places_(place_io(*parts.wrapping_key)) {}

Result<Runner> Runner::open(const RunParts& parts, const std::string& run_id) {
  RunStore store(*parts.journal);
  NHI_TRY(RunRow run, store.run(run_id));
  // What runs is the text that people approved, byte for byte.
  if (plan_hash(run.plan) != run.plan_hash) {
    return fail(not_to_be_run(run, "the plan in the journal is not the one of its hash",
                              "nhisweep audit verify tells what was changed"));
  }
  NHI_TRY(Plan plan, plan_from(run.plan));
  Runner runner(parts, std::move(run), std::move(plan));
  NHI_TRY(runner.facts_, parse_json(runner.run_.facts));
  NHI_TRY(const std::vector<StepRow> rows, runner.store_.steps(runner.run_.id));
  for (const StepRow& row : rows) runner.rows_[row.seq] = row;
  return runner;
}

Result<void> Runner::check_allowed() const {
  if (is_over(run_.state)) {
    return fail(not_to_be_run(run_, fmt::format("it is over: {}", to_string(run_.state)), {}));
  }
  if (run_.state == RunState::kPlanned) {
    return fail(
        not_to_be_run(run_, "nobody approved it yet", "nhisweep rotate approve " + run_.id));
  }
  if (run_.state == RunState::kRollingBack) {
    return fail(
        not_to_be_run(run_, "it is being rolled back", "nhisweep rotate rollback " + run_.id));
  }
  RunStore store(*parts_->journal);
  NHI_TRY(const std::vector<ApprovalRow> approvals, store.approvals(run_.id));
  const auto found = std::find_if(
      approvals.begin(), approvals.end(),
      [&](const ApprovalRow& approval) { return approval.plan_hash == run_.plan_hash; });
  if (found == approvals.end()) {
    return fail(not_to_be_run(run_, "what was approved is another plan", "plan it again"));
  }
  NHI_TRY(const Json actor, parse_json(found->actor));
  const std::string approver = text_in(actor, "user");
  if (plan_.four_eyes && (approver == parts_->runner || plan_.planner == parts_->runner)) {
    return fail(not_to_be_run(
        run_, fmt::format("'{}' planned or approved it and may not run it as well", parts_->runner),
        "somebody else runs it; `four_eyes` in rotation.yaml says where this holds"));
  }
  if (plan_.mode != RunMode::kScheduled) return {};
  NHI_TRY(const Json body, parse_json(found->body));
  const Json& accepted = member(body, "accepted");
  for (const BlindSpot& spot : plan_.blind_spots) {
    const bool named = accepted.is_array() &&
                       std::find(accepted.begin(), accepted.end(), Json(spot.id)) != accepted.end();
    if (named) continue;
    return fail(not_to_be_run(run_,
                              fmt::format("nobody accepted blind spot {}: {}", spot.id, spot.what),
                              "see to it and plan again, or approve with --accept " + spot.id));
  }
  return {};
}

Result<void> Runner::begin() {
  NHI_TRY(const std::size_t held, store_.held(now()));
  if (held >= static_cast<std::size_t>(parts_->config->policy.concurrent)) {
    return fail(ErrorCode::kBusy,
                fmt::format("{} rotations are at work, as many as `concurrent` allows", held),
                run_.id, "wait for one of them");
  }
  NHI_TRY(lease_, store_.take_lease(run_, this_holder(), now()));
  return {};
}

AuditEvent Runner::event(std::string type, AuditFields body) const {
  body.text("run_id", run_.id).text("mode", to_string(plan_.mode));
  body.text("credential", plan_.credential_id).text("identity", plan_.identity);
  body.text("old_fp", plan_.fingerprint).number("fence", lease_.fence);
  return {std::move(type), std::move(body)};
}

void Runner::boundary(std::string_view what) const {
  if (parts_->at_boundary) parts_->at_boundary(what);
}

void Runner::tell(std::string_view what) const {
  if (parts_->tell) parts_->tell(what);
}

bool Runner::reach(Instant until) {
  const std::int64_t left = until.seconds - now().seconds;
  if (left <= 0) return true;
  if (left > parts_->wait_at_most.count() || !parts_->wait) return false;
  tell(fmt::format("waiting until {}", to_iso8601(until)));
  parts_->wait(std::chrono::seconds(left));
  return now() >= until;
}

StepRow& Runner::row(std::size_t index) {
  const auto seq = static_cast<std::int64_t>(index) + 1;
  const auto [at, fresh] = rows_.try_emplace(seq);
  StepRow& row = at->second;
  if (!fresh) return row;
  const PlannedStep& planned = plan_.steps.at(index);
  row.run_id = run_.id;
  row.seq = seq;
  row.kind = to_string(planned.kind);
  row.target = planned.place ? plan_.places.at(*planned.place).shown : plan_.identity;
  row.attempt = 0;
  const SecretText key = parts_->wrapping_key->derived(kIdemPurpose);
  row.idem = to_hex(hmac_sha256(
      key.reveal(),
      FieldBytes().add(run_.id).add(fmt::format("{}", seq)).add(row.kind).add(row.target).bytes()));
  return row;
}

Result<void> Runner::intend(const Json& intent) {
  StepRow& row = this->row(at_);
  boundary("before intent");
  ++row.attempt;
  row.state = StepState::kIntended;
  row.intended = now();
  row.ended = std::nullopt;
  NHI_TRY(Json body, parse_json(row.body));
  body["intent"] = intent;
  row.body = body.dump();
  const RunState state =
      run_.state == RunState::kRollingBack ? run_.state : state_at(plan_.steps.at(at_).kind);
  AuditFields said;
  said.number("step", row.seq).text("kind", row.kind).text("where", row.target);
  said.text("state_from", to_string(run_.state)).text("state_to", to_string(state));
  said.number("attempt", row.attempt).text("idem", row.idem).text("outcome", "intended");
  NHI_CHECK_OK(store_.write(
      lease_,
      {.state = state, .step = row, .events = {event("run.step", std::move(said))}, .now = now()}));
  run_.state = state;
  boundary("behind intent");
  return {};
}

Result<void> Runner::begin_waiting() {
  const RunState state = state_at(plan_.steps.at(at_).kind);
  if (row(at_).attempt > 0 && run_.state == state) return {};
  return intend();
}

Result<void> Runner::conclude(StepState state, const Json& outcome) {
  StepRow& row = this->row(at_);
  boundary("before outcome");
  row.state = state;
  row.ended = now();
  NHI_TRY(Json body, parse_json(row.body));
  body["outcome"] = outcome;
  row.body = body.dump();
  AuditFields said;
  said.number("step", row.seq).text("kind", row.kind).text("where", row.target);
  said.number("attempt", row.attempt).text("idem", row.idem).text("outcome", to_string(state));
  for (const auto& [name, value] : outcome.items()) {
    if (value.is_string()) said.text(name, value.get<std::string>());
    if (value.is_number_integer()) said.number(name, value.get<std::int64_t>());
    if (value.is_boolean()) said.flag(name, value.get<bool>());
  }
  NHI_CHECK_OK(store_.write(lease_, {.facts = facts_.dump(),
                                     .step = row,
                                     .events = {event("run.step", std::move(said))},
                                     .now = now()}));
  boundary("behind outcome");
  return {};
}

Result<void> Runner::keep_fact(const std::string& name, Json value) {
  facts_[name] = std::move(value);
  return store_.write(lease_, {.facts = facts_.dump(), .now = now()});
}

bool Runner::is_done(StepKind kind) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
    return entry.second.kind == to_string(kind) && entry.second.state == StepState::kDone;
  });
}

bool Runner::is_past_no_return() const {
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    const auto found = rows_.find(static_cast<std::int64_t>(i) + 1);
    if (found == rows_.end() || !plan_.steps[i].no_return) continue;
    // What failed had no effect, surely; what nobody knows is ambiguous and counts.
    const StepState state = found->second.state;
    if (found->second.attempt > 0 && state != StepState::kUndone && state != StepState::kFailed) {
      return true;
    }
  }
  return false;
}

// Windows, freezes and the plan's end hold a run up before it begins, before the old value is
// switched off and before it goes. In between, half of the places are written: going on is safer.
std::optional<StepEnd> Runner::held_up(StepKind kind) const {
  const bool begun = std::any_of(rows_.begin(), rows_.end(), [&](const auto& entry) {
    const PlannedStep& step = plan_.steps.at(static_cast<std::size_t>(entry.first - 1));
    return has_effect(step.kind) && entry.second.attempt > 0;
  });
  const bool ends = kind == StepKind::kSuspend || kind == StepKind::kRevoke;
  const auto row = rows_.find(static_cast<std::int64_t>(at_) + 1);
  const bool again =
      row != rows_.end() && row->second.attempt > 0 && row->second.state != StepState::kUndone;
  if (begun && (!ends || again || is_past_no_return())) return std::nullopt;
  if (!begun && now() >= plan_.expires) {
    return step_failed(fmt::format("the plan ended at {}", to_iso8601(plan_.expires)),
                       "plan it again");
  }
  if (plan_.mode == RunMode::kEmergency) return std::nullopt;
  const auto environment = parse_environment(plan_.environment).value_or(Environment::kUnknown);
  const auto closed = closed_at(*parts_->config, plan_.system, environment, now());
  if (!closed) return std::nullopt;
  return step_waits(closed->why, closed->opens);
}

Result<StepEnd> Runner::perform(const PlannedStep& planned) {
  const std::size_t place = planned.place.value_or(0);
  switch (planned.kind) {
    case StepKind::kPreflight:
      return do_preflight();
    case StepKind::kCreate:
      return do_create();
    case StepKind::kEnable:
      return do_enable();
    case StepKind::kWrite:
      return do_write(place);
    case StepKind::kAwait:
      return do_await(place);
    case StepKind::kReload:
      return do_command(plan_.places.at(place).reload, "reload");
    case StepKind::kProbePlace:
      return do_command(plan_.places.at(place).probe, "probe");
    case StepKind::kVerifyNew:
      return do_verify_new();
    case StepKind::kOverlap:
      return do_overlap();
    case StepKind::kSuspend:
      return do_suspend();
    case StepKind::kSoak:
      return do_soak();
    case StepKind::kEndSessions:
      return do_end_sessions();
    case StepKind::kRevoke:
      return do_revoke();
    case StepKind::kVerifyDead:
      break;
  }
  return do_verify_dead();
}

Result<StepEnd> Runner::step(std::size_t index) {
  const PlannedStep& planned = plan_.steps.at(index);
  at_ = index;
  if (row(index).state == StepState::kDone) return step_done();
  if (has_effect(planned.kind)) {
    if (auto held = held_up(planned.kind)) {
      if (held->until && reach(*held->until)) return step(index);
      return *std::move(held);
    }
  }
  tell(planned.what);
  NHI_TRY(StepEnd end, perform(planned));
  StepRow& row = this->row(index);
  if (end.result == StepResult::kDone && row.state != StepState::kDone) {
    return fail(ErrorCode::kInternal, "a step ended without its outcome", row.kind);
  }
  return end;
}

Result<RunReport> Runner::loop() {
  std::optional<StepEnd> failed;
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    // Of several places each is tried: one result does not hide the others.
    const bool writes = plan_.steps[i].kind == StepKind::kWrite;
    if (failed && !writes) break;
    NHI_TRY(StepEnd end, step(i));
    if (end.result == StepResult::kDone) continue;
    if (end.result == StepResult::kFailed && writes) {
      if (failed) end.what = failed->what + "; " + end.what;
      failed = std::move(end);
      continue;
    }
    return stop(end);
  }
  if (failed) return stop(*failed);
  return finish();
}

Result<RunReport> Runner::stop(const StepEnd& end) {
  const bool waits = end.result == StepResult::kWaiting;
  const RunState state = waits ? run_.state : RunState::kNeedsHuman;
  AuditFields said;
  said.text("state_from", to_string(run_.state)).text("state_to", to_string(state));
  said.text("because", end.what);
  if (end.until) said.text("until", to_iso8601(*end.until));
  facts_["stopped"] = end.what;
  facts_["hint"] = end.hint;
  NHI_CHECK_OK(
      store_.write(lease_, {.state = state,
                            .facts = facts_.dump(),
                            .events = {event(waits ? "run.waits" : "run.stopped", std::move(said))},
                            .now = now()}));
  NHI_CHECK_OK(store_.release(lease_));
  return RunReport{waits ? RunEnd::kWaiting : RunEnd::kNeedsHuman, state, end.what, end.until,
                   end.hint};
}

Result<RunReport> Runner::finish() {
  facts_.erase("stopped");
  facts_.erase("hint");
  facts_["ended"] = to_iso8601(now());
  AuditFields said;
  said.text("state_from", to_string(run_.state)).text("state_to", to_string(RunState::kDone));
  said.text("new_fp", text_fact("new_fingerprint")).text("grade", text_fact("grade"));
  said.text("dead_at", text_fact("dead_at"));
  boundary("before done");
  NHI_CHECK_OK(store_.shred(lease_, now(),
                            std::vector<AuditEvent>{event("run.values-shredded", AuditFields())}));
  NHI_CHECK_OK(store_.write(lease_, {.state = RunState::kDone,
                                     .facts = facts_.dump(),
                                     .events = {event("run.done", std::move(said))},
                                     .now = now()}));
  NHI_CHECK_OK(store_.release(lease_));
  return RunReport{RunEnd::kDone, RunState::kDone, {}, {}, {}};
}

Result<RunReport> Runner::go() {
  NHI_CHECK_OK(check_allowed());
  NHI_CHECK_OK(begin());
  auto report = loop();
  // What the journal could not take has not happened; the lease is free for the next attempt.
  if (!report) static_cast<void>(store_.release(lease_));
  return report;
}

Result<void> Runner::confirm(std::int64_t seq, const std::string& who,
                             const std::string& evidence) {
  const bool known = seq >= 1 && seq <= static_cast<std::int64_t>(plan_.steps.size());
  const PlannedStep* const planned =
      known ? &plan_.steps.at(static_cast<std::size_t>(seq - 1)) : nullptr;
  const bool guided = planned != nullptr && planned->kind == StepKind::kAwait && planned->place &&
                      plan_.places.at(*planned->place).means == PlaceMeans::kGuided;
  if (!guided) {
    return fail(ErrorCode::kBadUse, fmt::format("step {} waits for nobody's word", seq), run_.id,
                "nhisweep rotate status " + run_.id + " lists the steps");
  }
  const auto at = rows_.find(seq);
  if (at == rows_.end() || at->second.state != StepState::kWaiting) {
    return fail(ErrorCode::kBadUse, fmt::format("step {} is not waiting", seq), run_.id);
  }
  NHI_CHECK_OK(begin());
  facts_["confirmed"][fmt::format("{}", seq)] = {
      {"who", who}, {"evidence", evidence}, {"at", to_iso8601(now())}};
  AuditFields said;
  said.number("step", seq).text("where", at->second.target);
  said.text("confirmed_by", who).text("evidence", evidence);
  NHI_CHECK_OK(store_.write(
      lease_,
      {.facts = facts_.dump(), .events = {event("run.confirmed", std::move(said))}, .now = now()}));
  return store_.release(lease_);
}

Result<RunReport> run_plan(const RunParts& parts, const std::string& run_id) {
  NHI_TRY(Runner runner, Runner::open(parts, run_id));
  return runner.go();
}

Result<RunReport> roll_back(const RunParts& parts, const std::string& run_id,
                            const std::string& reason) {
  NHI_TRY(Runner runner, Runner::open(parts, run_id));
  return runner.undo(reason);
}

Result<void> confirm_step(const RunParts& parts, const std::string& run_id, std::int64_t seq,
                          const std::string& who, const std::string& evidence) {
  NHI_TRY(Runner runner, Runner::open(parts, run_id));
  return runner.confirm(seq, who, evidence);
}

Result<std::set<std::string>> accounts_ended(RunStore& store, const std::string& credential_id) {
  std::set<std::string> ended;
  NHI_TRY(const std::vector<RunRow> runs, store.runs());
  for (const RunRow& run : runs) {
    if (run.state != RunState::kDone) continue;
    NHI_TRY(const Plan plan, plan_from(run.plan));
    const bool changed = plan.strategy != Strategy::kNoChange;
    if (changed && plan.credential_id == credential_id) ended.insert(run.identity);
  }
  return ended;
}

}  // namespace nhi

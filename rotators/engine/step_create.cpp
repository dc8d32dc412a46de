#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/new_value.hpp"
#include "rotators/engine/runner.hpp"
#include "scanner/base/shown_text.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

bool is_new_to(const Json& snapshot, const CredentialId& id) {
  const Json wanted = id;
  return std::none_of(snapshot.begin(), snapshot.end(),
                      [&](const Json& known) { return known == wanted; });
}

}  // namespace

Result<void> Runner::seal_new(bool symbols, bool replace) {
  std::optional<SecretText> made;
  if (plan_.capability.secret_origin == SecretOrigin::kKeypair) {
    NHI_TRY(const SecretText* const old, old_value());
    if (old == nullptr) return fail(ErrorCode::kInternal, "the old key is not kept", run_.id);
    NHI_TRY(made, new_private_key(*old));
  } else {
    NHI_TRY(made, new_password(symbols));
  }
  boundary("before seal");
  const AuditEvent sealed[] = {event("secret.sealed", AuditFields().text("purpose", "new"))};
  NHI_CHECK_OK(store_.seal(lease_, *parts_->wrapping_key, "new", *made, now(), sealed, replace));
  boundary("behind seal");
  new_ = std::move(made);
  return {};
}

Result<StepEnd> Runner::do_create() {
  const bool by_server = plan_.capability.secret_origin == SecretOrigin::kServer;
  const bool again = row(at_).attempt > 0;
  if (again) {
    NHI_TRY(StepEnd end, by_server ? create_after_server_secret() : create_again());
    if (end.result != StepResult::kDone || row(at_).state == StepState::kDone) return end;
  }
  if (!by_server) {
    // What was sealed and never sent is as good as another.
    NHI_TRY(const SecretText* const kept, new_value());
    if (kept == nullptr) NHI_CHECK_OK(seal_new(false, false));
  }
  return call_create();
}

// We know the value: whether it is valid tells whether the call had its effect.
Result<StepEnd> Runner::create_again() {
  NHI_TRY(const SecretText* const fresh, new_value());
  if (fresh == nullptr) return step_done();  // it was never sent
  NHI_TRY(const auto told, probe(plan_.new_ref, *fresh, "new"));
  if (told.reply && told.reply->verdict == ProbeVerdict::kAccepted) {
    StepReply reply;
    reply.outcome = StepOutcome::kAlreadyDone;
    reply.converge_ms = plan_.capability.converge_ms;
    return created(reply);
  }
  const bool repeatable = plan_.capability.create_replay == CreateReplay::kIdempotent ||
                          plan_.capability.create_replay == CreateReplay::kConflict;
  if (repeatable) return step_done();
  // A repeat would kill something that lives. It is safe only if nothing happened.
  NHI_TRY(const SecretText* const old, old_value());
  if (old == nullptr) return step_failed("the old value is not kept any more");
  NHI_TRY(const auto live, probe(plan_.ref, *old, "old"));
  const bool untouched = live.reply && live.reply->verdict == ProbeVerdict::kAccepted &&
                         told.reply && told.reply->verdict == ProbeVerdict::kRejected;
  if (untouched) return step_done();
  return step_failed(
      "nobody knows whether the new value was set, and a repeat could end one that lives",
      "look at the account at its provider; the new value is kept encrypted");
}

// The server's value may be lost: then what it made is taken away before another is made.
Result<StepEnd> Runner::create_after_server_secret() {
  NHI_TRY(const SecretText* const kept, new_value());
  if (kept != nullptr) {
    NHI_TRY(const auto told, probe(plan_.new_ref, *kept, "new"));
    if (told.reply && told.reply->verdict == ProbeVerdict::kAccepted) {
      StepReply reply;
      reply.outcome = StepOutcome::kAlreadyDone;
      reply.converge_ms = plan_.capability.converge_ms;
      return created(reply);
    }
  }
  if (plan_.capability.listable) return take_away_orphan();
  NHI_TRY(const SecretText* const old, old_value());
  if (old == nullptr) return step_failed("the old value is not kept any more");
  NHI_TRY(const auto live, probe(plan_.ref, *old, "old"));
  if (live.reply && live.reply->verdict == ProbeVerdict::kAccepted) return step_done();
  return step_failed("the value that the server made is lost, and the old one is dead",
                     "make another through the provider's own administration, then plan again");
}

// Ids that were not there before, by our marker where the type has one; never anybody else's.
Result<StepEnd> Runner::take_away_orphan() {
  NHI_TRY(const Json body, parse_json(row(at_).body));
  const Json& snapshot = member(member(body, "intent"), "snapshot");
  NHI_TRY(const auto listed, list(plan_.new_ref));
  if (!listed.reply)
    return step_failed("the provider does not list its credentials: " + listed.what);
  const std::string marker = marker_of(run_.id, row(at_).seq);
  std::vector<CredentialId> orphans;
  for (const ListedCredential& item : listed.reply->items) {
    const bool marked = !plan_.capability.marker.empty();
    if (marked ? item.marker == marker : is_new_to(snapshot, item.id)) orphans.push_back(item.id);
  }
  if (orphans.empty()) return step_done();
  if (orphans.size() > 1) {
    return step_failed(fmt::format("{} credentials came up meanwhile; which one is ours cannot be "
                                   "told",
                                   orphans.size()),
                       "revoke what nobody knows at the provider, then resume");
  }
  RotatorRequest asked = request("revoke", plan_.new_ref);
  asked.id = orphans.front();
  NHI_TRY(const auto told, ask_step(asked));
  if (told.reply && told.reply->outcome != StepOutcome::kAmbiguous &&
      told.reply->outcome != StepOutcome::kNotDone) {
    return step_done();
  }
  return step_failed("what an earlier attempt made cannot be taken away: " + told.what);
}

Result<StepEnd> Runner::call_create() {
  RotatorRequest asked = request("create", plan_.new_ref);
  Json snapshot = Json::array();
  if (plan_.capability.listable) {
    NHI_TRY(const auto listed, list(plan_.new_ref));
    if (!listed.reply) {
      return step_failed("the provider does not list its credentials: " + listed.what);
    }
    for (const ListedCredential& item : listed.reply->items) snapshot.push_back(item.id);
  }
  const Json intent = {{"snapshot", std::move(snapshot)}, {"at", to_iso8601(now())}};
  NHI_CHECK_OK(intend(intent));
  asked = request("create", plan_.new_ref);
  asked.intent = intent;
  NHI_TRY(asked.fresh, new_value());
  if (plan_.capability.secret_origin == SecretOrigin::kServer) asked.fresh = nullptr;
  NHI_TRY(asked.old, old_value());
  NHI_TRY(const auto told, ask_step(asked));
  if (told.reply) {
    if (told.reply->outcome == StepOutcome::kDone ||
        told.reply->outcome == StepOutcome::kAlreadyDone) {
      return created(*told.reply);
    }
    const bool maybe = told.reply->outcome == StepOutcome::kAmbiguous;
    NHI_CHECK_OK(conclude(maybe ? StepState::kAmbiguous : StepState::kFailed,
                          {{"because", to_string(told.reply->outcome)}}));
    // One look decides most of them, and a resume does the rest.
    if (maybe && row(at_).attempt < 3) return do_create();
    return step_failed(fmt::format("the rotator says: {}", to_string(told.reply->outcome)));
  }
  NHI_CHECK_OK(conclude(told.maybe_done ? StepState::kAmbiguous : StepState::kFailed,
                        {{"because", told.what}}));
  const bool refused = told.error && told.error->code == PluginErrorCode::kPolicy;
  if (refused && row(at_).attempt < 2 && plan_.capability.secret_origin == SecretOrigin::kClient) {
    NHI_CHECK_OK(seal_new(true, true));
    return call_create();
  }
  if (told.maybe_done && row(at_).attempt < 3) return do_create();
  return step_failed("no new value was made: " + told.what);
}

Result<StepEnd> Runner::created(const StepReply& reply) {
  NHI_TRY(const SecretText* const fresh, new_value());
  if (fresh == nullptr) return step_failed("the rotator says that it made a value, and kept none");
  const std::string made = fingerprint(*parts_->fingerprint_key, canonical_value(*fresh));
  // The other half of the rule that the old one goes only when a new one is there.
  if (made == plan_.fingerprint) return step_failed("the new value is the old one");
  facts_["new_id"] = reply.id;
  facts_["new_fingerprint"] = made;
  facts_["new_credential"] = credential_id(*parts_->fingerprint_key, made);
  facts_["created_at"] = to_iso8601(now());
  facts_["converge_ms"] = std::max(reply.converge_ms, plan_.capability.converge_ms);
  Json outcome = {{"code", to_string(reply.outcome)}, {"new_fp", made}};
  for (const Evidence& evidence : reply.evidence) outcome["evidence"] = shown(evidence.text);
  NHI_CHECK_OK(conclude(StepState::kDone, outcome));
  return step_done();
}

Result<StepEnd> Runner::do_enable() {
  NHI_CHECK_OK(intend());
  if (plan_.capability.suspend) {
    NHI_TRY(const auto state, inspect(plan_.new_ref));
    if (!state.reply) return step_failed("the twin cannot be asked after: " + state.what);
    facts_["new_id"] = state.reply->id;
    facts_["twin_was_off"] =
        state.reply->enabled == false || text_fact("twin_was_off") == "yes" ? "yes" : "no";
    if (state.reply->enabled == false) {
      NHI_TRY(StepEnd end, step_call("resume", plan_.new_ref, state.reply->id, nullptr));
      if (end.result != StepResult::kDone) return end;
    }
  }
  NHI_CHECK_OK(conclude(StepState::kDone, {{"was_off", text_fact("twin_was_off") == "yes"}}));
  return step_done();
}

}  // namespace nhi

// Groups 4, 6 and 12: requests that come again, ids that are or are not to be ended, dry runs.
#include <fmt/format.h>

#include <algorithm>

#include "plugins/conformance/checks.hpp"

namespace nhi {
namespace {

constexpr int kMany = 10;

Ask create_of(const SecretText& fresh, const SecretText& old, int attempt = 1) {
  Ask ask;
  ask.method = "create";
  ask.fresh = &fresh;
  ask.old = &old;
  ask.attempt = attempt;
  return ask;
}

Ask step_of(const std::string& method, const CredentialId& id) {
  Ask ask;
  ask.method = method;
  ask.id = id;
  return ask;
}

// The id that the rotator gives the account; empty if it tells none.
CredentialId id_of(Bed& bed) {
  Ask ask;
  ask.method = "inspect";
  const PluginCall call = bed.ask(ask);
  if (!call.succeeded()) return {};
  const auto reply = inspect_reply_from(call.result);
  return reply ? reply->id : CredentialId();
}

// create with the same `idem` and value again and again.
void repeat_create(Bed& bed, Checks& checks) {
  const std::string name = fmt::format("create, {} times", kMany);
  if (!bed.has("create")) return checks.not_tried(name, "it has no create");
  const auto old = bed.reset();
  if (!old) return checks.broken(name, old.error());
  const SecretText fresh = bed.fresh_value();
  const PluginCall first = bed.ask(create_of(fresh, *old));
  const SecretText made = bed.created_value(fresh);
  checks.expect(is_done(first), "create", told(first), "see its output");
  if (!is_done(first)) return;
  const auto before = bed.dump();
  const CreateReplay replay = bed.type().capability.create_replay;
  if (replay == CreateReplay::kDuplicates || replay == CreateReplay::kDestructive) {
    return checks.not_tried(name, "its capability says that a repeat is not harmless");
  }
  std::string worst;
  for (int attempt = 2; attempt <= kMany; ++attempt) {
    const PluginCall again = bed.ask(create_of(fresh, *old, attempt));
    const bool conflict =
        replay == CreateReplay::kConflict && has_error(again, {PluginErrorCode::kConflict});
    if (!is_done(again) && !conflict) worst = told(again);
  }
  const auto after = bed.dump();
  checks.expect(worst.empty(), name, worst,
                "a repeat with the same idem and value is already_done");
  checks.expect(before && after && *before == *after, name + ": one change only",
                "the system's state changed again",
                "look whether the value is in place before you set it");
  checks.expect(bed.verdict(made) == "accepted", name + ": the value works", bed.verdict(made),
                "a repeat must not end what the first one made");
}

void repeat_step(Bed& bed, Checks& checks, const std::string& method) {
  const std::string name = fmt::format("{}, {} times", method, kMany);
  if (!bed.has(method)) return checks.not_tried(name, "it has no " + method);
  const auto old = bed.reset();
  if (!old) return checks.broken(name, old.error());
  const CredentialId id = id_of(bed);
  if (method == "resume") static_cast<void>(bed.ask(step_of("suspend", id)));
  std::string worst;
  std::string state;
  for (int attempt = 1; attempt <= kMany; ++attempt) {
    Ask ask = step_of(method, id);
    ask.attempt = attempt;
    const PluginCall call = bed.ask(ask);
    if (!is_done(call)) worst = told(call);
    const auto now = bed.dump();
    if (attempt == 1 && now) state = *now;
    if (now && *now != state) worst = "the system's state changed again";
  }
  checks.expect(worst.empty(), name, worst, "a repeat must be harmless and say already_done");
}

void suspend_and_resume(Bed& bed, Checks& checks) {
  const std::string name = "suspend, then resume";
  if (!bed.has("suspend") || !bed.has("resume") || !bed.has("probe")) {
    return checks.not_tried(name, "it cannot suspend, resume and probe");
  }
  const auto value = bed.reset();
  if (!value) return checks.broken(name, value.error());
  const CredentialId id = id_of(bed);
  static_cast<void>(bed.ask(step_of("suspend", id)));
  const std::string suspended = bed.verdict(*value, "old");
  static_cast<void>(bed.ask(step_of("resume", id)));
  const std::string resumed = bed.verdict(*value, "old");
  checks.expect(suspended == "rejected", "a suspended account does not log in", suspended,
                "suspend must end the use of the value until resume");
  checks.expect(resumed == "accepted", "a resumed one does", resumed,
                "resume must bring back exactly what suspend took away");
}

// Revoking what is asked for, what is gone, and nothing else.
void revoke_itself(Bed& bed, Checks& checks) {
  const auto value = bed.reset();
  if (!value) return checks.broken("revoke", value.error());
  const CredentialId id = id_of(bed);
  Ask ask = step_of("revoke", id);
  ask.old = &*value;
  const PluginCall first = bed.ask(ask);
  checks.expect(is_done(first), "revoke", told(first), "see its output");
  if (bed.has("probe")) {
    const std::string verdict = bed.verdict(*value, "old");
    checks.expect(verdict == "rejected", "a revoked value is dead", verdict,
                  "revoke must end the credential for good");
  }
  const PluginCall again = bed.ask(ask);
  checks.expect(is_done(again), "revoke of what is gone", told(again),
                "answer already_done; done where the system does not show what is gone");
}

void revoke_suspended(Bed& bed, Checks& checks) {
  const std::string name = "revoke of what is suspended";
  if (!bed.has("suspend")) return checks.not_tried(name, "it has no suspend");
  const auto value = bed.reset();
  if (!value) return checks.broken(name, value.error());
  const CredentialId id = id_of(bed);
  static_cast<void>(bed.ask(step_of("suspend", id)));
  Ask ask = step_of("revoke", id);
  ask.old = &*value;
  const PluginCall call = bed.ask(ask);
  checks.expect(is_done(call), name, told(call), "a suspended credential can still be revoked");
}

void revoke_another(Bed& bed, Checks& checks) {
  const std::string name = "revoke of an id that is not of the target";
  const auto value = bed.reset();
  if (!value) return checks.broken(name, value.error());
  CredentialId other = id_of(bed);
  for (auto& [member, text] : other) text += "-another";
  const auto before = bed.dump();
  const PluginCall call = bed.ask(step_of("revoke", other));
  const auto after = bed.dump();
  checks.expect(before && after && *before == *after, name + " changes nothing",
                "the system's state changed", "act on the id that is asked for and on no other");
  checks.expect(!is_done(call) || outcome_of(call) == "already_done", name, told(call),
                "answer -32602, or already_done if it could be one that is gone");
  if (bed.has("probe")) {
    const std::string verdict = bed.verdict(*value, "old");
    checks.expect(verdict == "accepted", name + " leaves the target's alone", verdict,
                  "never end whatever else you find");
  }
}

}  // namespace

std::vector<CheckResult> check_repeats(Bed& bed) {
  Checks checks(CheckGroup::kRepeats);
  repeat_create(bed, checks);
  for (const char* const method : {"suspend", "resume", "end_sessions", "revoke"}) {
    repeat_step(bed, checks, method);
  }
  suspend_and_resume(bed, checks);
  return checks.take();
}

std::vector<CheckResult> check_revoking(Bed& bed) {
  Checks checks(CheckGroup::kRevoking);
  revoke_itself(bed, checks);
  revoke_suspended(bed, checks);
  revoke_another(bed, checks);
  return checks.take();
}

std::vector<CheckResult> check_dry_run(Bed& bed) {
  Checks checks(CheckGroup::kDryRun);
  for (const std::string& method : rotator_methods()) {
    const bool reads = method == "inspect" || method == "probe" || method == "list";
    if (reads || !bed.has(method)) continue;
    const auto old = bed.reset();
    if (!old) {
      checks.broken(method, old.error());
      continue;
    }
    const CredentialId id = id_of(bed);
    const SecretText fresh = bed.fresh_value();
    Ask ask = step_of(method, id);
    ask.dry_run = true;
    if (method == "create") ask.fresh = &fresh;
    ask.old = &*old;
    const auto before = bed.dump();
    const PluginCall call = bed.ask(ask);
    const auto after = bed.dump();
    checks.expect(before && after && *before == *after, method + " with dry_run",
                  "the system's state changed", "change nothing when ctx.dry_run is true");
    checks.expect(call.succeeded(), method + " with dry_run is answered", told(call),
                  "answer what you would have answered");
  }
  return checks.take();
}

}  // namespace nhi

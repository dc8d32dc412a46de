#include "rotators/openldap/steps.hpp"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "rotators/openldap/desk.hpp"
#include "rotators/openldap/login.hpp"
#include "rotators/openldap/sessions.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;
using Kind = LdapChange::Kind;

constexpr std::size_t kValueBytesMax = 1024;
constexpr milliseconds kNextSecond{1'100};
constexpr milliseconds kTimeForMore{3'000};
constexpr const char* kKind = "ldap";

struct Change {
  CredentialId id;
  std::vector<LdapChange> parts;
  std::string shown;  // what it does, without values
  std::string undo;
};

std::string shown_at(const LdapTarget& target, const Desk& desk, const std::string& what) {
  return fmt::format("modify {}: {} at {}", plain_line(target.dn), what, desk.node.label());
}

Unexpected<PluginError> no_such_entry(const Desk& desk, const LdapTarget& target) {
  return refuse(PluginErrorCode::kNotFound,
                fmt::format("{} has no entry {}{}", desk.node.label(), plain_line(target.dn),
                            desk.account.surely_absent ? "" : ", or the admin may not see it"));
}

Answer<CredentialId> own_id(const RotatorCall& call, const LdapTarget& target) {
  CredentialId id = call.id();
  if (is_id_of(id, target.dn)) return id;
  return refuse(PluginErrorCode::kInvalidParams, "the id is not of this target");
}

// ppolicy takes the lock away with each change of the password, unless the change itself does, and
// then puts it back.
void keep_locked(const Desk& desk, std::vector<LdapChange>& parts) {
  if (!desk.account.lock.is_suspended()) return;
  parts.push_back({Kind::kDelete, kLockedTime, kSuspendedSince});
  parts.push_back({Kind::kAdd, kLockedTime, kSuspendedSince});
}

// The rights that the change wants and the admin lacks.
Answer<std::vector<std::string>> lacking(Desk& desk, const LdapTarget& target,
                                         const Change& change) {
  NHI_TRY(std::vector<std::string> missing, missing_rights(desk, target));
  std::erase_if(missing, [&](const std::string& right) {
    return std::none_of(change.parts.begin(), change.parts.end(),
                        [&](const LdapChange& part) { return right.ends_with(part.attribute); });
  });
  return missing;
}

// What became of a change that was sent and did not succeed.
Answer<StepReply> unsuccessful(Desk& desk, const LdapTarget& target, const Change& change,
                               const LdapFailure& failure, const std::string& shown) {
  std::vector<std::string> needs = {kPasswordRight};
  if (failure.is(LDAP_INSUFFICIENT_ACCESS)) {
    if (auto missing = lacking(desk, target, change); missing && !missing->empty()) {
      needs = *std::move(missing);
    }
  }
  if (auto error = error_of_change(failure, needs)) {
    // A lock that came up meanwhile, or a policy that holds a value back: another one is no help.
    const bool adds = std::any_of(change.parts.begin(), change.parts.end(), [](const auto& part) {
      return part.kind == Kind::kAdd && part.attribute == kPassword;
    });
    if (error->code == PluginErrorCode::kPolicy && !adds) error->code = PluginErrorCode::kConflict;
    return fail(*std::move(error));
  }
  StepReply reply = step_reply(
      is_surely_undone(failure) ? StepOutcome::kNotDone : StepOutcome::kAmbiguous, change.id);
  return with_evidence(std::move(reply), kKind, shown + ": " + failure.text, code_text(failure));
}

StepReply done(const LdapTarget& target, const Change& change, const std::string& shown) {
  StepReply reply = step_reply(StepOutcome::kDone, change.id);
  reply.undo = change.undo;
  reply.converge_ms = target.converge_ms;
  return with_evidence(std::move(reply), kKind, shown, "0");
}

// A dry run: what a change would be refused for, as far as that can be known.
Answer<StepReply> only_told(Desk& desk, const LdapTarget& target, const Change& change) {
  NHI_TRY(const std::vector<std::string> needs, lacking(desk, target, change));
  if (needs.empty()) return done(target, change, shown_at(target, desk, change.shown));
  return refuse(
      PluginErrorCode::kForbidden,
      fmt::format("{} may not do that at {}", plain_line(target.admin), desk.node.label()),
      {{"needs", needs}});
}

// One modify. With a history "exists" may be said of the history's own entry, which ppolicy names
// by the second: nothing was done then, and the next second is worth another try.
Expected<void, LdapFailure> modify(const RotatorCall& call, Desk& desk, const LdapTarget& target,
                                   const std::vector<LdapChange>& parts) {
  auto changed = desk.admin.modify(target.dn, parts);
  const bool may_be_history = desk.policy.in_history > 0 || !desk.policy.known;
  if (changed || !changed.error().is(LDAP_TYPE_OR_VALUE_EXISTS) || !may_be_history ||
      call.cancelled() || call.time_left() < kTimeForMore) {
    return changed;
  }
  std::this_thread::sleep_for(kNextSecond);
  return desk.admin.modify(target.dn, parts);
}

Answer<StepReply> apply(RotatorCall& call, Desk& desk, const LdapTarget& target,
                        const Change& change) {
  if (call.dry_run()) return only_told(desk, target, change);
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  const std::string shown = shown_at(target, desk, change.shown);
  const auto changed = modify(call, desk, target, change.parts);
  if (changed) return done(target, change, shown);
  return unsuccessful(desk, target, change, changed.error(), shown);
}

// Adding said "exists": by another hand, or by an attempt before that was thought lost.
Answer<StepReply> if_there_by_now(Desk& desk, const LdapTarget& target, const Change& change,
                                  const SecretText& stored, Answer<StepReply> otherwise) {
  NHI_TRY(const LdapAccount account, read_account(desk, target));
  if (account.stores(stored)) return step_reply(StepOutcome::kAlreadyDone, change.id);
  return otherwise;
}

// Whether the server lets a value in that is stored in a scheme which it may not know. If not it is
// taken out again before anybody is given it.
Answer<StepReply> try_scheme(RotatorCall& call, Desk& desk, const LdapTarget& target,
                             const SecretText& value, const SecretText& stored, StepReply reply) {
  auto opened = LdapConnection::open(target, desk.node, kLoginMax, call);
  if (!opened) {
    call.log("warning",
             "whether the server knows the scheme was not tried: " + opened.error().text);
    return reply;
  }
  const auto in = opened->bind(target.dn, value);
  if (in || !in.error().is(LDAP_INVALID_CREDENTIALS)) return reply;
  const auto removed = desk.admin.modify(target.dn, {{Kind::kDelete, kPassword, stored.reveal()}});
  if (removed) {
    return wrong_field("scheme",
                       "the server does not let in what is stored as " + scheme_shown(stored) +
                           ": load its module there, or use ssha. It was taken out again");
  }
  reply.outcome = StepOutcome::kAmbiguous;
  return with_evidence(
      std::move(reply), kKind,
      "the value does not log in, and could not be taken out again: " + removed.error().text,
      code_text(removed.error()));
}

// A value that is there already; also told of those that nobody can compare.
const SecretText* find_same(RotatorCall& call, const Desk& desk, const SecretText& value) {
  for (const SecretText& stored : desk.account.values) {
    const Fit fit = fit_of(stored, value);
    if (fit == Fit::kYes) return &stored;
    if (fit == Fit::kUnknown) {
      call.log("info", "a value in " + scheme_shown(stored) + " is left alone");
    }
  }
  return nullptr;
}

Answer<Change> addition(RotatorCall& call, const Desk& desk, const LdapTarget& target,
                        const SecretText& stored) {
  Change change;
  change.id = id_of_value(target.dn, stored);
  for (const SecretText& other : desk.account.values) {
    if (id_of_value(target.dn, other) != change.id) continue;
    return refuse(PluginErrorCode::kPolicy,
                  "another value of the entry has the same id by chance: take another");
  }
  change.parts = {{Kind::kAdd, kPassword, stored.reveal()}};
  keep_locked(desk, change.parts);
  if (desk.policy.must_change) {
    // Else ppolicy would have the account change what a manager set.
    change.parts.push_back({Kind::kReplace, kReset, desk.account.must_reset ? "TRUE" : "FALSE"});
  }
  change.shown = "add userPassword " + scheme_shown(stored) + "<redacted>";
  change.undo = "revoke";
  if (desk.account.lock.is_suspended()) call.log("info", "the account is locked, and stays so");
  return change;
}

// Which of the stored values are to go.
struct Doomed {
  std::vector<const SecretText*> values;
  const SecretText* unclear = nullptr;  // might be one, and cannot be compared
};

Doomed doomed_by_value(const Desk& desk, const SecretText& old) {
  Doomed doomed;
  for (const SecretText& stored : desk.account.values) {
    const Fit fit = fit_of(stored, old);
    if (fit == Fit::kYes) doomed.values.push_back(&stored);
    if (fit == Fit::kUnknown) doomed.unclear = &stored;
  }
  return doomed;
}

std::vector<const SecretText*> named_by(const Desk& desk, const LdapTarget& target,
                                        const CredentialId& id) {
  std::vector<const SecretText*> named;
  for (const SecretText& stored : desk.account.values) {
    const CredentialId one = id_of_value(target.dn, stored);
    if (one.at("password") == id.at("password")) named.push_back(&stored);
  }
  return named;
}

Unexpected<PluginError> cannot_compare(const SecretText& stored) {
  return refuse(PluginErrorCode::kConflict,
                fmt::format("a value is stored in {}, which cannot be compared with the old one: "
                            "take it away by hand, or see whether it still logs in",
                            scheme_shown(stored)));
}

Answer<std::vector<const SecretText*>> values_to_remove(RotatorCall& call, const Desk& desk,
                                                        const LdapTarget& target,
                                                        const CredentialId& id) {
  std::vector<const SecretText*> named;
  if (names_password(id)) named = named_by(desk, target, id);
  if (handle_in(member(call.params(), "old")).empty()) {
    if (!names_password(id)) {
      return refuse(PluginErrorCode::kInvalidParams,
                    "which value is to go? neither the id nor 'old' says it");
    }
    if (named.size() > 1) {
      return refuse(PluginErrorCode::kConflict,
                    "two values of the entry share the id by chance: give the old value");
    }
    return named;
  }
  NHI_TRY(const SecretText old, call.secret("old"));
  const Doomed doomed = doomed_by_value(desk, old);
  if (names_password(id)) {
    const bool agree = std::any_of(named.begin(), named.end(), [&](const SecretText* one) {
      return std::find(doomed.values.begin(), doomed.values.end(), one) != doomed.values.end();
    });
    if (!named.empty() && !agree && fit_of(*named.front(), old) == Fit::kUnknown) {
      return cannot_compare(*named.front());
    }
    // Also where the id's own is gone and the value is stored as another one.
    if (!agree && (!named.empty() || !doomed.values.empty())) {
      return refuse(PluginErrorCode::kInvalidParams, "the old value is not that of the id");
    }
  } else if (doomed.values.empty() && doomed.unclear != nullptr) {
    return cannot_compare(*doomed.unclear);
  }
  if (!doomed.values.empty() && doomed.unclear != nullptr) {
    call.log("warning", "a value in " + scheme_shown(*doomed.unclear) +
                            " is left alone, and may be the same one");
  }
  return doomed.values;
}

// Where the entry's class wants a value one that nobody knows comes first. In a change of its own:
// ppolicy takes what is deleted and added together for an old password and a new one, in clear.
Expected<SecretText, LdapFailure> put_nobodys(const RotatorCall& call, Desk& desk,
                                              const LdapTarget& target) {
  auto nobodys = unknown_value();
  if (!nobodys) return fail(LdapFailure{});
  std::vector<LdapChange> parts = {{Kind::kAdd, kPassword, nobodys->reveal()}};
  keep_locked(desk, parts);
  NHI_CHECK_OK(modify(call, desk, target, parts));
  return *std::move(nobodys);
}

// True if none of the values that were to go is there any more.
Answer<bool> are_gone(Desk& desk, const LdapTarget& target, const Change& change) {
  NHI_TRY(const LdapAccount account, read_account(desk, target));
  const bool left = std::any_of(change.parts.begin(), change.parts.end(), [&](const auto& part) {
    return part.kind == Kind::kDelete && part.attribute == kPassword &&
           account.stores(SecretText(part.value));
  });
  return !left && (account.exists || account.surely_absent);
}

Answer<StepReply> take_away(RotatorCall& call, Desk& desk, const LdapTarget& target,
                            const Change& change) {
  if (call.dry_run()) return only_told(desk, target, change);
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  std::string shown = shown_at(target, desk, change.shown);
  auto changed = modify(call, desk, target, change.parts);
  if (!changed && changed.error().is(LDAP_OBJECT_CLASS_VIOLATION)) {
    const auto put = put_nobodys(call, desk, target);
    if (!put) return unsuccessful(desk, target, change, put.error(), shown);
    shown += "; its class wants a value, so that one which nobody knows is there now";
    changed = modify(call, desk, target, change.parts);
    if (!changed) {
      if (const auto gone = are_gone(desk, target, change); gone && *gone) {
        // Somebody gave it another value meanwhile: ours is not wanted, if the class says so too.
        std::vector<LdapChange> parts = {{Kind::kDelete, kPassword, put->reveal()}};
        keep_locked(desk, parts);
        static_cast<void>(desk.admin.modify(target.dn, parts));
        return step_reply(StepOutcome::kAlreadyDone, change.id);
      }
      StepReply half = step_reply(StepOutcome::kAmbiguous, change.id);
      return with_evidence(std::move(half), kKind, shown + ": " + changed.error().text,
                           code_text(changed.error()));
    }
  }
  if (changed) return done(target, change, shown);
  if (changed.error().is(LDAP_NO_SUCH_OBJECT) || changed.error().is(LDAP_NO_SUCH_ATTRIBUTE)) {
    NHI_TRY(const bool gone, are_gone(desk, target, change));
    if (gone) return step_reply(StepOutcome::kAlreadyDone, change.id);
  }
  return unsuccessful(desk, target, change, changed.error(), shown);
}

Answer<void> require_alone(const Desk& desk, const LdapTarget& target, const CredentialId& id,
                           bool on) {
  if (!names_password(id)) return {};
  const auto named = named_by(desk, target, id);
  if (named.empty()) return refuse(PluginErrorCode::kNotFound, "the entry has no such value");
  if (on || desk.account.values.size() == 1) return {};
  return refuse(PluginErrorCode::kConflict,
                "the entry has other values, and a lock is for all of them: revoke the one, or "
                "suspend the entry");
}

}  // namespace

Answer<StepReply> add_value(RotatorCall& call, const LdapTarget& target) {
  NHI_TRY(const SecretText value, call.secret("new"));
  if (value.empty() || value.size() > kValueBytesMax ||
      value.reveal().find('\0') != std::string_view::npos) {
    return refuse(PluginErrorCode::kPolicy, "a password has 1 to 1024 bytes, and no NUL");
  }
  NHI_TRY(Desk desk, sit_down(call, target));
  if (!desk.account.exists) return no_such_entry(desk, target);
  if (const SecretText* const same = find_same(call, desk, value)) {
    return step_reply(StepOutcome::kAlreadyDone, id_of_value(target.dn, *same));
  }
  const std::string step = text_in(member(call.params(), "ctx"), "idem");
  const auto stored = stored_form(target.store_as, value, salt_for(step, target.dn));
  if (!stored) return refuse(PluginErrorCode::kInternal, "the value cannot be hashed");
  NHI_TRY(const Change change, addition(call, desk, target, *stored));
  auto added = apply(call, desk, target, change);
  if (!added && added.error().code == PluginErrorCode::kConflict) {
    return if_there_by_now(desk, target, change, *stored, std::move(added));
  }
  const bool tried =
      target.store_as != StoreAs::kSsha && !call.dry_run() && !desk.account.lock.is_suspended();
  if (!added || added->outcome != StepOutcome::kDone || !tried) return added;
  return try_scheme(call, desk, target, value, *stored, *std::move(added));
}

Answer<StepReply> set_enabled(RotatorCall& call, const LdapTarget& target, bool on) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  NHI_TRY(Desk desk, sit_down(call, target));
  if (!desk.account.exists) return no_such_entry(desk, target);
  NHI_CHECK_OK(require_alone(desk, target, id, on));
  const LockState& lock = desk.account.lock;
  if (!on && !(desk.policy.known && desk.policy.locks)) {
    return refuse(PluginErrorCode::kUnsupported,
                  "a lock would have no effect: " + policy_words(desk.policy));
  }
  if (lock.is_suspended() != on) return step_reply(StepOutcome::kAlreadyDone, id);
  Change change{id, {}, {}, on ? "suspend" : "resume"};
  change.shown = on ? "delete pwdAccountLockedTime"
                    : std::string("pwdAccountLockedTime is ") + kSuspendedSince;
  if (!lock.locked_at.empty()) {
    change.parts.push_back({Kind::kDelete, kLockedTime, lock.locked_at});
  }
  if (!on) change.parts.push_back({Kind::kAdd, kLockedTime, kSuspendedSince});
  return apply(call, desk, target, change);
}

Answer<StepReply> remove_value(RotatorCall& call, const LdapTarget& target) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  NHI_TRY(Desk desk, sit_down(call, target));
  if (!desk.account.exists && !desk.account.surely_absent) return no_such_entry(desk, target);
  if (!desk.account.exists) {
    return with_evidence(step_reply(StepOutcome::kAlreadyDone, id), kKind, "there is no such entry",
                         "32");
  }
  NHI_TRY(const std::vector<const SecretText*> values, values_to_remove(call, desk, target, id));
  if (values.empty()) return step_reply(StepOutcome::kAlreadyDone, id);
  Change change{id, {}, {}, {}};
  for (const SecretText* const value : values) {
    change.parts.push_back({Kind::kDelete, kPassword, value->reveal()});
    change.shown += std::string(change.shown.empty() ? "" : ", ") + "delete userPassword " +
                    scheme_shown(*value) + "<redacted>";
  }
  keep_locked(desk, change.parts);
  return take_away(call, desk, target, change);
}

Answer<StepReply> end_entry_sessions(RotatorCall& call, const LdapTarget& target) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  return expect_no_sessions(call, target, id);
}

}  // namespace nhi

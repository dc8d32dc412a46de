#include "rotators/redis/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "rotators/redis/desk.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;
constexpr const char* kKind = "redis";

struct Change {
  CredentialId id;
  std::string modifier;  // of ACL SETUSER
  std::string shown;     // the same, fit to be shown
  std::string undo;
  bool removes = false;
  std::function<bool(const RedisAccount&)> is_needed;
};

std::string shown_at(const RedisTarget& target, const Desk& desk, const Change& change) {
  return fmt::format("ACL SETUSER {} {} at {}", plain_line(target.user), change.shown,
                     desk.node.label());
}

// What became of a change that was sent and did not succeed.
Answer<StepReply> unsuccessful(StepReply reply, const RedisFailure& failure, std::string shown) {
  const bool elsewhere = reply.outcome == StepOutcome::kDone;
  const PluginError error = error_of_command(failure, {kSetRight});
  const bool sure = failure.how == Trouble::kRefused && !elsewhere;
  if (sure && error.code == PluginErrorCode::kForbidden) return fail(error);
  reply.outcome = sure ? StepOutcome::kNotDone : StepOutcome::kAmbiguous;
  return with_evidence(std::move(reply), kKind, std::move(shown) + ": " + failure.text,
                       failure.code);
}

// At each node that needs it. Those that do not are told to keep what they have as well: a former
// attempt may have ended in between.
Answer<StepReply> apply(RotatorCall& call, const RedisTarget& target, std::vector<Desk>& desks,
                        const Change& change) {
  NHI_CHECK_OK(require_rights(desks, target, {kSetRight, kSaveRight}));
  StepReply reply = step_reply(StepOutcome::kAlreadyDone, change.id);
  if (!call.dry_run() && !call.begin_effect()) return fail(cancelled_without_effect());
  for (Desk& desk : desks) {
    if (!change.is_needed(desk.account)) continue;
    std::string shown = shown_at(target, desk, change);
    if (!call.dry_run()) {
      const auto set = desk.admin.run(RedisCommand{"ACL", "SETUSER", target.user, change.modifier});
      // Somebody else was quicker: Redis has no other fault to find with this modifier.
      const bool gone = !set && change.removes && set.error().code == "ERR";
      if (!set && !gone) return unsuccessful(std::move(reply), set.error(), std::move(shown));
    }
    reply.outcome = StepOutcome::kDone;
    reply.undo = change.undo;
    reply = with_evidence(std::move(reply), kKind, std::move(shown), "OK");
  }
  if (call.dry_run()) return reply;
  for (Desk& desk : desks) {
    if (!keep_users(call, desk, reply)) reply.outcome = StepOutcome::kAmbiguous;
  }
  return reply;
}

Unexpected<PluginError> no_such_user(const RedisTarget& target, const Desk& desk) {
  return refuse(PluginErrorCode::kNotFound,
                fmt::format("{} has no user {}", desk.node.label(), plain_line(target.user)));
}

Answer<void> refuse_any_password(const std::vector<Desk>& desks) {
  for (const Desk& desk : desks) {
    if (!desk.account.takes_any) continue;
    return refuse(PluginErrorCode::kConflict,
                  fmt::format("the user takes any password (nopass) at {}: give it one by hand "
                              "first, after its clients have it",
                              desk.node.label()));
  }
  return {};
}

Answer<CredentialId> own_id(const RotatorCall& call, const RedisTarget& target) {
  CredentialId id = call.id();
  if (is_id_of(id, target.user)) return id;
  return refuse(PluginErrorCode::kInvalidParams, "the id is not of this target");
}

// Those that the nodes keep and `id` names: none if it is gone, several by chance.
std::set<std::string> hashes_named(const std::vector<Desk>& desks, const RedisTarget& target,
                                   const CredentialId& id) {
  std::set<std::string> named;
  for (const Desk& desk : desks) {
    for (const std::string& hash : desk.account.hashes) {
      if (named.count(hash) == 0 && id_of_hash(target.user, hash) == id) named.insert(hash);
    }
  }
  return named;
}

// Which hash `revoke` is to take away; nothing if no node has it. The old value says it for sure.
Answer<std::optional<std::string>> hash_to_remove(RotatorCall& call, const RedisTarget& target,
                                                  const std::vector<Desk>& desks,
                                                  const CredentialId& id) {
  if (!handle_in(member(call.params(), "old")).empty()) {
    NHI_TRY(const SecretText old, call.secret("old"));
    std::string hash = hash_of_value(old);
    if (names_password(id) && id_of_hash(target.user, hash) != id) {
      return refuse(PluginErrorCode::kInvalidParams, "the old value is not that of the id");
    }
    return std::optional<std::string>(std::move(hash));
  }
  if (!names_password(id)) {
    return refuse(PluginErrorCode::kInvalidParams,
                  "which value is to go? neither the id nor 'old' says it");
  }
  std::set<std::string> named = hashes_named(desks, target, id);
  if (named.empty()) return std::optional<std::string>();
  if (named.size() > 1) {
    return refuse(PluginErrorCode::kConflict,
                  "two values of the user share the id by chance: give the old value");
  }
  return std::optional<std::string>(*named.begin());
}

}  // namespace

Answer<StepReply> add_value(RotatorCall& call, const RedisTarget& target) {
  NHI_TRY(const SecretText value, call.secret("new"));
  if (value.empty() || value.size() > kPasswordBytesMax) {
    return refuse(PluginErrorCode::kPolicy, "a password has 1 to 1024 bytes");
  }
  const std::string hash = hash_of_value(value);
  NHI_TRY(std::vector<Desk> desks, sit_down(call, target));
  for (const Desk& desk : desks) {
    if (!desk.account.exists) return no_such_user(target, desk);
    if (!desk.account.enabled) call.log("info", "the user is off, and stays so");
  }
  NHI_CHECK_OK(refuse_any_password(desks));
  Change change{id_of_hash(target.user, hash), "#" + hash, "#<redacted>", "revoke", false, {}};
  std::set<std::string> same = hashes_named(desks, target, change.id);
  same.erase(hash);
  if (!same.empty()) {
    return refuse(PluginErrorCode::kPolicy,
                  "another value of the user has the same id by chance: take another");
  }
  change.is_needed = [&](const RedisAccount& account) { return !account.holds(hash); };
  return apply(call, target, desks, change);
}

Answer<StepReply> set_enabled(RotatorCall& call, const RedisTarget& target, bool on) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  NHI_TRY(std::vector<Desk> desks, sit_down(call, target));
  for (const Desk& desk : desks) {
    if (!desk.account.exists) return no_such_user(target, desk);
  }
  if (names_password(id)) {
    const std::set<std::string> named = hashes_named(desks, target, id);
    if (named.empty()) return refuse(PluginErrorCode::kNotFound, "the user has no such value");
    const bool alone = std::none_of(desks.begin(), desks.end(), [&](const Desk& desk) {
      return named.size() > 1 || desk.account.holds_others(*named.begin());
    });
    if (!on && !alone) {
      return refuse(PluginErrorCode::kConflict,
                    "the user has other values, and Redis switches off all of them together: "
                    "revoke the one, or suspend the user");
    }
  }
  const char* const word = on ? "on" : "off";
  const Change change{id,    word,
                      word,  on ? "suspend" : "resume",
                      false, [on](const RedisAccount& account) { return account.enabled != on; }};
  return apply(call, target, desks, change);
}

Answer<StepReply> remove_value(RotatorCall& call, const RedisTarget& target) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  NHI_TRY(std::vector<Desk> desks, sit_down(call, target));
  NHI_CHECK_OK(refuse_any_password(desks));
  NHI_TRY(const std::optional<std::string> hash, hash_to_remove(call, target, desks, id));
  if (std::none_of(desks.begin(), desks.end(),
                   [](const Desk& desk) { return desk.account.exists; })) {
    return with_evidence(step_reply(StepOutcome::kAlreadyDone, id), kKind,
                         "no node has such a user", "");
  }
  const Change change{
      id, "!" + hash.value_or(""), "!<redacted>", {}, true, [&](const RedisAccount& account) {
        return hash && account.holds(*hash);
      }};
  return apply(call, target, desks, change);
}

Answer<StepReply> end_user_sessions(RotatorCall& call, const RedisTarget& target) {
  NHI_TRY(const CredentialId id, own_id(call, target));
  NHI_TRY(std::vector<Desk> desks, sit_down(call, target));
  NHI_CHECK_OK(require_rights(desks, target, {kListRight, kKillRight}));
  StepReply reply = step_reply(StepOutcome::kAlreadyDone, id);
  std::vector<Desk*> busy;
  for (Desk& desk : desks) {
    const auto clients = read_clients(desk, target.user);
    if (!clients) return fail(error_of_command(clients.error(), {kListRight}));
    if (!clients->empty()) busy.push_back(&desk);
    if (call.dry_run()) reply.ended += static_cast<std::int64_t>(clients->size());
  }
  if (busy.empty()) return reply;
  reply.outcome = StepOutcome::kDone;
  if (call.dry_run()) return reply;
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  for (Desk* const desk : busy) {
    const auto killed = desk->admin.run(RedisCommand{"CLIENT", "KILL", "USER", target.user});
    if (!killed) {
      return refuse(PluginErrorCode::kAmbiguous,
                    fmt::format("not at {}: {}", desk->node.label(), killed.error().text));
    }
    reply.ended += killed->number;
    reply = with_evidence(
        std::move(reply), kKind,
        fmt::format("CLIENT KILL USER {} at {}", plain_line(target.user), desk->node.label()),
        "OK");
  }
  return reply;
}

}  // namespace nhi

#include "rotators/mariadb/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "rotators/mariadb/desk.hpp"
#include "rotators/mariadb/verifier.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;
constexpr std::chrono::milliseconds kEndMax{3'000};
constexpr std::chrono::milliseconds kEndLook{50};
// Measured: what the client libraries of docs/rotators/mariadb.md follow.
constexpr std::size_t kMethodsEverywhere = 2;
constexpr const char* kKind = "sql";
constexpr const char* kOk = "00000";

using Methods = std::vector<AuthMethod>;

struct WantedId {
  CredentialId id;
  AccountName account;
};
Answer<WantedId> own_id(const RotatorCall& call, const MariaTarget& target) {
  CredentialId id = call.id();
  const auto account = account_in(id, target.user);
  if (!account || (!target.account_host.empty() && account->host != target.account_host)) {
    return refuse(PluginErrorCode::kInvalidParams, "the id is not of this target");
  }
  return WantedId{std::move(id), *account};
}

// At the primary.
Answer<MariaDesk> primary(RotatorCall& call, const MariaTarget& target) {
  NHI_TRY(const SecretText auth, call.secret("auth"));
  return sit_down(call, target, target.nodes.front(), auth);
}

// Nothing is in the way of altering an account.
Answer<void> may_alter(const MariaDesk& desk, const MariaTarget& target) {
  if (desk.read_only) {
    return refuse(PluginErrorCode::kConflict,
                  desk.node.label() + " is read-only: nothing is changed there");
  }
  const auto missing = desk.missing({kAlterRight});
  if (missing.empty()) return {};
  return refuse(PluginErrorCode::kForbidden,
                fmt::format("{} may not alter accounts", plain_line(target.admin)),
                {{"needs", missing}});
}

Unexpected<PluginError> no_such_account(const MariaTarget& target) {
  return refuse(
      PluginErrorCode::kNotFound,
      fmt::format("{} has no account {}", target.nodes.front().label(), plain_line(target.user)));
}

std::string quoted_name(const MariaDesk& desk, const AccountName& name) {
  return desk.admin.quoted(name.user) + "@" + desk.admin.quoted(name.host);
}

// Whether a statement that was given up had an effect shows in the account. True: surely not.
bool is_unchanged(RotatorCall& call, const MariaTarget& target, const MariaAccount& before) {
  const auto again = primary(call, target);
  if (!again) return false;
  const MariaAccount* const now = again->account(before.name);
  return now != nullptr && now->digest == before.digest;
}

// What became of a statement that was sent and did not succeed.
Answer<StepReply> unsuccessful(RotatorCall& call, const MariaTarget& target,
                               const MariaAccount& before, const MariaFailure& failure,
                               StepReply reply, const std::string& shown) {
  const std::string text = shown + ": " + failure.text;
  if (!may_have_happened(failure)) {
    PluginError error = error_of_statement(failure, {kAlterRight});
    if (error.code != PluginErrorCode::kUnreachable) return fail(std::move(error));
    reply.outcome = StepOutcome::kNotDone;
  } else {
    const bool given_up = failure.how == Trouble::kRefused && is_unchanged(call, target, before);
    reply.outcome = given_up ? StepOutcome::kNotDone : StepOutcome::kAmbiguous;
  }
  reply.undo.clear();
  return with_evidence(std::move(reply), kKind, text, failure.code_text());
}

// Keeps the statement out of the logs as far as we may: a hash is no password, but it can be
// guessed at.
void be_quiet(RotatorCall& call, MariaDesk& desk) {
  static_cast<void>(desk.admin.run("SET SESSION slow_query_log = 0"));
  if (!desk.admin.run("SET SESSION sql_log_off = 1")) {
    call.log("info",
             "the server's general log, if it is on, keeps the hash: only SUPER may leave it out");
  }
}

// Sends one statement that changes `account`. `reply` is what is answered if it succeeds.
Answer<StepReply> change(RotatorCall& call, MariaDesk& desk, const MariaTarget& target,
                         const MariaAccount& account, std::string_view statement,
                         const std::string& shown, StepReply reply) {
  if (!call.dry_run()) {
    if (const auto bound = bound_statements(desk.admin, call); !bound) {
      return fail(error_of_statement(bound.error(), {}));
    }
    if (!call.begin_effect()) return fail(cancelled_without_effect());
    const auto ran = desk.admin.run(statement);
    if (!ran) {
      return unsuccessful(call, target, account, ran.error(), std::move(reply), shown);
    }
  }
  return with_evidence(std::move(reply), kKind, shown, kOk);
}

// Writes the whole list of methods, in one statement that does so only if the row is still the one
// that the list was made of.
Answer<StepReply> write_methods(RotatorCall& call, MariaDesk& desk, const MariaTarget& target,
                                const MariaAccount& account, const Methods& methods,
                                StepReply reply) {
  if (!desk.takes_hashes) {
    return refuse(PluginErrorCode::kUnsupported,
                  "the server takes no hash of a password: a plugin looks at passwords, and "
                  "strict_password_validation is on; set it off");
  }
  const auto& admin = desk.admin;
  const std::string name = quoted_name(desk, account.name);
  const std::string shown =
      fmt::format("ALTER USER {} {}", plain_line(name),
                  clause_of(methods, [](std::string_view) { return std::string("<redacted>"); }));
  std::string clause =
      clause_of(methods, [&](std::string_view text) { return admin.quoted(text); });
  std::string statement = fmt::format(
      "BEGIN NOT ATOMIC IF (SELECT COUNT(*) FROM mysql.global_priv WHERE User = {} AND Host = {} "
      "AND SHA2(Priv, 256) = {}) = 1 THEN ALTER USER {} {}; ELSE SIGNAL SQLSTATE '45000' SET "
      "MESSAGE_TEXT = 'the account was changed meanwhile'; END IF; END",
      admin.quoted(account.name.user), admin.quoted(account.name.host),
      admin.quoted(account.digest), name, clause);
  if (!call.dry_run()) be_quiet(call, desk);
  auto changed = change(call, desk, target, account, statement, shown, std::move(reply));
  wipe(clause);
  wipe(statement);
  return changed;
}

void warn_of(RotatorCall& call, const MariaAccount& account) {
  if (account.locked) call.log("info", "the account is locked, and stays so");
  if (account.expired) {
    call.log("warning",
             "the account had to change its password: MariaDB takes this for the change");
  }
  if (std::any_of(account.methods.begin(), account.methods.end(),
                  [](const AuthMethod& method) { return method.is_open(); })) {
    call.log("warning", "the account takes an empty password, and goes on to");
  }
}

bool holds(const Methods& methods, const AuthMethod& method) {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

// The plugin for a new value.
std::string plugin_for(const MariaTarget& target, const MariaAccount& account) {
  if (!target.plugin.empty()) return target.plugin;
  const Methods values = account.values();
  const bool only_ed25519 =
      !values.empty() && std::all_of(values.begin(), values.end(), [](const AuthMethod& value) {
        return value.plugin == kEd25519Plugin;
      });
  return only_ed25519 ? kEd25519Plugin : kNativePlugin;
}

// Values of the account that `id` names: none if it is gone, several by chance.
Methods values_named(const MariaAccount& account, const CredentialId& id) {
  Methods named;
  for (const AuthMethod& value : account.values()) {
    if (id_of_value(account.name, value) == id && !holds(named, value)) named.push_back(value);
  }
  return named;
}

// What `revoke` is to take away: all that the old value opens, or the one that the id names.
Answer<Methods> methods_to_remove(RotatorCall& call, const WantedId& wanted,
                                  const MariaAccount& account) {
  if (!handle_in(member(call.params(), "old")).empty()) {
    NHI_TRY(const SecretText old, call.secret("old"));
    NHI_TRY(Methods methods, methods_of(old));
    const bool is_that = std::any_of(methods.begin(), methods.end(), [&](const AuthMethod& method) {
      return id_of_value(account.name, method) == wanted.id;
    });
    if (names_password(wanted.id) && !is_that) {
      return refuse(PluginErrorCode::kInvalidParams, "the old value is not that of the id");
    }
    return methods;
  }
  if (!names_password(wanted.id)) {
    return refuse(PluginErrorCode::kInvalidParams,
                  "which value is to go? neither the id nor 'old' says it");
  }
  Methods named = values_named(account, wanted.id);
  if (named.size() > 1) {
    return refuse(PluginErrorCode::kConflict,
                  "two values of the account share the id by chance: give the old value");
  }
  return named;
}

// True if `named` is all that lets the account in.
bool is_alone(const MariaAccount& account, const Methods& named) {
  return named.size() == 1 &&
         std::all_of(account.methods.begin(), account.methods.end(), [&](const AuthMethod& it) {
           return it == named.front() || it == dead_method();
         });
}

// Kills what the account has at one node, and waits a little until it is gone.
Answer<std::int64_t> end_at(RotatorCall& call, MariaDesk& desk, const AccountName& account) {
  const auto sessions = read_sessions(desk, account);
  if (!sessions) return fail(error_of_statement(sessions.error(), {kListRight}));
  std::int64_t ended = 0;
  for (const MariaSession& session : sessions->own) {
    const auto killed = desk.admin.run("KILL HARD CONNECTION " + session.id);
    if (killed) ++ended;
    if (!killed && killed.error().code != kNoSuchThread) {
      return refuse(PluginErrorCode::kAmbiguous, killed.error().text);
    }
  }
  const auto until = std::chrono::steady_clock::now() + std::min(kEndMax, call.time_left() / 2);
  for (;;) {
    const auto left = read_sessions(desk, account);
    if (!left) return refuse(PluginErrorCode::kAmbiguous, left.error().text);
    if (left->own.empty() || call.cancelled()) return ended;
    if (std::chrono::steady_clock::now() >= until) {
      call.log("warning", fmt::format("{} sessions are there still, or again", left->own.size()));
      return ended;
    }
    std::this_thread::sleep_for(kEndLook);
  }
}

}  // namespace

Answer<StepReply> add_value(RotatorCall& call, const MariaTarget& target) {
  NHI_TRY(const SecretText value, call.secret("new"));
  if (value.empty() || value.size() > kPasswordBytesMax ||
      value.reveal().find('\0') != std::string_view::npos) {
    return refuse(PluginErrorCode::kPolicy, "a password has 1 to 1024 bytes and no NUL");
  }
  NHI_TRY(const Methods made, methods_of(value));
  NHI_TRY(MariaDesk desk, primary(call, target));
  NHI_CHECK_OK(may_alter(desk, target));
  NHI_TRY(const MariaAccount* const account, account_at(desk, target, nullptr));
  if (account == nullptr) return no_such_account(target);
  warn_of(call, *account);
  StepReply reply = step_reply(StepOutcome::kDone, {});
  reply.undo = "revoke";
  for (const AuthMethod& method : made) {
    if (!holds(account->methods, method)) continue;
    reply.outcome = StepOutcome::kAlreadyDone;
    reply.id = id_of_value(account->name, method);
    return with_evidence(std::move(reply), kKind, "the account has this password already", kOk);
  }
  const std::string plugin = plugin_for(target, *account);
  const AuthMethod& added = plugin == made.front().plugin ? made.front() : made.back();
  reply.id = id_of_value(account->name, added);
  if (!values_named(*account, reply.id).empty()) {
    return refuse(PluginErrorCode::kPolicy,
                  "another value of the account has the same id by chance: take another");
  }
  Methods methods = account->methods;
  if (methods == Methods{dead_method()}) methods.clear();
  methods.push_back(added);
  if (methods.size() > kMethodsEverywhere) {
    call.log("warning",
             fmt::format("the value is method {} of the account: clients that follow one change of "
                         "method only, such as PyMySQL 1.0, do not get that far",
                         methods.size()));
  }
  return write_methods(call, desk, target, *account, methods, std::move(reply));
}

Answer<StepReply> set_locked(RotatorCall& call, const MariaTarget& target, bool locked) {
  NHI_TRY(const WantedId wanted, own_id(call, target));
  NHI_TRY(MariaDesk desk, primary(call, target));
  NHI_CHECK_OK(may_alter(desk, target));
  const MariaAccount* const account = desk.account(wanted.account);
  if (account == nullptr) return no_such_account(target);
  if (names_password(wanted.id)) {
    const Methods named = values_named(*account, wanted.id);
    if (named.empty()) return refuse(PluginErrorCode::kNotFound, "the account has no such value");
    if (locked && !is_alone(*account, named)) {
      return refuse(PluginErrorCode::kConflict,
                    "the account has other ways in, and MariaDB locks all of them together: revoke "
                    "the one, or suspend the account");
    }
  }
  StepReply reply = step_reply(StepOutcome::kDone, wanted.id);
  if (account->locked == locked) {
    reply.outcome = StepOutcome::kAlreadyDone;
    return reply;
  }
  reply.undo = locked ? "resume" : "suspend";
  const std::string statement = fmt::format(
      "ALTER USER {} ACCOUNT {}", quoted_name(desk, account->name), locked ? "LOCK" : "UNLOCK");
  return change(call, desk, target, *account, statement, plain_line(statement), std::move(reply));
}

Answer<StepReply> remove_value(RotatorCall& call, const MariaTarget& target) {
  NHI_TRY(const WantedId wanted, own_id(call, target));
  NHI_TRY(MariaDesk desk, primary(call, target));
  NHI_CHECK_OK(may_alter(desk, target));
  const MariaAccount* const account = desk.account(wanted.account);
  StepReply reply = step_reply(StepOutcome::kAlreadyDone, wanted.id);
  if (account == nullptr) {
    return with_evidence(std::move(reply), kKind, "the server has no such account", kOk);
  }
  NHI_TRY(const Methods removed, methods_to_remove(call, wanted, *account));
  Methods methods;
  for (const AuthMethod& method : account->methods) {
    if (!holds(removed, method)) methods.push_back(method);
  }
  if (methods.size() == account->methods.size()) return reply;
  // An account without a method is what MariaDB does not have.
  if (methods.empty()) methods.push_back(dead_method());
  reply.outcome = StepOutcome::kDone;
  return write_methods(call, desk, target, *account, methods, std::move(reply));
}

Answer<StepReply> end_account_sessions(RotatorCall& call, const MariaTarget& target) {
  NHI_TRY(const WantedId wanted, own_id(call, target));
  NHI_TRY(const SecretText auth, call.secret("auth"));
  StepReply reply = step_reply(StepOutcome::kAlreadyDone, wanted.id);
  std::vector<MariaDesk> busy;
  // Logged in everywhere before anything is ended anywhere.
  for (const Endpoint& node : target.nodes) {
    NHI_TRY(MariaDesk desk, sit_down(call, target, node, auth));
    if (const auto missing = desk.missing({kListRight, kKillRight}); !missing.empty()) {
      return refuse(
          PluginErrorCode::kForbidden,
          fmt::format("{} may not end sessions at {}", plain_line(target.admin), node.label()),
          {{"needs", missing}});
    }
    const auto sessions = read_sessions(desk, wanted.account);
    if (!sessions) return fail(error_of_statement(sessions.error(), {kListRight}));
    if (sessions->unclear > 0) {
      call.log("warning", fmt::format("{} sessions at {} may be of another account of the user, "
                                      "and are left alone",
                                      sessions->unclear, node.label()));
    }
    if (sessions->own.empty()) continue;
    if (call.dry_run()) reply.ended += static_cast<std::int64_t>(sessions->own.size());
    busy.push_back(std::move(desk));
  }
  if (busy.empty()) return reply;
  reply.outcome = StepOutcome::kDone;
  if (call.dry_run()) return reply;
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  for (MariaDesk& desk : busy) {
    const auto ended = end_at(call, desk, wanted.account);
    if (!ended) {
      return refuse(PluginErrorCode::kAmbiguous,
                    fmt::format("not at {}: {}", desk.node.label(), ended.error().message));
    }
    reply.ended += *ended;
    reply = with_evidence(
        std::move(reply), kKind,
        fmt::format("KILL HARD CONNECTION of all its sessions at {}", desk.node.label()), kOk);
  }
  return reply;
}

}  // namespace nhi

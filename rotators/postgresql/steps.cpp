#include "rotators/postgresql/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "rotators/postgresql/login.hpp"
#include "rotators/postgresql/role.hpp"
#include "rotators/postgresql/scram.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPasswordBytesMax = 1024;
constexpr int kParameterGrantsVersion = 150'000;
constexpr std::chrono::milliseconds kEndMax{3'000};
constexpr std::chrono::milliseconds kEndLook{50};

// A verifier is no password, but it can be guessed at, and who has it can pose as the server. So
// statements are kept out of the log and of the statistics as far as we may.
constexpr const char* kQuiet =
    "SELECT set_config(name, quiet, true) FROM pg_settings JOIN (VALUES"
    " ('log_statement', 'none'), ('log_min_duration_statement', '-1'),"
    " ('log_min_duration_sample', '-1'), ('log_transaction_sample_rate', '0'),"
    " ('log_min_error_statement', 'panic'), ('pg_stat_statements.track_utility', 'off')"
    ") AS wanted (name, quiet) USING (name) WHERE ";
constexpr const char* kIfGranted = "has_parameter_privilege(name, 'SET')";
constexpr const char* kIfSuperuser = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";
constexpr std::size_t kQuietWithout = 5;  // all but that of an extension

constexpr const char* kEndQuery =
    "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE usename = $1 AND pid <> pg_backend_pid()";

CredentialId id_of(const PgTarget& target) { return {{"role", target.role}}; }
StepReply reply_of(StepOutcome outcome, const PgTarget& target) {
  return step_reply(outcome, id_of(target));
}

// What became of a statement that was sent and did not succeed.
Answer<StepReply> unsuccessful(const PgFailure& failure, const PgTarget& target,
                               const std::string& shown) {
  if (may_have_happened(failure)) {
    return with_evidence(reply_of(StepOutcome::kAmbiguous, target), "sql",
                         shown + ": " + failure.text, failure.code);
  }
  PluginError error = error_of_statement(failure, {"ALTER ROLE on " + target.role});
  if (error.code != PluginErrorCode::kUnreachable) return Unexpected<PluginError>(std::move(error));
  return with_evidence(reply_of(StepOutcome::kNotDone, target), "sql", shown + ": " + error.message,
                       failure.code);
}

Answer<StepReply> change(RotatorCall& call, PgConnection& admin, const PgTarget& target,
                         const std::string& clause) {
  const std::string shown = fmt::format("ALTER ROLE {} {}", admin.identifier(target.role), clause);
  StepReply done = with_evidence(reply_of(StepOutcome::kDone, target), "sql", shown, "00000");
  if (call.dry_run()) return done;
  if (const auto bound = bound_statements(admin, call); !bound) {
    return Unexpected<PluginError>(error_of_statement(bound.error(), {}));
  }
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  const auto ran = admin.run(shown);
  if (!ran) return unsuccessful(ran.error(), target, shown);
  return done;
}

struct Desk {
  PgConnection admin;
  Standing standing;
};

// Logged in, and nothing is in the way of altering the role, if it is there.
Answer<Desk> sit_down(RotatorCall& call, const PgTarget& target) {
  const auto auth = call.secret("auth");
  if (!auth) return Unexpected<PluginError>(auth.error());
  auto admin = open_admin(target, target.primary, *auth, call);
  if (!admin) return Unexpected<PluginError>(admin.error());
  if (admin->identifier(target.role).empty()) {
    return refuse(PluginErrorCode::kInvalidConfig, "role: is no text of this server",
                  {{"field", "role"}});
  }
  auto standing = read_standing(*admin, target.role);
  if (!standing) return Unexpected<PluginError>(standing.error());
  if (standing->admin.standby) {
    return refuse(PluginErrorCode::kConflict, "the server is a standby: nothing is changed there");
  }
  if (const auto missing = missing_to_alter(*standing, target.role);
      standing->role.exists && !missing.empty()) {
    return refuse(PluginErrorCode::kForbidden,
                  fmt::format("{} may not alter {}", target.admin, target.role),
                  {{"needs", missing}});
  }
  return Desk{*std::move(admin), *std::move(standing)};
}

Unexpected<PluginError> no_such_role(const PgTarget& target) {
  return refuse(PluginErrorCode::kNotFound,
                fmt::format("{} has no role {}", target.primary.label(), target.role));
}

Answer<SecretText> verifier_for(const PgConnection& admin, const PgTarget& target,
                                const SecretText& value) {
  if (target.iterations == 0) {
    SecretText made = admin.verifier(value, target.role);
    if (!made.empty()) return made;
  } else {
    if (!is_plain_password(value.reveal())) {
      return refuse(PluginErrorCode::kPolicy,
                    "with iterations a value has to be of printable ASCII characters");
    }
    auto made = scram_verifier(value, target.iterations);
    if (made) return *std::move(made);
  }
  return refuse(PluginErrorCode::kInternal, "no verifier can be made of the value");
}

// A transaction whose statements are logged as little as we may have them logged.
Expected<void, PgFailure> begin_quietly(RotatorCall& call, PgConnection& admin) {
  if (const auto begun = admin.run("BEGIN"); !begun) return Unexpected<PgFailure>(begun.error());
  const bool granted = admin.version() >= kParameterGrantsVersion;
  const auto quiet = admin.run(std::string(kQuiet) + (granted ? kIfGranted : kIfSuperuser));
  if (!quiet) return Unexpected<PgFailure>(quiet.error());
  if (quiet->rows.size() < kQuietWithout) {
    call.log("info",
             "the server's log and statistics may keep the verifier: the admin account may not "
             "switch log_statement and its like off");
  }
  return bound_statements(admin, call);
}

// Until the last statement nothing has happened, but whoever hears nothing does not know how far it
// came.
Expected<void, PgFailure> write_verifier(PgConnection& admin, const PgTarget& target,
                                         const SecretText& verifier) {
  const SecretText literal = admin.literal(verifier);
  const std::string role = admin.identifier(target.role);
  std::string statement;
  statement.reserve(role.size() + literal.size() + 32);  // never moved: no copy is left behind
  statement.append("ALTER ROLE ").append(role).append(" PASSWORD ").append(literal.reveal());
  const auto altered = admin.run(statement);
  wipe(statement);
  if (!altered) return Unexpected<PgFailure>(altered.error());
  const auto committed = admin.run("COMMIT");
  if (!committed) return Unexpected<PgFailure>(committed.error());
  if (committed->tag == "COMMIT") return {};
  return Unexpected<PgFailure>(PgFailure{
      .how = Trouble::kRefused, .code = "40000", .text = "the transaction was rolled back"});
}

// Tells every session of the role at one server to end, and waits a little until they have.
Answer<int> end_at(RotatorCall& call, PgConnection& admin, const PgTarget& target) {
  const auto told = admin.run(kEndQuery, {target.role});
  if (!told) {
    // Some may have been told before the one that failed.
    if (may_have_happened(told.error())) {
      return refuse(PluginErrorCode::kAmbiguous, told.error().text);
    }
    return Unexpected<PluginError>(error_of_statement(told.error(), {"pg_signal_backend"}));
  }
  int ended = 0;
  const std::string_view text = told->at(0, 0);
  std::from_chars(text.data(), text.data() + text.size(), ended);
  const auto until = std::chrono::steady_clock::now() + std::min(kEndMax, call.time_left() / 2);
  for (;;) {
    const auto left = count_sessions(admin, target.role);
    if (!left) return refuse(PluginErrorCode::kAmbiguous, left.error().message);
    if (*left == 0 || call.cancelled()) return ended;
    if (std::chrono::steady_clock::now() >= until) {
      call.log("warning", fmt::format("{} sessions are there still, or again", *left));
      return ended;
    }
    std::this_thread::sleep_for(kEndLook);
  }
}

// Logged in everywhere before anything is ended anywhere.
Answer<std::vector<PgConnection>> open_all(RotatorCall& call, const PgTarget& target) {
  const auto auth = call.secret("auth");
  if (!auth) return Unexpected<PluginError>(auth.error());
  std::vector<Endpoint> nodes = target.standbys;
  nodes.insert(nodes.begin(), target.primary);
  std::vector<PgConnection> servers;
  for (const Endpoint& node : nodes) {
    auto admin = open_admin(target, node, *auth, call);
    if (!admin) return Unexpected<PluginError>(admin.error());
    servers.push_back(*std::move(admin));
  }
  return servers;
}

}  // namespace

Answer<StepReply> set_password(RotatorCall& call, const PgTarget& target) {
  const auto value = call.secret("new");
  if (!value) return Unexpected<PluginError>(value.error());
  if (value->empty() || value->size() > kPasswordBytesMax ||
      value->reveal().find('\0') != std::string_view::npos) {
    return refuse(PluginErrorCode::kPolicy, "a password has 1 to 1024 bytes and no NUL");
  }
  auto desk = sit_down(call, target);
  if (!desk) return Unexpected<PluginError>(desk.error());
  if (!desk->standing.role.exists) return no_such_role(target);
  if (desk->standing.role.expired) {
    call.log("warning", "VALID UNTIL of the role has passed: no password lets it in");
  }
  const std::string shown =
      fmt::format("ALTER ROLE {} PASSWORD <redacted>", desk->admin.identifier(target.role));
  if (holds_value(call, target, *value)) {
    return with_evidence(reply_of(StepOutcome::kAlreadyDone, target), "sql",
                         "the role has this password already", "00000");
  }
  const auto verifier = verifier_for(desk->admin, target, *value);
  if (!verifier) return Unexpected<PluginError>(verifier.error());
  if (!call.dry_run()) {
    if (const auto begun = begin_quietly(call, desk->admin); !begun) {
      return Unexpected<PluginError>(error_of_statement(begun.error(), {}));
    }
    if (!call.begin_effect()) return fail(cancelled_without_effect());
    const auto written = write_verifier(desk->admin, target, *verifier);
    if (!written) return unsuccessful(written.error(), target, shown);
  }
  return with_evidence(reply_of(StepOutcome::kDone, target), "sql", shown, "00000");
}

Answer<StepReply> set_login(RotatorCall& call, const PgTarget& target, bool may) {
  auto desk = sit_down(call, target);
  if (!desk) return Unexpected<PluginError>(desk.error());
  if (!desk->standing.role.exists) return no_such_role(target);
  if (desk->standing.role.can_login == may) return reply_of(StepOutcome::kAlreadyDone, target);
  auto reply = change(call, desk->admin, target, may ? "LOGIN" : "NOLOGIN");
  if (reply) reply->undo = may ? "suspend" : "resume";
  return reply;
}

Answer<StepReply> revoke_role(RotatorCall& call, const PgTarget& target) {
  auto desk = sit_down(call, target);
  if (!desk) return Unexpected<PluginError>(desk.error());
  const RoleFacts& role = desk->standing.role;
  if (!role.exists) {
    return with_evidence(reply_of(StepOutcome::kAlreadyDone, target), "sql",
                         "the server has no such role", "00000");
  }
  // Whoever may not read whether there is a password takes it away again, which is harmless.
  const bool has_password = role.has_password.value_or(true);
  if (!role.can_login && !has_password) return reply_of(StepOutcome::kAlreadyDone, target);
  return change(call, desk->admin, target, "NOLOGIN PASSWORD NULL");
}

Answer<StepReply> end_role_sessions(RotatorCall& call, const PgTarget& target) {
  auto servers = open_all(call, target);
  if (!servers) return Unexpected<PluginError>(servers.error());
  std::vector<PgConnection*> busy;
  StepReply reply = reply_of(StepOutcome::kDone, target);
  for (PgConnection& server : *servers) {
    const auto count = count_sessions(server, target.role);
    if (!count) return Unexpected<PluginError>(count.error());
    if (*count == 0) continue;
    busy.push_back(&server);
    if (call.dry_run()) reply.ended += *count;
    const auto standing = read_standing(server, target.role);
    if (!standing) return Unexpected<PluginError>(standing.error());
    if (const auto missing = missing_to_end(*standing, target.role); !missing.empty()) {
      return refuse(PluginErrorCode::kForbidden,
                    fmt::format("{} may not end sessions of {}", target.admin, target.role),
                    {{"needs", missing}});
    }
  }
  if (busy.empty()) return reply_of(StepOutcome::kAlreadyDone, target);
  if (call.dry_run()) return reply;
  if (!call.begin_effect()) return fail(cancelled_without_effect());
  for (PgConnection* const server : busy) {
    const auto ended = end_at(call, *server, target);
    if (!ended && reply.ended > 0) {
      return refuse(PluginErrorCode::kAmbiguous, "not all servers: " + ended.error().message);
    }
    if (!ended) return Unexpected<PluginError>(ended.error());
    reply.ended += *ended;
  }
  return with_evidence(std::move(reply), "sql",
                       "SELECT pg_terminate_backend(pid) of all its sessions", "00000");
}

}  // namespace nhi

#include "rotators/redis/desk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kLoginMax{10'000};
constexpr const char* kKind = "redis";

// Rights, and the command that each is needed for.
std::vector<std::pair<const char*, RedisCommand>> wanted_rights(const RedisTarget& target) {
  return {{kSetRight, {"ACL", "SETUSER", target.user, "off"}},
          {kSaveRight, {"ACL", "SAVE"}},
          {kRewriteRight, {"CONFIG", "REWRITE"}},
          {kListRight, {"CLIENT", "LIST"}},
          {kKillRight, {"CLIENT", "KILL", "USER", target.user}}};
}

// Asks the server what the admin user may (from 7.0 on), which changes nothing.
RedisCommand dry_run_of(const RedisTarget& target, const RedisCommand& command) {
  RedisCommand asked = {"ACL", "DRYRUN", target.admin};
  asked.insert(asked.end(), command.begin(), command.end());
  return asked;
}

// The right that an answer to a DRYRUN shows to be missing; empty if none, or if the server cannot
// tell.
std::string missing_by(const RedisAnswer& answer, const char* right) {
  if (answer.is_error()) {
    return read_refusal(answer.text).code == "NOPERM" ? "+acl|dryrun" : std::string();
  }
  return answer.text == "OK" ? std::string() : right;
}

std::string server_of(const RedisAnswer& hello) {
  std::string text =
      plain_line(hello.under("server").text) + " " + plain_line(hello.under("version").text);
  const std::string role = plain_line(hello.under("role").text);
  if (!role.empty() && role != "master") text += " (" + role + ")";
  return text;
}

Answer<Desk> sit_down_at(RotatorCall& call, const RedisTarget& target, const Endpoint& node,
                         const SecretText& auth) {
  auto opened = RedisConnection::open(target, node, kLoginMax, call);
  if (!opened) return fail(error_of_login(opened.error()));
  const auto hello = opened->run(RedisCommand{"HELLO", "2", "AUTH", target.admin, auth.reveal()});
  if (!hello) return fail(error_of_login(hello.error()));
  std::vector<RedisCommand> questions = {{"ACL", "GETUSER", target.user}};
  const auto rights = wanted_rights(target);
  for (const auto& right : rights) questions.push_back(dry_run_of(target, right.second));
  const auto answers = opened->run(questions);
  if (!answers) return fail(error_of_command(answers.error(), {}));
  auto account = account_from(answers->front());
  if (!account) return fail(error_of_command(account.error(), {"+acl|getuser"}));
  Desk desk{node, *std::move(opened), server_of(*hello), *std::move(account), {}};
  for (std::size_t i = 0; i < rights.size(); ++i) {
    std::string missing = missing_by((*answers)[i + 1], rights[i].first);
    if (!missing.empty() && !desk.lacks(missing)) desk.missing.push_back(std::move(missing));
  }
  return desk;
}

bool says(const Expected<RedisAnswer, RedisFailure>& answer, std::string_view words) {
  return !answer && answer.error().code == "ERR" &&
         answer.error().text.find(words) != std::string::npos;
}

}  // namespace

bool Desk::lacks(std::string_view right) const {
  return std::find(missing.begin(), missing.end(), right) != missing.end();
}

Answer<std::vector<Desk>> sit_down(RotatorCall& call, const RedisTarget& target) {
  NHI_TRY(const SecretText auth, call.secret("auth"));
  std::vector<Desk> desks;
  for (const Endpoint& node : target.nodes) {
    NHI_TRY(Desk desk, sit_down_at(call, target, node, auth));
    desks.push_back(std::move(desk));
  }
  return desks;
}

Answer<void> require_rights(const std::vector<Desk>& desks, const RedisTarget& target,
                            const std::vector<std::string>& rights) {
  for (const Desk& desk : desks) {
    std::vector<std::string> needs;
    for (const std::string& right : desk.missing) {
      const bool asked = std::find(rights.begin(), rights.end(), right) != rights.end();
      if (asked || right == "+acl|dryrun") needs.push_back(right);
    }
    if (needs.empty()) continue;
    return refuse(
        PluginErrorCode::kForbidden,
        fmt::format("{} may not do that at {}", plain_line(target.admin), desk.node.label()),
        {{"needs", needs}});
  }
  return {};
}

Expected<std::vector<RedisClient>, RedisFailure> read_clients(Desk& desk, const std::string& user) {
  NHI_TRY(const RedisAnswer list, desk.admin.run(RedisCommand{"CLIENT", "LIST"}));
  return clients_of(list.text, user);
}

bool keep_users(RotatorCall& call, Desk& desk, StepReply& reply) {
  std::string shown = "ACL SAVE";
  auto kept = desk.admin.run(RedisCommand{"ACL", "SAVE"});
  if (says(kept, "not configured to use an ACL file")) {
    shown = "CONFIG REWRITE";
    kept = desk.admin.run(RedisCommand{"CONFIG", "REWRITE"});
  }
  const std::string where = " at " + desk.node.label();
  if (says(kept, "without a config file")) {
    const std::string text =
        "nothing is kept" + where +
        ": it has neither an aclfile nor a config file, and a restart brings the former users back";
    call.log("warning", text);
    reply = with_evidence(std::move(reply), kKind, text, "");
    return true;
  }
  if (kept) {
    reply = with_evidence(std::move(reply), kKind, shown + where, "OK");
    return true;
  }
  const std::string text = shown + where + ": " + kept.error().text;
  call.log("error", "changed in memory and not for good: " + text);
  reply = with_evidence(std::move(reply), kKind, text, kept.error().code);
  return false;
}

}  // namespace nhi

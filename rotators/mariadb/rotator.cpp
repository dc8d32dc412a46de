#include "rotators/mariadb/rotator.hpp"

#include <algorithm>

#include "plugins/sdk/target_rotator.hpp"
#include "rotators/mariadb/desk.hpp"
#include "rotators/mariadb/login.hpp"
#include "rotators/mariadb/steps.hpp"

namespace nhi {
namespace {

Capability capability() {
  Capability can;
  can.secret_origin = SecretOrigin::kClient;
  can.slots = kManySlots;
  can.slot_policy = SlotPolicy::kError;
  can.create_replay = CreateReplay::kIdempotent;
  can.listable = true;
  can.suspend = true;
  can.twins = true;
  can.derived = {"sessions", "replicas"};
  // max_password_errors, which is off as the server comes, locks a live account.
  can.dead_probe = DeadProbe::kLockoutRisk;
  can.authority = Authority::kSeparateAdmin;
  can.automation = Automation::kFull;
  return can;
}

constexpr TargetSteps<MariaTarget> kSteps = {
    .target = target_of,
    .create = add_value,
    .probe = probe_account,
    .suspend = [](RotatorCall& call,
                  const MariaTarget& target) { return set_locked(call, target, true); },
    .resume = [](RotatorCall& call,
                 const MariaTarget& target) { return set_locked(call, target, false); },
    .revoke = remove_value,
    .end_sessions = end_account_sessions};

class MariadbRotator : public TargetRotator<MariaTarget> {
 public:
  MariadbRotator() : TargetRotator(kSteps) {}
  [[nodiscard]] PluginDescription describe() const override {
    PluginType type;
    type.type = "mariadb.account";
    type.capability = capability();
    type.ref = ref_fields();
    type.config = config_fields();
    type.grants = {"GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO rotator",
                   "GRANT SELECT ON mysql.global_priv TO rotator",
                   "MariaDB before 10.5.2: SUPER in place of CONNECTION ADMIN"};
    return description_of("mariadb-account", NHI_ROTATOR_VERSION, "nhisweep", std::move(type));
  }
  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override;
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override;
  [[nodiscard]] Answer<ReconcileReply> reconcile(RotatorCall& call) override;

 private:
  static Answer<MariaDesk> desk_of(RotatorCall& call, const MariaTarget& target) {
    NHI_TRY(const SecretText auth, call.secret("auth"));
    return sit_down(call, target, target.nodes.front(), auth);
  }
};

std::vector<CredentialId> ids_of(const MariaAccount& account) {
  std::vector<CredentialId> ids;
  for (const AuthMethod& value : account.values()) {
    CredentialId id = id_of_value(account.name, value);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

// Whether it can be used, and how far.
void add_state(RotatorCall& call, const MariaAccount& account, InspectReply& reply) {
  const std::vector<CredentialId> ids = ids_of(account);
  reply.exists = true;
  reply.id = ids.size() == 1 ? ids.front() : id_of_account(account.name);
  reply.enabled = !account.locked;
  reply.slots_used = static_cast<std::int64_t>(ids.size());
  for (const AuthMethod& method : account.methods) {
    if (method.is_open()) call.log("warning", "the account takes an empty password");
    if (method.is_value() || method.is_open() || method == dead_method()) continue;
    call.log("info", "the account has another way in: " + method.plugin);
  }
  if (account.expired) call.log("warning", "the account has to change its password first");
}

// Sessions at the primary; left out where they cannot be seen.
Answer<void> add_clients(MariaDesk& desk, const AccountName& account, InspectReply& reply) {
  if (!desk.missing({kListRight}).empty()) return {};
  const auto sessions = read_sessions(desk, account);
  if (!sessions) return fail(error_of_statement(sessions.error(), {kListRight}));
  std::int64_t youngest = -1;
  for (const MariaSession& session : sessions->own) {
    reply.clients.push_back(plain_line(session.client));
    const std::int64_t idle = std::max<std::int64_t>(session.idle_seconds, 0);
    if (youngest < 0 || idle < youngest) youngest = idle;
  }
  if (youngest >= 0) {
    reply.last_used = time_text(std::chrono::system_clock::now() - std::chrono::seconds(youngest));
  }
  return {};
}

Answer<InspectReply> MariadbRotator::inspect(RotatorCall& call) {
  NHI_TRY(const MariaTarget target, target_of(call));
  NHI_TRY(MariaDesk desk, desk_of(call, target));
  NHI_TRY(const MariaAccount* const account, account_at(desk, target, nullptr));
  InspectReply reply;
  reply.server = desk.server;
  reply.rights_missing = desk.missing({kAlterRight, kListRight, kKillRight});
  if (desk.read_only) {
    reply.server += " (read-only)";
    reply.rights_missing.emplace_back("a primary: this server is read-only");
  }
  if (!desk.takes_hashes) reply.rights_missing.emplace_back("strict_password_validation = OFF");
  reply.rights_ok = reply.rights_missing.empty();
  reply.exists = account != nullptr;
  if (account == nullptr) return reply;
  add_state(call, *account, reply);
  NHI_CHECK_OK(add_clients(desk, account->name, reply));
  return reply;
}

Answer<ListReply> MariadbRotator::list(RotatorCall& call) {
  NHI_TRY(const MariaTarget target, target_of(call));
  NHI_TRY(const MariaDesk desk, desk_of(call, target));
  NHI_TRY(const MariaAccount* const account, account_at(desk, target, nullptr));
  ListReply reply;
  if (account == nullptr) return reply;
  const char* const status = account->locked    ? "suspended"
                             : account->expired ? "expired"
                                                : "active";
  for (CredentialId& id : ids_of(*account)) {
    reply.items.push_back({std::move(id), status, {}, {}, {}});
  }
  return reply;
}

// MariaDB has no place for a marker, so nothing is known to be ours and nothing is removed.
Answer<ReconcileReply> MariadbRotator::reconcile(RotatorCall& call) {
  NHI_TRY(const MariaTarget target, target_of(call));
  NHI_TRY(const std::vector<CredentialId> expected, expected_ids(call));
  for (const CredentialId& id : expected) {
    const auto account = account_in(id, target.user);
    if (!account || (!target.account_host.empty() && account->host != target.account_host)) {
      return refuse(PluginErrorCode::kInvalidParams, "an expected id is not of this target");
    }
  }
  NHI_TRY(const MariaDesk desk, desk_of(call, target));
  NHI_TRY(const MariaAccount* const account, account_at(desk, target, nullptr));
  std::vector<CredentialId> there;
  if (account != nullptr) there = ids_of(*account);
  return compared(there, expected);
}

}  // namespace

std::unique_ptr<Rotator> make_mariadb_rotator() { return std::make_unique<MariadbRotator>(); }

}  // namespace nhi

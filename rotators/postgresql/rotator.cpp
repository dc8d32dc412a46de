#include "rotators/postgresql/rotator.hpp"

#include <algorithm>

#include "plugins/sdk/target_rotator.hpp"
#include "rotators/postgresql/login.hpp"
#include "rotators/postgresql/role.hpp"
#include "rotators/postgresql/steps.hpp"
#include "rotators/postgresql/target.hpp"

namespace nhi {
namespace {

CredentialId id_of(const PgTarget& target) { return {{"role", target.role}}; }

Capability capability() {
  Capability can;
  can.secret_origin = SecretOrigin::kClient;
  can.slots = 1;
  can.slot_policy = SlotPolicy::kEvictsPrevious;
  can.create_replay = CreateReplay::kIdempotent;
  can.listable = true;
  can.suspend = true;
  can.twins = true;
  can.derived = {"sessions", "replicas"};
  can.dead_probe = DeadProbe::kSafe;
  can.authority = Authority::kSeparateAdmin;
  can.automation = Automation::kFull;
  return can;
}

// A step on the target, where the id that is asked for is its own.
template <auto step, class... More>
Answer<StepReply> on_own(RotatorCall& call, const PgTarget& target, More... more) {
  NHI_CHECK_OK(require_id(call, id_of(target)));
  return step(call, target, more...);
}

constexpr TargetSteps<PgTarget> kSteps = {
    .target = target_of,
    .create = set_password,
    .probe = probe_role,
    .suspend = [](RotatorCall& call,
                  const PgTarget& target) { return on_own<set_login>(call, target, false); },
    .resume = [](RotatorCall& call,
                 const PgTarget& target) { return on_own<set_login>(call, target, true); },
    .revoke = on_own<revoke_role>,
    .end_sessions = on_own<end_role_sessions>};

class PostgresqlRotator : public TargetRotator<PgTarget> {
 public:
  PostgresqlRotator() : TargetRotator(kSteps) {}
  [[nodiscard]] PluginDescription describe() const override {
    PluginType type;
    type.type = "postgresql.role";
    type.capability = capability();
    type.ref = ref_fields();
    type.config = config_fields();
    type.grants = {"CREATE ROLE rotator LOGIN CREATEROLE", "GRANT pg_signal_backend TO rotator",
                   "PostgreSQL 16 and later, for each role: GRANT app TO rotator WITH ADMIN "
                   "OPTION, INHERIT FALSE, SET FALSE"};
    return description_of("postgresql-role", NHI_ROTATOR_VERSION, "nhisweep", std::move(type));
  }
  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override;
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override;
  [[nodiscard]] Answer<ReconcileReply> reconcile(RotatorCall& call) override;

 private:
  // The admin account at the primary.
  static Answer<PgConnection> open(RotatorCall& call, const PgTarget& target) {
    const auto auth = call.secret("auth");
    if (!auth) return Unexpected<PluginError>(auth.error());
    return open_admin(target, target.primary, *auth, call);
  }
  static Answer<RoleFacts> read_role(RotatorCall& call, const PgTarget& target) {
    auto admin = open(call, target);
    if (!admin) return Unexpected<PluginError>(admin.error());
    const auto standing = read_standing(*admin, target.role);
    if (!standing) return Unexpected<PluginError>(standing.error());
    return standing->role;
  }
};

Answer<InspectReply> PostgresqlRotator::inspect(RotatorCall& call) {
  const auto target = target_of(call);
  if (!target) return Unexpected<PluginError>(target.error());
  auto admin = open(call, *target);
  if (!admin) return Unexpected<PluginError>(admin.error());
  const auto standing = read_standing(*admin, target->role);
  if (!standing) return Unexpected<PluginError>(standing.error());
  InspectReply reply;
  reply.server = "PostgreSQL " + standing->admin.version_text;
  if (standing->admin.standby) {
    reply.server += " (standby)";
    reply.rights_missing.emplace_back("a primary: this server is a standby");
  }
  reply.exists = standing->role.exists;
  if (reply.exists) {
    const RoleFacts& role = standing->role;
    reply.id = id_of(*target);
    reply.enabled = role.can_login && !role.expired;
    if (role.expired) call.log("warning", "VALID UNTIL of the role has passed");
    if (role.has_password) reply.slots_used = *role.has_password ? 1 : 0;
    for (auto&& missing :
         {missing_to_alter(*standing, target->role), missing_to_end(*standing, target->role)}) {
      reply.rights_missing.insert(reply.rights_missing.end(), missing.begin(), missing.end());
    }
    auto sessions = read_sessions(*admin, target->role);
    if (!sessions) return Unexpected<PluginError>(sessions.error());
    reply.clients = std::move(sessions->clients);
    reply.last_used = std::move(sessions->last_login);
  }
  reply.rights_ok = reply.rights_missing.empty();
  return reply;
}

Answer<ListReply> PostgresqlRotator::list(RotatorCall& call) {
  const auto target = target_of(call);
  if (!target) return Unexpected<PluginError>(target.error());
  const auto role = read_role(call, *target);
  if (!role) return Unexpected<PluginError>(role.error());
  ListReply reply;
  if (!role->exists) return reply;
  const char* const status = !role->can_login ? "suspended" : role->expired ? "expired" : "active";
  reply.items.push_back({id_of(*target), status, {}, {}, {}});
  return reply;
}

// Nothing of ours is ever left behind in a role, so nothing is removed.
Answer<ReconcileReply> PostgresqlRotator::reconcile(RotatorCall& call) {
  const auto target = target_of(call);
  if (!target) return Unexpected<PluginError>(target.error());
  const auto expected = expected_ids(call);
  if (!expected) return Unexpected<PluginError>(expected.error());
  for (const CredentialId& id : *expected) {
    if (id != id_of(*target)) {
      return refuse(PluginErrorCode::kInvalidParams, "an expected id is not of this target");
    }
  }
  const auto role = read_role(call, *target);
  if (!role) return Unexpected<PluginError>(role.error());
  std::vector<CredentialId> there;
  if (role->exists) there.push_back(id_of(*target));
  return compared(there, *expected);
}

}  // namespace

std::unique_ptr<Rotator> make_postgresql_rotator() { return std::make_unique<PostgresqlRotator>(); }

}  // namespace nhi

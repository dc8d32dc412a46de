#include "rotators/redis/rotator.hpp"

#include <algorithm>
#include <set>

#include "plugins/sdk/target_rotator.hpp"
#include "rotators/redis/desk.hpp"
#include "rotators/redis/login.hpp"
#include "rotators/redis/steps.hpp"

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
  can.derived = {"sessions", "replicas"};
  can.dead_probe = DeadProbe::kSafe;
  can.authority = Authority::kSeparateAdmin;
  can.automation = Automation::kFull;
  return can;
}

// Hashes of all nodes, each with whether a node lets it in.
struct Values {
  std::set<std::string> hashes;
  bool enabled = false;
};
Values values_of(RotatorCall& call, const std::vector<Desk>& desks) {
  Values values;
  for (const Desk& desk : desks) {
    values.hashes.insert(desk.account.hashes.begin(), desk.account.hashes.end());
    values.enabled = values.enabled || desk.account.enabled;
    if (desk.account.takes_any) {
      call.log("warning", "the user takes any password (nopass) at " + desk.node.label());
    }
  }
  const bool agree = std::all_of(desks.begin(), desks.end(), [&](const Desk& desk) {
    const std::set<std::string> own(desk.account.hashes.begin(), desk.account.hashes.end());
    return own == values.hashes && desk.account.enabled == values.enabled;
  });
  if (!agree) call.log("warning", "the nodes do not agree on the user");
  return values;
}

constexpr TargetSteps<RedisTarget> kSteps = {
    .target = target_of,
    .create = add_value,
    .probe = probe_user,
    .suspend = [](RotatorCall& call,
                  const RedisTarget& target) { return set_enabled(call, target, false); },
    .resume = [](RotatorCall& call,
                 const RedisTarget& target) { return set_enabled(call, target, true); },
    .revoke = remove_value,
    .end_sessions = end_user_sessions};

class RedisRotator : public TargetRotator<RedisTarget> {
 public:
  RedisRotator() : TargetRotator(kSteps) {}
  [[nodiscard]] PluginDescription describe() const override {
    PluginType type;
    type.type = "redis.acl-user";
    type.capability = capability();
    type.ref = ref_fields();
    type.config = config_fields();
    type.grants = {
        "ACL SETUSER rotator on resetchannels -@all +acl|getuser +acl|setuser +acl|save "
        "+acl|dryrun +config|rewrite +client|list +client|kill"};
    return description_of("redis-acl-user", NHI_ROTATOR_VERSION, "nhisweep", std::move(type));
  }
  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override;
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override;
  [[nodiscard]] Answer<ReconcileReply> reconcile(RotatorCall& call) override;
};

// What the clients at one node show; left out where they cannot be seen.
Answer<void> add_clients(Desk& desk, const RedisTarget& target, InspectReply& reply,
                         std::int64_t& youngest) {
  if (desk.lacks(kListRight)) return {};
  const auto clients = read_clients(desk, target.user);
  if (!clients) return fail(error_of_command(clients.error(), {kListRight}));
  for (const RedisClient& client : *clients) {
    reply.clients.push_back(client.shown);
    if (youngest >= 0 && client.age_seconds >= youngest) continue;
    youngest = client.age_seconds;
    reply.last_used = time_text(std::chrono::system_clock::now() - std::chrono::seconds(youngest));
  }
  return {};
}

Answer<InspectReply> RedisRotator::inspect(RotatorCall& call) {
  NHI_TRY(const RedisTarget target, target_of(call));
  NHI_TRY(std::vector<Desk> desks, sit_down(call, target));
  const RedisAccount& first = desks.front().account;
  InspectReply reply;
  reply.server = desks.front().server;
  reply.exists = first.exists;
  std::int64_t youngest = -1;
  for (Desk& desk : desks) {
    for (const std::string& right : desk.missing) {
      if (right == kRewriteRight) {
        call.log("info", "without +config|rewrite only a server with an aclfile keeps changes");
      } else {
        reply.rights_missing.push_back(right + " at " + desk.node.label());
      }
    }
    if (reply.exists) NHI_CHECK_OK(add_clients(desk, target, reply, youngest));
  }
  reply.rights_ok = reply.rights_missing.empty();
  if (!reply.exists) return reply;
  static_cast<void>(values_of(call, desks));
  reply.enabled = std::all_of(desks.begin(), desks.end(),
                              [](const Desk& desk) { return desk.account.enabled; });
  reply.slots_used = static_cast<std::int64_t>(first.hashes.size());
  reply.id = first.hashes.size() == 1 ? id_of_hash(target.user, first.hashes.front())
                                      : id_of_user(target.user);
  return reply;
}

Answer<ListReply> RedisRotator::list(RotatorCall& call) {
  NHI_TRY(const RedisTarget target, target_of(call));
  NHI_TRY(const std::vector<Desk> desks, sit_down(call, target));
  const Values values = values_of(call, desks);
  ListReply reply;
  for (const std::string& hash : values.hashes) {
    reply.items.push_back(
        {id_of_hash(target.user, hash), values.enabled ? "active" : "suspended", {}, {}, {}});
  }
  return reply;
}

// Redis has no place for a marker, so nothing is known to be ours and nothing is removed.
Answer<ReconcileReply> RedisRotator::reconcile(RotatorCall& call) {
  NHI_TRY(const RedisTarget target, target_of(call));
  NHI_TRY(const std::vector<CredentialId> expected, expected_ids(call));
  for (const CredentialId& id : expected) {
    if (!is_id_of(id, target.user)) {
      return refuse(PluginErrorCode::kInvalidParams, "an expected id is not of this target");
    }
  }
  NHI_TRY(const std::vector<Desk> desks, sit_down(call, target));
  std::vector<CredentialId> there;
  const Values values = values_of(call, desks);
  for (const std::string& hash : values.hashes) there.push_back(id_of_hash(target.user, hash));
  return compared(there, expected);
}

}  // namespace

std::unique_ptr<Rotator> make_redis_rotator() { return std::make_unique<RedisRotator>(); }

}  // namespace nhi

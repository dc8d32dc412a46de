#include "rotators/openldap/rotator.hpp"

#include <algorithm>

#include "plugins/sdk/target_rotator.hpp"
#include "rotators/openldap/desk.hpp"
#include "rotators/openldap/login.hpp"
#include "rotators/openldap/sessions.hpp"
#include "rotators/openldap/steps.hpp"

namespace nhi {
namespace {

constexpr const char* kGrantPassword =
    "access to dn.subtree=\"ou=services,dc=example\" attrs=userPassword"
    " by dn.exact=\"cn=rotator,dc=example\" write by anonymous auth by * none";
constexpr const char* kGrantLock =
    "access to dn.subtree=\"ou=services,dc=example\" attrs=pwdAccountLockedTime,pwdReset"
    " by dn.exact=\"cn=rotator,dc=example\" write by * none";
constexpr const char* kGrantRead =
    "access to dn.subtree=\"ou=services,dc=example\" attrs=entry,objectClass,modifyTimestamp,"
    "pwdFailureTime,pwdAccountTmpLockoutEnd,pwdStartTime,pwdEndTime,pwdPolicySubentry,"
    "pwdLastSuccess by dn.exact=\"cn=rotator,dc=example\" read by * break";
constexpr const char* kGrantPolicy =
    "access to dn.exact=\"cn=default,ou=policies,dc=example\""
    " by dn.exact=\"cn=rotator,dc=example\" read by * break";
constexpr const char* kGrantSessions =
    "access to dn.subtree=\"cn=Monitor\" by dn.exact=\"cn=rotator,dc=example\" read by * break";

Capability capability() {
  Capability can;
  can.secret_origin = SecretOrigin::kClient;
  can.slots = kManySlots;
  can.slot_policy = SlotPolicy::kError;
  can.create_replay = CreateReplay::kIdempotent;
  can.listable = true;
  can.suspend = true;
  can.derived = {"sessions", "replicas"};
  can.dead_probe = DeadProbe::kLockoutRisk;
  can.authority = Authority::kSeparateAdmin;
  can.automation = Automation::kFull;
  return can;
}

LdapTime now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

constexpr TargetSteps<LdapTarget> kSteps = {
    .target = target_of,
    .create = add_value,
    .probe = probe_entry,
    .suspend = [](RotatorCall& call,
                  const LdapTarget& target) { return set_enabled(call, target, false); },
    .resume = [](RotatorCall& call,
                 const LdapTarget& target) { return set_enabled(call, target, true); },
    .revoke = remove_value,
    .end_sessions = end_entry_sessions};

class OpenldapRotator : public TargetRotator<LdapTarget> {
 public:
  OpenldapRotator() : TargetRotator(kSteps) {}
  [[nodiscard]] PluginDescription describe() const override {
    PluginType type;
    type.type = "openldap.entry";
    type.capability = capability();
    type.ref = ref_fields();
    type.config = config_fields();
    type.grants = {kGrantPassword, kGrantLock, kGrantRead, kGrantPolicy, kGrantSessions};
    return description_of("openldap-entry", NHI_ROTATOR_VERSION, "nhisweep", std::move(type));
  }
  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override;
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override;
  [[nodiscard]] Answer<ReconcileReply> reconcile(RotatorCall& call) override;
};

// Who is logged in at one node; left out where that cannot be seen.
Answer<void> add_clients(RotatorCall& call, Desk& desk, const LdapTarget& target,
                         InspectReply& reply) {
  const auto sessions = read_sessions(desk, target.dn);
  if (!sessions && sessions.error().how != Trouble::kRefused) {
    return fail(error_of_reading(sessions.error(), kSessionsRight));
  }
  if (!sessions) {
    call.log("info", std::string("without ") + kSessionsRight +
                         " nobody sees who is logged in at " + desk.node.label());
    return {};
  }
  for (const LdapSession& session : *sessions) reply.clients.push_back(session.client);
  return {};
}

// What a person should know of the entry, beside what the reply has fields for.
void tell_state(RotatorCall& call, const Desk& desk) {
  call.log("info", policy_words(desk.policy));
  if (desk.account.must_reset) {
    call.log("warning",
             "pwdReset is TRUE: with it a login may change the value and do nothing else");
  }
  if (desk.account.lock.is_at_the_brink(desk.policy, now())) {
    call.log("warning", "one more wrong value would lock the account");
  }
  for (const SecretText& stored : desk.account.values) {
    if (fit_of(stored, SecretText("x")) != Fit::kUnknown) continue;
    call.log("warning", "a value in " + scheme_shown(stored) + " cannot be compared here");
  }
}

// A replica that has not heard of the last change, or never does.
void tell_differences(RotatorCall& call, const Desk& first, const Desk& other) {
  const auto& values = other.account.values;
  const bool agree = first.account.exists == other.account.exists &&
                     first.account.values.size() == values.size() &&
                     std::all_of(values.begin(), values.end(),
                                 [&](const SecretText& one) { return first.account.stores(one); });
  if (!agree) call.log("warning", "the replicas do not agree: " + other.node.label());
}

void describe_account(const Desk& desk, const LdapTarget& target, InspectReply& reply) {
  const LdapAccount& account = desk.account;
  reply.enabled = !account.lock.is_suspended() && !account.lock.is_out_of_time(now());
  reply.locked = account.lock.is_locked_out(desk.policy, now());
  reply.last_used = account.last_used;
  reply.slots_used = static_cast<std::int64_t>(account.values.size());
  reply.id = account.values.size() == 1 ? id_of_value(target.dn, account.values.front())
                                        : id_of_entry(target.dn);
}

Answer<InspectReply> OpenldapRotator::inspect(RotatorCall& call) {
  NHI_TRY(const LdapTarget target, target_of(call));
  NHI_TRY(const SecretText auth, call.secret("auth"));
  NHI_TRY(Desk first, sit_down(call, target, target.nodes.front(), auth));
  InspectReply reply;
  reply.server = server_words(first);
  reply.exists = first.account.exists;
  NHI_TRY(reply.rights_missing, missing_rights(first, target));
  reply.rights_ok = reply.rights_missing.empty();
  if (!reply.exists) {
    if (!first.account.surely_absent) {
      call.log("warning", "no such entry, or one that the admin may not see");
    }
    return reply;
  }
  tell_state(call, first);
  NHI_CHECK_OK(add_clients(call, first, target, reply));
  for (std::size_t i = 1; i < target.nodes.size(); ++i) {
    NHI_TRY(Desk desk, sit_down(call, target, target.nodes[i], auth));
    tell_differences(call, first, desk);
    NHI_CHECK_OK(add_clients(call, desk, target, reply));
  }
  describe_account(first, target, reply);
  return reply;
}

Answer<ListReply> OpenldapRotator::list(RotatorCall& call) {
  NHI_TRY(const LdapTarget target, target_of(call));
  NHI_TRY(const Desk desk, sit_down(call, target));
  const bool suspended = desk.account.lock.is_suspended();
  ListReply reply;
  for (const SecretText& value : desk.account.values) {
    reply.items.push_back(
        {id_of_value(target.dn, value), suspended ? "suspended" : "active", {}, {}, {}});
  }
  return reply;
}

// An entry has no place for a marker of one of its values, so nothing is known to be ours and
// nothing is removed.
Answer<ReconcileReply> OpenldapRotator::reconcile(RotatorCall& call) {
  NHI_TRY(const LdapTarget target, target_of(call));
  NHI_TRY(const std::vector<CredentialId> expected, expected_ids(call));
  for (const CredentialId& id : expected) {
    if (!is_id_of(id, target.dn)) {
      return refuse(PluginErrorCode::kInvalidParams, "an expected id is not of this target");
    }
  }
  NHI_TRY(const Desk desk, sit_down(call, target));
  std::vector<CredentialId> there;
  for (const SecretText& value : desk.account.values) {
    there.push_back(id_of_value(target.dn, value));
  }
  return compared(there, expected);
}

}  // namespace

std::unique_ptr<Rotator> make_openldap_rotator() {
  prepare_ldap_library();
  return std::make_unique<OpenldapRotator>();
}

}  // namespace nhi

#include "rotators/openldap/desk.hpp"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>

#include "rotators/openldap/stored_value.hpp"

namespace nhi {
namespace {

constexpr const char* kRootClass = "OpenLDAProotDSE";
constexpr std::size_t kValuesMax = 64;  // of an entry; each is compared, and hashed for its id

// Hashes are another matter elsewhere: 389 Directory Server takes none, Active Directory keeps
// none.
Answer<void> require_openldap(Desk& desk) {
  const auto root = desk.admin.search({.base = "", .attributes = {"objectClass"}});
  if (!root) return fail(error_of_reading(root.error(), "read of the root DSE"));
  const LdapAttribute* const classes = root->empty() ? nullptr : root->front().find("objectClass");
  if (classes == nullptr) {
    return refuse(PluginErrorCode::kForbidden, "what kind of server it is cannot be seen",
                  {{"needs", {"read of the root DSE"}}});
  }
  const bool known = std::any_of(classes->values.begin(), classes->values.end(),
                                 [](const SecretText& one) { return one.reveal() == kRootClass; });
  if (known) return {};
  return refuse(PluginErrorCode::kUnsupported, desk.node.label() + " is no OpenLDAP");
}

// Values that are not shown may be there: whoever cannot see them would add a second time what is
// there, and call alive what is gone.
Answer<void> require_sight(Desk& desk, const LdapTarget& target, const LdapAccount& account) {
  if (!account.values.empty()) return {};
  const auto compared = desk.admin.compare(target.dn, kPassword, "{SSHA}none");
  if (!compared && compared.error().is(LDAP_NO_SUCH_ATTRIBUTE)) return {};  // there are none
  if (!compared && compared.error().how != Trouble::kRefused) {
    return fail(error_of_reading(compared.error(), kReadRight));
  }
  return refuse(PluginErrorCode::kForbidden,
                std::string("the entry's values cannot be seen: it lacks ") + kReadRight,
                {{"needs", {kReadRight}}});
}

Answer<LdapPolicy> read_policy(Desk& desk, const LdapTarget& target) {
  LdapPolicy policy;
  policy.dn = desk.account.policy_dn.empty() ? target.policy : desk.account.policy_dn;
  if (policy.dn.empty()) return policy;
  const auto found = desk.admin.search({.base = policy.dn, .attributes = policy_attributes()});
  if (!found && found.error().how != Trouble::kRefused) {
    return fail(error_of_reading(found.error(), {}));
  }
  // One that says nothing at all is one that may not be read.
  if (found && !found->empty() && !found->front().attributes.empty()) {
    return policy_from(found->front());
  }
  return policy;
}

// Whether taking away a value that is not there is refused for want of a right.
Answer<bool> lacks_right(Desk& desk, const LdapTarget& target, const char* attribute,
                         std::string_view absent) {
  const auto tried = desk.admin.modify(target.dn, {{LdapChange::Kind::kDelete, attribute, absent}});
  if (tried) return false;  // a server that calls this done
  if (tried.error().is(LDAP_INSUFFICIENT_ACCESS)) return true;
  if (const auto error = error_of_change(tried.error(), {});
      error && error->code == PluginErrorCode::kInvalidConfig) {
    return fail(*error);  // it takes no changes
  }
  if (tried.error().how == Trouble::kRefused) return false;
  return fail(error_of_reading(tried.error(), {}));
}

}  // namespace

Answer<LdapAccount> read_account(Desk& desk, const LdapTarget& target) {
  const auto found = desk.admin.search({.base = target.dn, .attributes = account_attributes()});
  LdapAccount account;
  if (!found && found.error().is(LDAP_NO_SUCH_OBJECT)) {
    account.surely_absent = !found.error().matched.empty();
    return account;
  }
  if (!found) return fail(error_of_reading(found.error(), "read of the entry"));
  if (found->empty()) return account;
  account = account_from(found->front());
  if (account.values.size() > kValuesMax) {
    return refuse(PluginErrorCode::kConflict, "the entry has more than 64 values of userPassword");
  }
  NHI_CHECK_OK(require_sight(desk, target, account));
  return account;
}

Answer<Desk> sit_down(const RotatorCall& call, const LdapTarget& target, const Endpoint& node,
                      const SecretText& auth) {
  if (auth.empty()) {
    return refuse(PluginErrorCode::kAuthFailed, "admin: its password is empty, which is no login");
  }
  auto opened = LdapConnection::open(target, node, kLoginMax, call);
  if (!opened) return fail(error_of_login(opened.error()));
  Desk desk{node, *std::move(opened), {}, {}};
  if (const auto in = desk.admin.bind(target.admin, auth); !in) {
    return fail(error_of_login(in.error()));
  }
  NHI_CHECK_OK(require_openldap(desk));
  NHI_TRY(desk.account, read_account(desk, target));
  NHI_TRY(desk.policy, read_policy(desk, target));
  return desk;
}

Answer<Desk> sit_down(RotatorCall& call, const LdapTarget& target) {
  NHI_TRY(const SecretText auth, call.secret("auth"));
  return sit_down(call, target, target.nodes.front(), auth);
}

Answer<std::vector<std::string>> missing_rights(Desk& desk, const LdapTarget& target) {
  std::vector<std::string> missing;
  if (!desk.account.exists) return missing;
  const auto absent = unknown_value();
  if (!absent) return refuse(PluginErrorCode::kInternal, "no random numbers");
  NHI_TRY(const bool no_password, lacks_right(desk, target, kPassword, absent->reveal()));
  if (no_password) missing.emplace_back(kPasswordRight);
  // No server writes this time.
  NHI_TRY(const bool no_lock, lacks_right(desk, target, kLockedTime, "19700101000000Z"));
  if (no_lock) missing.emplace_back(kLockRight);
  if (desk.policy.must_change) {
    NHI_TRY(const bool no_reset,
            lacks_right(desk, target, kReset, desk.account.must_reset ? "FALSE" : "TRUE"));
    if (no_reset) missing.emplace_back(kResetRight);
  }
  return missing;
}

std::string server_words(Desk& desk) {
  const auto found = desk.admin.search({.base = "cn=Monitor", .attributes = {"monitoredInfo"}});
  const std::string info = found && !found->empty() ? found->front().text("monitoredInfo") : "";
  // "OpenLDAP: slapd 2.5.13+dfsg-5 (Feb  8 2023 01:56:12)"
  const std::size_t at = info.find("slapd ");
  if (at == std::string::npos) return "OpenLDAP";
  const std::string_view rest = std::string_view(info).substr(at + 6);
  return "OpenLDAP " + plain_line(rest.substr(0, rest.find(' ')));
}

}  // namespace nhi

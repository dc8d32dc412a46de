#include "rotators/openldap/target.hpp"

#include "rotators/openldap/dn.hpp"

namespace nhi {
namespace {

constexpr std::uint16_t kUsualPort = 389;
constexpr std::uint16_t kLdapsPort = 636;
constexpr std::int64_t kConvergeMsMax = 3'600'000;

Answer<std::string> name_under(const Json& object, const char* field) {
  auto name = canonical_dn(text_in(object, field));
  if (name) return *std::move(name);
  return wrong_field(field,
                     "is no name of an entry such as cn=app,ou=services,dc=example, or is over 480 "
                     "bytes written out");
}

Answer<TlsChoice> tls_of(const RotatorCall& call) {
  NHI_TRY(TlsChoice tls, tls_choice(call));
  // libldap looks at the name with the certificate or at neither.
  if (tls.mode == "verify-ca") return wrong_field("tls", "knows no verify-ca here: verify-full");
  return tls;
}

Answer<Transport> transport_of(const RotatorCall& call) {
  const std::string word = text_in(call.config(), "transport");
  if (word.empty()) return Transport::kByPort;
  if (word == "starttls") return Transport::kStartTls;
  if (word == "ldaps") return Transport::kLdaps;
  return wrong_field("transport", "is none of starttls, ldaps");
}

Answer<StoreAs> scheme_of(const RotatorCall& call) {
  const std::string word = text_in(call.config(), "scheme");
  if (word.empty()) return StoreAs::kSsha;
  if (const auto scheme = store_as_from(word)) return *scheme;
  return wrong_field("scheme", "is none of ssha, ssha256, ssha512, argon2");
}

}  // namespace

bool LdapTarget::is_ldaps(const Endpoint& node) const {
  return transport == Transport::kByPort ? node.port == kLdapsPort : transport == Transport::kLdaps;
}

Answer<LdapTarget> target_of(const RotatorCall& call) {
  LdapTarget target;
  NHI_TRY(Endpoint node, target_endpoint(call, kUsualPort));
  NHI_TRY(target.nodes, further_nodes(call, "replicas", node.port));
  target.nodes.insert(target.nodes.begin(), std::move(node));
  NHI_TRY(target.dn, name_under(call.ref(), "dn"));
  NHI_TRY(target.admin, name_under(call.config(), "admin"));
  if (!text_in(call.config(), "policy").empty()) {
    NHI_TRY(target.policy, name_under(call.config(), "policy"));
  }
  // Its own password is in use while it is changed, and a revoke would lock it out.
  if (is_same_dn(target.dn, target.admin)) return wrong_field("dn", "is the admin entry itself");
  NHI_TRY(target.tls, tls_of(call));
  NHI_TRY(target.transport, transport_of(call));
  NHI_TRY(target.store_as, scheme_of(call));
  target.converge_ms = number_in(call.config(), "converge_ms", 0);
  if (target.converge_ms < 0 || target.converge_ms > kConvergeMsMax) {
    return wrong_field("converge_ms", "is not within 0 and 3600000");
  }
  return target;
}

std::vector<PluginField> ref_fields() {
  return {{"host", FieldKind::kText, true,
           "name or address of the server that takes changes, or the path of a socket"},
          {"port", FieldKind::kNumber, false, "389 if absent"},
          {"dn", FieldKind::kText, true, "the entry that logs in"}};
}

std::vector<PluginField> config_fields() {
  std::vector<PluginField> fields = {
      {"admin", FieldKind::kText, true, "the entry whose password is given as auth"},
      {"replicas", FieldKind::kList, false, "host:port of servers that must agree"},
      {"converge_ms", FieldKind::kNumber, false, "until they do; 0 if absent"},
      {"policy", FieldKind::kText, false,
       "the password policy of entries that name none (ppolicy_default)"},
      {"scheme", FieldKind::kText, false,
       "how values are stored: ssha, which every server knows and is meant if absent, ssha256, "
       "ssha512 (pw-sha2), argon2"},
      {"transport", FieldKind::kText, false,
       "how TLS begins: starttls or ldaps; if absent ldaps at port 636, starttls elsewhere"}};
  for (PluginField& field : tls_fields()) fields.push_back(std::move(field));
  return fields;
}

}  // namespace nhi

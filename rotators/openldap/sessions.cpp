#include "rotators/openldap/sessions.hpp"

#include <fmt/format.h>

#include <set>

namespace nhi {
namespace {

constexpr const char* kConnections = "cn=Connections,cn=Monitor";
constexpr std::size_t kClientsShownMax = 10;

}  // namespace

std::string escaped_for_filter(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '(' || c == ')' || c == '*' || c == '\\' || c == '\0') {
      escaped += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string client_of(std::string_view peer_address) {
  if (!peer_address.starts_with("IP=")) return plain_line(peer_address);
  peer_address.remove_prefix(3);
  return plain_line(peer_address.substr(0, peer_address.rfind(':')));
}

Expected<std::vector<LdapSession>, LdapFailure> read_sessions(Desk& desk, const std::string& dn) {
  NHI_TRY(const std::vector<LdapEntry> found,
          desk.admin.search(
              {.base = kConnections,
               .scope = LdapScope::kChildren,
               .filter = fmt::format("(monitorConnectionAuthzDN={})", escaped_for_filter(dn)),
               .attributes = {"monitorConnectionPeerAddress", "monitorConnectionStartTime"}}));
  std::vector<LdapSession> sessions;
  sessions.reserve(found.size());
  for (const LdapEntry& entry : found) {
    sessions.push_back({client_of(entry.text("monitorConnectionPeerAddress")),
                        parse_ldap_time(entry.text("monitorConnectionStartTime"))});
  }
  return sessions;
}

Answer<StepReply> expect_no_sessions(RotatorCall& call, const LdapTarget& target,
                                     const CredentialId& id) {
  NHI_TRY(const SecretText auth, call.secret("auth"));
  std::size_t left = 0;
  std::set<std::string> clients;
  for (const Endpoint& node : target.nodes) {
    NHI_TRY(Desk desk, sit_down(call, target, node, auth));
    const auto sessions = read_sessions(desk, target.dn);
    if (!sessions && sessions.error().how != Trouble::kRefused) {
      return fail(error_of_reading(sessions.error(), kSessionsRight));
    }
    if (!sessions) {
      return refuse(PluginErrorCode::kForbidden,
                    fmt::format("open sessions cannot be seen at {}: it lacks {}", node.label(),
                                kSessionsRight),
                    {{"needs", {kSessionsRight}}});
    }
    for (const LdapSession& session : *sessions) {
      if (!session.is_older_than(desk.account.changed)) continue;
      ++left;
      clients.insert(session.client + " at " + node.label());
    }
  }
  if (left == 0) return step_reply(StepOutcome::kAlreadyDone, id);
  std::string shown;
  for (const std::string& client : clients) {
    if (shown.size() > kClientsShownMax * 64) break;
    shown += (shown.empty() ? "" : ", ") + client;
  }
  return refuse(PluginErrorCode::kUnsupported,
                fmt::format("{} connections from before the last change of the entry are open, and "
                            "OpenLDAP cannot end them ({}): restart these clients, or slapd",
                            left, shown));
}

}  // namespace nhi

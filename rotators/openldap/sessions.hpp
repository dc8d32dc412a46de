// sessions.hpp - who is logged in as an entry, as the monitor (slapd-monitor) shows it. OpenLDAP
// has no way to end what is logged in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rotators/openldap/desk.hpp"

namespace nhi {

struct LdapSession {
  std::string client;             // "10.0.0.7"
  std::optional<LdapTime> began;  // the connection, which may have logged in later

  /// It may have been let in by a value that was taken away at `changed`.
  [[nodiscard]] bool is_older_than(const std::optional<LdapTime>& changed) const {
    return !began || !changed || *began <= *changed;
  }
};

/// `text` as a filter of LDAP writes it (RFC 4515).
[[nodiscard]] std::string escaped_for_filter(std::string_view text);
/// "IP=10.0.0.7:39508", "IP=[::1]:9", "PATH=/run/ldapi".
[[nodiscard]] std::string client_of(std::string_view peer_address);

/// Errors: the server's, 32 and 50 also where there is no monitor.
[[nodiscard]] Expected<std::vector<LdapSession>, LdapFailure> read_sessions(Desk& desk,
                                                                            const std::string& dn);

/// `end_sessions`: kAlreadyDone where none is left from before the last change of the entry.
/// Errors: kUnsupported with what is left, for people to end; kForbidden where the monitor cannot
/// be read.
[[nodiscard]] Answer<StepReply> expect_no_sessions(RotatorCall& call, const LdapTarget& target,
                                                   const CredentialId& id);

}  // namespace nhi

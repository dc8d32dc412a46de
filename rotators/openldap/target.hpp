// target.hpp - which entry at which servers, and the way there, out of a request.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/sdk/endpoint.hpp"
#include "rotators/openldap/stored_value.hpp"

namespace nhi {

enum class Transport : std::uint8_t { kByPort, kStartTls, kLdaps };

struct LdapTarget {
  std::vector<Endpoint> nodes;  // that of the target first, which takes changes; then its replicas
  std::string dn;               // canonical, as the next two
  std::string admin;            // the entry that `auth` belongs to
  std::string policy;           // that of entries which name none; empty: not known
  StoreAs store_as = StoreAs::kSsha;
  TlsChoice tls;
  Transport transport = Transport::kByPort;
  std::int64_t converge_ms = 0;

  /// TLS from the first byte on; else it begins with StartTLS.
  [[nodiscard]] bool is_ldaps(const Endpoint& node) const;
};

/// Errors: kInvalidConfig with the field.
[[nodiscard]] Answer<LdapTarget> target_of(const RotatorCall& call);

[[nodiscard]] std::vector<PluginField> ref_fields();
[[nodiscard]] std::vector<PluginField> config_fields();

}  // namespace nhi

// target.hpp - which account at which servers, and the way there, out of a request.
#pragma once

#include <string>
#include <vector>

#include "plugins/sdk/endpoint.hpp"

namespace nhi {

struct MariaTarget {
  std::vector<Endpoint>
      nodes;  // the primary, where changes are made, and then those that follow it
  std::string user;
  std::string account_host;  // "10.%"; empty: the only one that the user has
  std::string admin;         // the account that `auth` belongs to
  TlsChoice tls;
  std::string plugin;  // of new values; empty: what the account has
};

/// Errors: kInvalidConfig with the field.
[[nodiscard]] Answer<MariaTarget> target_of(const RotatorCall& call);

[[nodiscard]] std::vector<PluginField> ref_fields();
[[nodiscard]] std::vector<PluginField> config_fields();

}  // namespace nhi

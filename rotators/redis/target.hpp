// target.hpp - which user at which servers, and the way there, out of a request.
#pragma once

#include <string>
#include <vector>

#include "plugins/sdk/endpoint.hpp"

namespace nhi {

struct RedisTarget {
  std::vector<Endpoint> nodes;  // that of the target first; each has users of its own
  std::string user;
  std::string admin;  // the user that `auth` belongs to
  TlsChoice tls;
};

/// Errors: kInvalidConfig with the field.
[[nodiscard]] Answer<RedisTarget> target_of(const RotatorCall& call);

[[nodiscard]] std::vector<PluginField> ref_fields();
[[nodiscard]] std::vector<PluginField> config_fields();

}  // namespace nhi

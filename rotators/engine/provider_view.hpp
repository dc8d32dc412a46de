// provider_view.hpp - an account at its provider, as a rotator sees it before anything is done.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/host/pin.hpp"
#include "plugins/host/session.hpp"
#include "plugins/protocol/handshake.hpp"
#include "plugins/protocol/reply.hpp"
#include "rotators/engine/rotation_config.hpp"

namespace nhi {

/// "postgresql:db01:5432/app" in parts; empty where the key has none.
struct IdentityParts {
  std::string provider;
  std::string host;
  std::string port;
  std::string instance;
  std::string account;
};
[[nodiscard]] IdentityParts identity_parts(const std::string& key);

struct ProviderQuestion {
  const Provider* provider = nullptr;
  const PluginPin* pin = nullptr;
  std::string identity;
  std::string run_id;
  Instant now;
  SessionOptions session;
  /// Called before the value that the rotator logs in with is given to it; an error ends it.
  std::function<Result<void>(const std::string& purpose)> given;
};

struct ProviderView {
  PluginType type;
  std::vector<std::string> methods;
  Json ref = Json::object();
  std::string twin;  // the other account; empty if the configuration names none
  Json twin_ref = Json::object();
  InspectReply seen;
};

/// Starts the rotator and asks it for the account; nothing is changed. Errors: kBadUse for a type
/// or a target that is not as the rotator wants it, and for what it or the provider refuses; those
/// of the session. An account that is not there, or rights that are missing, are in `seen`.
[[nodiscard]] Result<ProviderView> look_at_provider(const ProviderQuestion& question);

}  // namespace nhi

// test_support.hpp - requests for an account, for tests.
#pragma once

#include <string>

#include "plugins/sdk/test_call.hpp"
#include "rotators/mariadb/target.hpp"

namespace nhi {

inline Json params_of(Json ref, Json config = Json::object()) {
  ref["host"] = ref.value("host", "127.0.0.1");
  ref["user"] = ref.value("user", "app");
  config["admin"] = config.value("admin", "rotator");
  return {{"ctx", Json::object()},
          {"target", {{"type", "mariadb.account"}, {"ref", std::move(ref)}}},
          {"config", std::move(config)},
          {"id", {{"user", "app"}, {"host", "%"}}},
          {"kind", "old"}};
}

/// A target on the loopback at this port.
inline MariaTarget target_at(int port) {
  return *target_of(FakeCall("inspect", params_of({{"port", port}})));
}

}  // namespace nhi

// test_support.hpp - requests for a user, for tests.
#pragma once

#include <string>

#include "plugins/sdk/test_call.hpp"
#include "rotators/redis/target.hpp"

namespace nhi {

inline Json params_of(Json ref, Json config = Json::object()) {
  ref["host"] = ref.value("host", "127.0.0.1");
  ref["user"] = ref.value("user", "app");
  config["admin"] = config.value("admin", "rotator");
  return {{"ctx", Json::object()},
          {"target", {{"type", "redis.acl-user"}, {"ref", std::move(ref)}}},
          {"config", std::move(config)},
          {"id", {{"user", "app"}}},
          {"kind", "old"}};
}

/// A target on the loopback at this port.
inline RedisTarget target_at(int port) {
  return *target_of(FakeCall("inspect", params_of({{"port", port}})));
}

// What a server says when it lets somebody in: an answer to HELLO 2.
inline constexpr const char* kHello =
    "*4\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n";

}  // namespace nhi

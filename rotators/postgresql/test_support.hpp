// test_support.hpp - requests for a role, and what a PostgreSQL says to a login, for tests.
#pragma once

#include <string>

#include "plugins/sdk/test_call.hpp"

namespace nhi {

/// An ErrorResponse of the protocol of PostgreSQL; without `routine` as a pooler sends it.
inline std::string error_response(const std::string& code, const std::string& message,
                                  const std::string& routine = {}) {
  const auto field = [](char kind, const std::string& text) {
    return std::string(1, kind) + text + '\0';
  };
  std::string fields =
      field('S', "FATAL") + field('V', "FATAL") + field('C', code) + field('M', message);
  if (!routine.empty()) fields += field('F', "a.c") + field('L', "1") + field('R', routine);
  fields += '\0';
  const auto length = static_cast<unsigned char>(fields.size() + 4);
  return std::string("E\0\0\0", 4) + static_cast<char>(length) + fields;
}

inline Json params_of(Json ref, Json config = Json::object()) {
  ref["host"] = ref.value("host", "127.0.0.1");
  ref["role"] = ref.value("role", "app");
  config["admin"] = config.value("admin", "rotator");
  return {{"ctx", Json::object()},
          {"target", {{"type", "postgresql.role"}, {"ref", std::move(ref)}}},
          {"config", std::move(config)},
          {"id", {{"role", "app"}}},
          {"kind", "old"}};
}

}  // namespace nhi

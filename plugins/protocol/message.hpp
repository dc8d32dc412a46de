// message.hpp - JSON-RPC 2.0 as docs/plugin-protocol.md uses it: requests with a number, their
// answers, notifications.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "scanner/base/result.hpp"

namespace nhi {

using Json = nlohmann::json;

/// What a rotator may say went wrong; docs/plugin-protocol.md, section 4.
enum class PluginErrorCode : int {
  kParse = -32700,
  kInvalidRequest = -32600,
  kUnknownMethod = -32601,
  kInvalidParams = -32602,
  kInternal = -32603,
  kAuthFailed = 1001,
  kForbidden = 1002,
  kNotFound = 1003,
  kConflict = 1004,
  kSlotsFull = 1005,
  kPolicy = 1006,
  kRateLimited = 1007,
  kUnreachable = 1008,
  kAmbiguous = 1009,
  kUnsupported = 1010,
  kLockedOut = 1011,
  kInvalidConfig = 1012,
  kCancelled = 1013,
};
/// "auth_failed"; "protocol" for those of JSON-RPC itself; "unknown".
[[nodiscard]] std::string_view to_string(PluginErrorCode code);

struct PluginError {
  PluginErrorCode code = PluginErrorCode::kInternal;
  std::string message;
  Json data = Json::object();
};

struct RpcRequest {
  std::int64_t id = 0;
  std::string method;
  Json params = Json::object();
};
struct RpcNotification {
  std::string method;
  Json params = Json::object();
};
struct RpcAnswer {
  std::int64_t id = 0;
  std::variant<Json, PluginError> outcome;  // result or error
};
using RpcMessage = std::variant<RpcRequest, RpcNotification, RpcAnswer>;

/// Errors: kMalformed for bytes that are no JSON, nested over kJsonDepthMax, or no message.
[[nodiscard]] Result<RpcMessage> parse_message(std::string_view text);
/// Errors: kMalformed for a text that is not UTF-8; kTooLarge over kControlBodyBytesMax.
[[nodiscard]] Result<std::string> to_text(const RpcMessage& message);

/// JSON of a stranger. Errors: kMalformed, also for nesting over kJsonDepthMax.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

// What a stranger's object has under a name, or what stands for nothing.
[[nodiscard]] const Json& member(const Json& object, std::string_view name);  // null if absent
[[nodiscard]] std::string text_in(const Json& object, std::string_view name);
[[nodiscard]] std::int64_t number_in(const Json& object, std::string_view name,
                                     std::int64_t otherwise = 0);
[[nodiscard]] bool flag_in(const Json& object, std::string_view name, bool otherwise = false);
/// The handle in {"$secret":"h…"}; empty if `value` is nothing of the kind.
[[nodiscard]] std::string handle_in(const Json& value);
[[nodiscard]] Json secret_json(std::string_view handle);

}  // namespace nhi

#include "plugins/protocol/message.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "plugins/protocol/limits.hpp"
#include "scanner/base/json_depth.hpp"

namespace nhi {
namespace {

constexpr const char* kVersion = "2.0";
constexpr const char* kSecretName = "$secret";

Unexpected<Error> no_message(std::string what) {
  return fail(ErrorCode::kMalformed, std::move(what));
}

std::optional<std::int64_t> id_of(const Json& message) {
  const Json& id = member(message, "id");
  if (!id.is_number_integer()) return std::nullopt;
  return id.get<std::int64_t>();
}

Result<RpcMessage> answer_of(const Json& message) {
  const std::optional<std::int64_t> id = id_of(message);
  if (!id) return no_message("an answer without the number of its request");
  if (message.contains("result") == message.contains("error")) {
    return no_message("an answer with a result and an error, or with neither");
  }
  if (message.contains("result")) return RpcMessage(RpcAnswer{*id, message["result"]});
  const Json& error = message["error"];
  if (!error.is_object() || !member(error, "code").is_number_integer()) {
    return no_message("an error without a number");
  }
  const std::int64_t code = number_in(error, "code");
  if (code < INT32_MIN || code > INT32_MAX) return no_message("an error's number is out of range");
  PluginError told;
  told.code = static_cast<PluginErrorCode>(code);
  told.message = text_in(error, "message").substr(0, kMessageBytesMax);
  if (member(error, "data").is_object()) told.data = error["data"];
  return RpcMessage(RpcAnswer{*id, std::move(told)});
}

Json to_json(const RpcRequest& request) {
  return {{"jsonrpc", kVersion},
          {"id", request.id},
          {"method", request.method},
          {"params", request.params}};
}
Json to_json(const RpcNotification& notification) {
  return {{"jsonrpc", kVersion}, {"method", notification.method}, {"params", notification.params}};
}
Json to_json(const RpcAnswer& answer) {
  Json json = {{"jsonrpc", kVersion}, {"id", answer.id}};
  if (const auto* error = std::get_if<PluginError>(&answer.outcome)) {
    json["error"] = {{"code", static_cast<int>(error->code)}, {"message", error->message}};
    if (!error->data.empty()) json["error"]["data"] = error->data;
  } else {
    json["result"] = std::get<Json>(answer.outcome);
  }
  return json;
}

}  // namespace

std::string_view to_string(PluginErrorCode code) {
  switch (code) {
    case PluginErrorCode::kParse:
    case PluginErrorCode::kInvalidRequest:
    case PluginErrorCode::kUnknownMethod:
    case PluginErrorCode::kInvalidParams:
    case PluginErrorCode::kInternal:
      return "protocol";
    case PluginErrorCode::kAuthFailed:
      return "auth_failed";
    case PluginErrorCode::kForbidden:
      return "forbidden";
    case PluginErrorCode::kNotFound:
      return "not_found";
    case PluginErrorCode::kConflict:
      return "conflict";
    case PluginErrorCode::kSlotsFull:
      return "slots_full";
    case PluginErrorCode::kPolicy:
      return "policy";
    case PluginErrorCode::kRateLimited:
      return "rate_limited";
    case PluginErrorCode::kUnreachable:
      return "unreachable";
    case PluginErrorCode::kAmbiguous:
      return "ambiguous";
    case PluginErrorCode::kUnsupported:
      return "unsupported";
    case PluginErrorCode::kLockedOut:
      return "locked_out";
    case PluginErrorCode::kInvalidConfig:
      return "invalid_config";
    case PluginErrorCode::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

Result<Json> parse_json(std::string_view text) {
  if (json_nests_deeper(text, kJsonDepthMax)) {
    return fail(ErrorCode::kMalformed, fmt::format("JSON is nested deeper than {}", kJsonDepthMax));
  }
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::kMalformed, "not JSON");
  return json;
}

Result<RpcMessage> parse_message(std::string_view text) {
  NHI_TRY(const Json message, parse_json(text));
  if (!message.is_object() || text_in(message, "jsonrpc") != kVersion) {
    return no_message("not a message of JSON-RPC 2.0");
  }
  if (!message.contains("method")) return answer_of(message);
  if (!message["method"].is_string()) return no_message("a method's name is no text");
  const Json& params = member(message, "params");
  if (!params.is_object() && !params.is_null()) return no_message("params are no object");
  std::string method = message["method"].get<std::string>();
  Json given = params.is_object() ? params : Json::object();
  if (!message.contains("id")) {
    return RpcMessage(RpcNotification{std::move(method), std::move(given)});
  }
  const std::optional<std::int64_t> id = id_of(message);
  if (!id) return no_message("a request's id is no number");
  return RpcMessage(RpcRequest{*id, std::move(method), std::move(given)});
}

Result<std::string> to_text(const RpcMessage& message) {
  const Json json = std::visit([](const auto& one) { return to_json(one); }, message);
  std::string text;
  try {
    text = json.dump();
  } catch (const Json::exception&) {
    return no_message("a text of a message is not UTF-8");
  }
  if (text.size() > kControlBodyBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("message of {} bytes is over the limit of {}",
                                                  text.size(), kControlBodyBytesMax));
  }
  return text;
}

const Json& member(const Json& object, std::string_view name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_in(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number_in(const Json& object, std::string_view name, std::int64_t otherwise) {
  const Json& value = member(object, name);
  return value.is_number_integer() ? value.get<std::int64_t>() : otherwise;
}

bool flag_in(const Json& object, std::string_view name, bool otherwise) {
  const Json& value = member(object, name);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

std::string handle_in(const Json& value) {
  return value.is_object() && value.size() == 1 ? text_in(value, kSecretName) : std::string();
}

Json secret_json(std::string_view handle) { return {{kSecretName, std::string(handle)}}; }

}  // namespace nhi

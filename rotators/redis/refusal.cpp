#include "rotators/redis/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nhi {
namespace {

bool is_code(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string said(const RedisFailure& failure) {
  return failure.code.empty() ? failure.text : fmt::format("{} {}", failure.code, failure.text);
}

}  // namespace

RedisFailure read_refusal(std::string_view message) {
  RedisFailure failure{Trouble::kRefused, {}, {}};
  const std::string_view word = message.substr(0, message.find(' '));
  if (is_code(word)) {
    failure.code = plain_line(word);
    message.remove_prefix(std::min(word.size() + 1, message.size()));
  }
  if (failure.code.empty() || failure.code == "ERR") {
    message = message.substr(0, message.find_first_of("'`\""));
  }
  failure.text = plain_line(message);
  return failure;
}

ProbeVerdict verdict_of(const RedisFailure& failure) {
  return failure.how == Trouble::kRefused && failure.code == "WRONGPASS"
             ? ProbeVerdict::kRejected
             : ProbeVerdict::kInconclusive;
}

PluginError error_of_login(const RedisFailure& failure) {
  if (failure.how != Trouble::kRefused) {
    return error_without_effect(failure.how, "admin: " + failure.text);
  }
  const std::string message = "admin: " + said(failure);
  if (failure.code == "WRONGPASS") return {PluginErrorCode::kAuthFailed, message, Json::object()};
  if (failure.code == "ERR" && failure.text.starts_with("unknown command")) {
    return {PluginErrorCode::kUnsupported, "Redis before 6 has no users", Json::object()};
  }
  return {PluginErrorCode::kUnreachable, message, Json::object()};
}

PluginError error_of_command(const RedisFailure& failure, const std::vector<std::string>& needs) {
  if (failure.code == "NOPERM") {
    return {PluginErrorCode::kForbidden, said(failure), {{"needs", needs}}};
  }
  return error_without_effect(failure.how, said(failure));
}

}  // namespace nhi

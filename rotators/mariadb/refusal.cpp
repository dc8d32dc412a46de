#include "rotators/mariadb/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nhi {
namespace {

// Numbers that libmariadb gives by itself: CR_… and CER_….
bool is_of_library(unsigned code) {
  return code == 0 || (code >= 2000 && code < 3000) || (code >= 5000 && code < 6000);
}

// Of these the message names who and what is refused, never a piece of a statement.
bool may_be_shown(unsigned code) {
  static constexpr unsigned kShown[] = {1040, 1044, 1045, 1053, 1094, 1095, 1129, 1130, 1142, 1158,
                                        1159, 1160, 1161, 1203, 1205, 1226, 1227, 1290, 1317, 1396,
                                        1524, 1644, 1698, 1820, 1862, 1927, 1969, 4150, 4151};
  return is_of_library(code) ||
         std::find(std::begin(kShown), std::end(kShown), code) != std::end(kShown);
}

// Behind the last '@', which the server has written: a name may have one as well.
std::string our_host_in(std::string_view message) {
  const std::size_t at = message.rfind("'@'");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = message.substr(at + 3);
  return std::string(rest.substr(0, rest.find('\'')));
}

bool lacks_right(unsigned code) {
  return code == 1044 || code == 1142 || code == 1143 || code == 1227 || code == 1095;
}

std::string said(const MariaFailure& failure) {
  if (failure.how != Trouble::kRefused) return failure.text;
  return fmt::format("{} (error {})", failure.text, failure.code);
}

}  // namespace

MariaFailure read_refusal(unsigned code, std::string_view message) {
  MariaFailure failure;
  failure.code = code;
  if (!is_of_library(code)) failure.how = Trouble::kRefused;
  failure.text = may_be_shown(code) ? plain_line(message) : "the server refused it";
  if (failure.text.empty()) failure.text = text_of(failure.how);
  if (code == kAccessDenied || code == kAccessDeniedNoPassword) {
    failure.our_host = our_host_in(message);
  }
  return failure;
}

ProbeVerdict verdict_of(const MariaFailure& failure) {
  if (failure.how != Trouble::kRefused) return ProbeVerdict::kInconclusive;
  const bool refused = failure.code == kAccessDenied || failure.code == kAccessDeniedNoPassword ||
                       failure.code == kAccountLocked;
  return refused ? ProbeVerdict::kRejected : ProbeVerdict::kInconclusive;
}

PluginError error_of_login(const MariaFailure& failure) {
  const std::string message = "admin: " + said(failure);
  if (failure.how == Trouble::kRefused) {
    switch (failure.code) {
      case kAccessDenied:
      case kAccessDeniedNoPassword:
      case 1130:  // no account may log in from here
      case 1862:  // the password has expired
      case kMustChange:
        return {PluginErrorCode::kAuthFailed, message, Json::object()};
      case kAccountLocked:
      case 4150:  // too many wrong passwords
        return {PluginErrorCode::kLockedOut, message, Json::object()};
      default:
        break;
    }
  }
  return error_without_effect(failure.how, message);
}

bool may_have_happened(const MariaFailure& failure) {
  if (failure.how != Trouble::kRefused) return true;
  // Killed, shut down, given up in time: somewhere between its begin and its end.
  static constexpr unsigned kUnsure[] = {1053, 1205, 1317, 1927, 1969};
  return std::find(std::begin(kUnsure), std::end(kUnsure), failure.code) != std::end(kUnsure);
}

PluginError error_of_statement(const MariaFailure& failure, const std::vector<std::string>& needs) {
  const std::string message = said(failure);
  if (failure.how != Trouble::kRefused) return error_without_effect(failure.how, message);
  if (lacks_right(failure.code)) return {PluginErrorCode::kForbidden, message, {{"needs", needs}}};
  switch (failure.code) {
    case kSignal:
      return {PluginErrorCode::kConflict, "somebody changed the account meanwhile", Json::object()};
    case 1396:
      return {PluginErrorCode::kConflict, message, Json::object()};
    case kMustChange:
      return {PluginErrorCode::kAuthFailed, "admin: " + message, Json::object()};
    case 1290:  // the server's options forbid it: --read-only, --strict-password-validation, …
    case 1524:  // the plugin is not loaded
    case 1064:
      return {PluginErrorCode::kUnsupported, message, Json::object()};
    case 1372:
    case 1819:
      return {PluginErrorCode::kPolicy, message, Json::object()};
    default:
      return {PluginErrorCode::kUnreachable, message, Json::object()};
  }
}

}  // namespace nhi

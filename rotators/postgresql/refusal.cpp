#include "rotators/postgresql/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nhi {
namespace {

constexpr std::size_t kCodeBytes = 5;
constexpr std::string_view kLocation = "\nLOCATION:  ";

bool is_code_char(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

// Where ":  28P01: " begins. The first one: what follows may quote a name that anybody chose.
std::size_t find_code(std::string_view message) {
  constexpr std::string_view kBefore = ":  ";
  for (std::size_t at = message.find(kBefore); at != std::string_view::npos;
       at = message.find(kBefore, at + 1)) {
    const std::string_view rest = message.substr(at + kBefore.size());
    if (rest.size() < kCodeBytes + 2 || rest.substr(kCodeBytes, 2) != ": ") continue;
    if (std::all_of(rest.begin(), rest.begin() + kCodeBytes, is_code_char)) return at;
  }
  return std::string_view::npos;
}

bool is_class(const std::string& code, std::string_view prefix) { return code.starts_with(prefix); }

// Of these the message names what is refused, never a value or a statement.
bool may_be_shown(const std::string& code) {
  static constexpr std::string_view kShown[] = {"08",    "25", "28", "3D", "42501",
                                                "42704", "53", "55", "57"};
  return std::any_of(std::begin(kShown), std::end(kShown),
                     [&](std::string_view prefix) { return is_class(code, prefix); });
}

std::string said(const PgFailure& failure) {
  if (failure.code.empty()) return failure.text;
  if (!may_be_shown(failure.code)) return "the server refused it: SQLSTATE " + failure.code;
  return fmt::format("{} (SQLSTATE {})", failure.text, failure.code);
}

// Behind the check of the password, in the order of InitPostgres() in PostgreSQL's source.
bool is_behind_the_password(const PgFailure& failure) {
  return failure.routine == "InitializeSessionUserId" || failure.routine == "InitPostgres" ||
         failure.routine == "CheckMyDatabase";
}

}  // namespace

PgFailure read_refusal(std::string_view message) {
  PgFailure failure;
  const std::size_t at = find_code(message);
  if (at == std::string_view::npos) {
    failure.text = plain_line(message);
    return failure;
  }
  failure.how = Trouble::kRefused;
  failure.code = message.substr(at + 3, kCodeBytes);
  failure.text = plain_line(message.substr(at + 3 + kCodeBytes + 2));
  // The last one is PostgreSQL's own; one before it may be a part of a name.
  const std::size_t location = message.rfind(kLocation);
  if (location != std::string_view::npos) {
    const std::string_view rest = message.substr(location + kLocation.size());
    failure.routine = plain_line(rest.substr(0, rest.find(',')));
  }
  return failure;
}

ProbeVerdict verdict_of(const PgFailure& failure) {
  if (failure.how != Trouble::kRefused) return ProbeVerdict::kInconclusive;
  const std::string& code = failure.code;
  // A pooler has the same SQLSTATE for what stands in a file of its own, but no such function.
  if (code == "28P01" && failure.routine == "auth_failed") return ProbeVerdict::kRejected;
  if (code == "28000" && failure.routine == "InitializeSessionUserId") {
    return ProbeVerdict::kRejected;
  }
  if ((code == "3D000" || code == "42501" || code == "55000") && is_behind_the_password(failure)) {
    return ProbeVerdict::kAccepted;
  }
  return ProbeVerdict::kInconclusive;
}

bool knew_the_password(const PgFailure& failure) {
  return failure.how == Trouble::kRefused && failure.used_password &&
         is_behind_the_password(failure);
}

PluginError error_of_login(const PgFailure& failure) {
  const std::string message = "admin: " + said(failure);
  if (failure.code == "42501") {
    return {PluginErrorCode::kForbidden, message, {{"needs", {"CONNECT on the database"}}}};
  }
  if (failure.code == "3D000") {
    return {PluginErrorCode::kInvalidConfig, message, {{"field", "database"}}};
  }
  if (is_class(failure.code, "28")) return {PluginErrorCode::kAuthFailed, message, Json::object()};
  return error_without_effect(failure.how, message);
}

bool may_have_happened(const PgFailure& failure) {
  if (failure.how != Trouble::kRefused) return true;
  // Ended by an administrator, or broken: a commit may have been done before.
  static constexpr std::string_view kUnsure[] = {"57P", "08", "58", "XX"};
  return std::any_of(std::begin(kUnsure), std::end(kUnsure),
                     [&](std::string_view prefix) { return is_class(failure.code, prefix); });
}

PluginError error_of_statement(const PgFailure& failure, const std::vector<std::string>& needs) {
  const std::string message = said(failure);
  if (failure.code == "42501") return {PluginErrorCode::kForbidden, message, {{"needs", needs}}};
  if (failure.code == "42704") return {PluginErrorCode::kNotFound, message, Json::object()};
  if (failure.code == "25006") return {PluginErrorCode::kConflict, message, Json::object()};
  if (failure.code == "42939") {
    return {PluginErrorCode::kInvalidConfig, "the name is reserved", {{"field", "role"}}};
  }
  if (is_class(failure.code, "22")) return {PluginErrorCode::kPolicy, message, Json::object()};
  return error_without_effect(failure.how, message);
}

}  // namespace nhi

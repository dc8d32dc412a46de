#include "rotators/openldap/refusal.hpp"

#include <fmt/format.h>
#include <ldap.h>

#include <optional>

namespace nhi {
namespace {

constexpr const char* kManage = "manage of userPassword";

PluginError forbidden(std::string message, const std::vector<std::string>& needs) {
  return {PluginErrorCode::kForbidden, std::move(message), {{"needs", needs}}};
}

PluginError referred() {
  return {PluginErrorCode::kInvalidConfig,
          "host: is a replica, which takes no changes: name the provider there, and this one in "
          "replicas",
          {{"field", "host"}}};
}

// A policy's rules that it does not hold those to who may manage the attribute.
bool is_lifted_by_manage(PolicyReason reason) {
  return reason == PolicyReason::kMustSupplyOld || reason == PolicyReason::kTooPoor ||
         reason == PolicyReason::kTooYoung;
}

}  // namespace

LdapFailure read_refusal(int code, std::string_view diagnostic, std::string_view matched) {
  LdapFailure failure{Trouble::kRefused, code, ::ldap_err2string(code), std::string(matched)};
  if (!diagnostic.empty()) failure.text += ": " + plain_line(diagnostic);
  return failure;
}

std::string code_text(const LdapFailure& failure) {
  return failure.code < 0 ? std::string() : std::to_string(failure.code);
}

PluginError error_of_login(const LdapFailure& failure) {
  const std::string message = "admin: " + failure.text;
  if (failure.how != Trouble::kRefused) return error_without_effect(failure.how, message);
  switch (failure.code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_INVALID_DN_SYNTAX:
      return {PluginErrorCode::kAuthFailed, message, Json::object()};
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_STRONG_AUTH_REQUIRED:
      return {PluginErrorCode::kInvalidConfig,
              "tls: the server lets nobody in without: " + failure.text,
              {{"field", "tls"}}};
    default:
      return {PluginErrorCode::kUnreachable, message, Json::object()};
  }
}

PluginError error_of_reading(const LdapFailure& failure, const std::string& needs) {
  if (failure.is(LDAP_INSUFFICIENT_ACCESS)) return forbidden(failure.text, {needs});
  return error_without_effect(failure.how, failure.text);
}

std::optional<PluginError> error_of_change(const LdapFailure& failure,
                                           const std::vector<std::string>& needs) {
  if (failure.how != Trouble::kRefused) return std::nullopt;
  if (is_lifted_by_manage(failure.reason)) return forbidden(failure.text, {kManage});
  switch (failure.code) {
    case LDAP_INSUFFICIENT_ACCESS:
      return forbidden(failure.text, needs);
    case LDAP_NO_SUCH_OBJECT:
      return PluginError{PluginErrorCode::kNotFound, failure.text, Json::object()};
    case LDAP_REFERRAL:
      return referred();
    case LDAP_CONSTRAINT_VIOLATION:
      return PluginError{PluginErrorCode::kPolicy, failure.text, Json::object()};
    case LDAP_ASSERTION_FAILED:
    case LDAP_NO_SUCH_ATTRIBUTE:
    case LDAP_TYPE_OR_VALUE_EXISTS:
      return PluginError{PluginErrorCode::kConflict,
                         "somebody else changed the entry meanwhile: " + failure.text,
                         Json::object()};
    default:
      return std::nullopt;
  }
}

bool is_surely_undone(const LdapFailure& failure) {
  if (failure.how != Trouble::kRefused) return false;
  switch (failure.code) {
    case LDAP_OPERATIONS_ERROR:
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_OTHER:
      return false;  // a transaction that failed half-way says one of these
    default:
      return true;
  }
}

}  // namespace nhi

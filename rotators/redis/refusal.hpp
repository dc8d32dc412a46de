// refusal.hpp - why something at Redis failed, and what that proves of a value.
//
// An error of Redis begins with a word in capitals: "WRONGPASS invalid username-password pair or
// user is disabled." WRONGPASS is all that a login says: of a wrong value, of a user that is off
// and of one that is not there. NOAUTH means that no value was looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/evidence.hpp"
#include "plugins/sdk/waiting.hpp"

namespace nhi {

struct RedisFailure {
  Trouble how = Trouble::kLost;
  std::string code{};  // "WRONGPASS"; empty if the server said nothing
  std::string text{};  // fit to be shown
};
[[nodiscard]] inline Unexpected<RedisFailure> fail(RedisFailure failure) {
  return Unexpected<RedisFailure>(std::move(failure));
}

/// A server's error. What follows a quotation mark is left out of ERR: it is what was sent, such as
/// the hash of a password.
[[nodiscard]] RedisFailure read_refusal(std::string_view message);

/// What a failed login proves of the value it was tried with.
[[nodiscard]] ProbeVerdict verdict_of(const RedisFailure& failure);

/// What a failed login of the admin user is called.
[[nodiscard]] PluginError error_of_login(const RedisFailure& failure);

/// What a command is called that had no effect; `needs` is named where a right is missing.
[[nodiscard]] PluginError error_of_command(const RedisFailure& failure,
                                           const std::vector<std::string>& needs);

}  // namespace nhi

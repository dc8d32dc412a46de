// trial.hpp - the system that a rotator is tried on: one that may be broken, never a live one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

using TrialAct = std::function<Result<void>()>;  // empty: the trial gives no means

struct Trial {
  std::string type;
  Json ref = Json::object();
  Json config = Json::object();
  SecretText auth;  // empty: the type needs none

  /// Fields of `ref`, else of `config`, that name host and port; empty: the rotator is not tried
  /// with a network that fails.
  std::string host_field;
  std::string port_field;

  /// Makes the account usable with this value and no other. Required.
  std::function<Result<void>(const SecretText& value)> reset;
  /// The state of the system as text, the same for the same state. Required.
  std::function<Result<std::string>()> dump;
  TrialAct stop;                  // the server
  TrialAct start;                 // again
  TrialAct lock;                  // the account, as too many wrong values do; reset() unlocks it
  TrialAct forbid;                // takes rights away from `auth`
  TrialAct allow;                 // gives them back
  std::vector<std::string> logs;  // of the server: searched for secrets
};

}  // namespace nhi

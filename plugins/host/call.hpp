// call.hpp - how a request to a rotator ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/protocol/message.hpp"

namespace nhi {

enum class CallEnd : std::uint8_t {
  kAnswered,   // result or error
  kNotSent,    // it was gone before it could read the request: nothing happened
  kDied,       // it ended before it answered
  kTimedOut,   // nor did it answer when it was told to stop
  kCancelled,  // the same, because somebody wanted to stop
  kFault,      // it broke the protocol, flooded us, or told a secret
};
[[nodiscard]] std::string_view to_string(CallEnd end);

struct PluginLogLine {
  std::string level;  // info, warning, error, progress
  std::string text;   // without secrets, fit for a terminal
};

struct PluginCall {
  CallEnd end = CallEnd::kDied;
  Json result;                       // with kAnswered and no error
  std::optional<PluginError> error;  // with kAnswered
  std::string what;                  // for people, what it did; empty with kAnswered
  std::vector<PluginLogLine> log;
  std::string output;   // of 1 and 2, without secrets, fit for a terminal
  bool leaked = false;  // a secret stood in its output, log or answer

  [[nodiscard]] bool answered() const { return end == CallEnd::kAnswered; }
  [[nodiscard]] bool succeeded() const { return answered() && !error; }
};

}  // namespace nhi

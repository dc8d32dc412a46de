// script_call.hpp - one call of a script that answers one call: JSON in, JSON out, each secret on a
// descriptor of its own. Source: docs/plugin-protocol.md, section 6.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// How the script is started: `program` is given the arguments, the path of the script and the name
/// of the method.
struct ScriptStart {
  std::string program;  // "/proc/self/fd/6"
  std::string name;     // its argv[0]: the interpreter's own path
  std::vector<std::string> arguments;
  std::string script;  // "/proc/self/fd/5"
};

struct ScriptCall {
  std::string method;
  Json params = Json::object();  // handles already replaced by {"fd":N}
  /// Descriptors from kFirstScriptSecret on: values to read, and empty ones to write to.
  std::vector<SecretText> secrets;
  std::size_t slots = 0;
};
inline constexpr int kFirstScriptSecret = 10;

struct ScriptAnswer {
  bool stopped = false;          // it was told to stop, or had no time left
  int status = 0;                // 128 + n for a signal
  std::string output;            // of 1; at most kControlBodyBytesMax
  std::vector<SecretText> made;  // what it wrote to each slot
};

/// Runs it to its end, or until `stop` says so: SIGTERM, and a second later SIGKILL.
/// Single-threaded use: descriptors are placed for the time of the call. Errors: kIo if it cannot
/// be started.
[[nodiscard]] Result<ScriptAnswer> run_script(const ScriptStart& start, const ScriptCall& call,
                                              const std::function<bool()>& stop);

}  // namespace nhi

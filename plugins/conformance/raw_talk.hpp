// raw_talk.hpp - bytes on the control channel of a rotator, well-formed or not.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/host/launch.hpp"
#include "plugins/host/output.hpp"
#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

// Thread-compatible.
class RawTalk {
 public:
  [[nodiscard]] static Result<RawTalk> start(const PluginPin& pin, const LaunchLimits& limits);

  /// False if nobody reads any more.
  bool send(std::string_view bytes);
  bool send(const RpcMessage& message);
  /// Nothing follows: it reads the end of the channel.
  void end_input();
  /// Asks and waits; none if it is gone, silent for ten seconds or writes what is no message.
  [[nodiscard]] std::optional<RpcAnswer> ask(std::int64_t id, const std::string& method,
                                             Json params);
  [[nodiscard]] std::optional<RpcAnswer> answer();
  [[nodiscard]] PluginProcess& process() { return process_; }
  /// What became of it and what it wrote for people, on one line: "status 1; it wrote: usage: …".
  [[nodiscard]] std::string last_words();

 private:
  explicit RawTalk(PluginProcess process) : process_(std::move(process)) {}
  PluginProcess process_;
  ControlReader reader_;
  CapturedOutput output_;
};

/// Params of a handshake that offers these versions.
[[nodiscard]] Json versions(const std::string& least, const std::string& most);

}  // namespace nhi

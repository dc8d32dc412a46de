// exchange.hpp - one request to a rotator, from its sending to its end.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/host/call.hpp"
#include "plugins/host/launch.hpp"
#include "plugins/host/output.hpp"
#include "plugins/host/secret_desk.hpp"
#include "plugins/protocol/byte_queue.hpp"
#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/secret_frame.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

// What lasts from one request to the next. Thread-compatible.
struct Conversation {
  enum Stream : std::size_t { kControl, kSecrets, kOutput, kErrors, kStreams };

  explicit Conversation(PluginProcess started) : process(std::move(started)) {}

  PluginProcess process;
  ControlReader control;
  SecretReader secrets;
  ByteQueue to_control;
  ByteQueue to_secrets;
  CapturedOutput output;
  CapturedOutput errors;
  std::array<bool, kStreams> ended{};  // nothing comes from there any more
  std::int64_t last_id = 0;
  bool alive = true;

  void end(std::chrono::milliseconds grace) {
    process.terminate(grace);
    alive = false;
  }
};

struct ExchangeLimits {
  std::chrono::milliseconds timeout{0};
  std::chrono::milliseconds cancel_grace{0};
  std::function<bool()> cancelled;                 // may be empty
  std::function<void(std::string_view)> progress;  // may be empty
};

class Exchange {
 public:
  Exchange(Conversation& with, SecretDesk& desk, const ExchangeLimits& limits);
  /// Sends the request and goes on until it is answered or the rotator is ended.
  [[nodiscard]] PluginCall run(const std::string& method, Json params);

 private:
  using Clock = std::chrono::steady_clock;

  void step();
  void write_queues();
  void read_output(Conversation::Stream stream, int descriptor, CapturedOutput& into);
  void read_secrets();
  void read_control();
  void take_body(std::string_view body);
  void take_answer(RpcAnswer answer, std::string_view body);
  void take_notification(const RpcNotification& notification);
  void check_time();
  void finish(CallEnd end, std::string what);
  void wind_up();
  [[nodiscard]] int wait_ms() const;

  Conversation& with_;
  SecretDesk& desk_;
  const ExchangeLimits& limits_;
  PluginCall call_;
  Clock::time_point deadline_;
  std::optional<Clock::time_point> stop_at_;  // once it was told to stop
  CallEnd stopped_as_ = CallEnd::kTimedOut;
  std::size_t notifications_ = 0;
  bool done_ = false;
};

}  // namespace nhi

// session.hpp - a conversation with one rotator: a request, its secrets, its answer.
//
// A rotator that breaks the protocol, hangs, floods or tells a secret is ended, and the call says
// what it did. Whether its request had an effect is then unknown, and that is said too: nothing is
// ever taken for done.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/host/call.hpp"
#include "plugins/host/launch.hpp"
#include "plugins/host/secret_desk.hpp"
#include "plugins/protocol/handshake.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

struct SessionOptions {
  LaunchLimits limits;
  std::chrono::milliseconds initialize_timeout = kInitializeTimeout;
  std::chrono::milliseconds cancel_grace = kCancelGrace;
  std::string core;                                // "nhisweep 0.1.0"
  std::function<bool()> cancelled;                 // asked ten times a second; may be empty
  std::function<void(std::string_view)> progress;  // what it tells people meanwhile; may be empty
};

// Thread-compatible; used by the thread that started it.
class PluginSession {
 public:
  /// Starts the rotator and shakes hands. Errors: those of PluginProcess::start(); kMalformed or
  /// kNotAnswering with what it did instead of answering.
  [[nodiscard]] static Result<PluginSession> start(const PluginPin& pin, SessionOptions options);
  PluginSession(PluginSession&&) noexcept;
  PluginSession& operator=(PluginSession&&) noexcept;
  ~PluginSession();

  [[nodiscard]] const PluginDescription& description() const;
  /// False once it was ended: start another.
  [[nodiscard]] bool alive() const;
  [[nodiscard]] pid_t process() const;

  /// One request. `desk` holds its secrets and is done with when this returns.
  [[nodiscard]] PluginCall call(const std::string& method, Json params, SecretDesk& desk,
                                std::chrono::milliseconds timeout);
  /// Tells it that nothing follows, and gives it a second.
  void close();

 private:
  struct State;
  explicit PluginSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi

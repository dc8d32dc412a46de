// launch.hpp - starts a rotator: the pinned file, a clean surrounding, two channels, held in.
//
// Boost.Process forks, hands over arguments and environment and tells whether exec worked. What it
// cannot do stands here: descriptors at fixed places (it knows only 0, 1 and 2), a program by
// descriptor instead of by name, confinement between fork and exec, an end that is waited for with
// a limit (its wait_for forks a second process to keep the time), and the end of a whole group.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "plugins/host/pin.hpp"
#include "plugins/protocol/limits.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

struct LaunchLimits {
#if defined(__SANITIZE_ADDRESS__)
  std::size_t memory_bytes = 0;  // none: ours are built as we are, and their shadow is larger
#else
  std::size_t memory_bytes = kPluginMemoryBytesMax;
#endif
};

// A started rotator and our ends of its channels. Its end is ours: it dies with the thread that
// started it, so that is a thread that lives as long as the program. Thread-compatible.
class PluginProcess {
 public:
  /// Errors: those of open_pinned() and Confinement; kBadUse for a script without an interpreter;
  /// kIo if it cannot be started.
  [[nodiscard]] static Result<PluginProcess> start(const PluginPin& pin,
                                                   const LaunchLimits& limits);
  PluginProcess(PluginProcess&&) noexcept;
  PluginProcess& operator=(PluginProcess&&) noexcept;
  ~PluginProcess();  // ends it at once

  [[nodiscard]] int control() const;  // sockets that do not block
  [[nodiscard]] int secrets() const;
  [[nodiscard]] int output() const;  // what it writes to 1
  [[nodiscard]] int errors() const;  // to 2
  [[nodiscard]] pid_t id() const;
  /// Waits for its end; false if it is still there after `limit`.
  [[nodiscard]] bool wait(std::chrono::milliseconds limit);
  [[nodiscard]] bool ended() { return wait(std::chrono::milliseconds(0)); }
  /// How it ended, as people read it: "status 3", "signal 11"; "running".
  [[nodiscard]] std::string status();

  /// SIGTERM to it and all that it started, and SIGKILL to what is left after `grace`.
  void terminate(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit PluginProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi

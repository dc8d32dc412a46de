// channel.hpp - the rotator's ends of the two channels.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/secret_frame.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

// Writing is thread-safe; reading is one thread's.
class ControlChannel {
 public:
  explicit ControlChannel(int descriptor) : descriptor_(descriptor) {}

  /// Waits for the next message; none at the end of the stream. Errors: kMalformed for what is no
  /// message; kTooLarge; kNotAnswering after `wait_ms` (below 0: never) or once the descriptor
  /// `wake` (below 0: none) can be read.
  [[nodiscard]] Result<std::optional<std::string>> read(int wait_ms, int wake);
  /// False if nobody reads any more, or the message cannot be written.
  bool write(const RpcMessage& message);

 private:
  const int descriptor_;
  ControlReader reader_;
  std::mutex writing_;
};

// Asks and waits; one thread at a time.
class SecretChannel {
 public:
  explicit SecretChannel(int descriptor) : descriptor_(descriptor) {}
  /// Errors: kPermission with the core's reason; kIo, kMalformed.
  [[nodiscard]] Result<SecretText> get(const std::string& handle);
  [[nodiscard]] Result<void> put(const std::string& handle, const SecretText& value);
  void forget(const std::string& handle);

 private:
  Result<SecretFrame> ask(const SecretFrame& question);
  Result<void> write(const SecretFrame& frame);

  const int descriptor_;
  SecretReader reader_;
};

}  // namespace nhi

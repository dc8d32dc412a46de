// control_frame.hpp - messages on the control channel: a header that tells the length, then JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/protocol/byte_queue.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// `body` with its header before it. Source: Language Server Protocol 3.17, base protocol.
[[nodiscard]] std::string control_frame(std::string_view body);

// Cuts what arrives into messages. Thread-compatible.
class ControlReader {
 public:
  void feed(std::string_view bytes);
  /// The next whole message; none while it is on its way. After an error the stream cannot be
  /// trusted any more and the same error comes again.
  /// Errors: kMalformed for a header that is none, or without a length; kTooLarge.
  [[nodiscard]] Result<std::optional<std::string>> next();
  /// True if a message was begun and not ended.
  [[nodiscard]] bool in_the_middle() const { return body_bytes_ || !bytes_.empty(); }

 private:
  Result<void> read_header();

  ByteQueue bytes_;
  std::optional<std::size_t> body_bytes_;  // once the header was read
  std::optional<Error> failure_;
};

}  // namespace nhi

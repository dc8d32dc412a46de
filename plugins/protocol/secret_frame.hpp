// secret_frame.hpp - frames of the secret channel, which JSON never sees.
//
//   u8 type   u8 zero   u16 bytes of handle   u32 bytes of value   handle   value
//
// Most significant byte first. A value is only ever in a SecretText or in a buffer that is wiped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/protocol/byte_queue.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

enum class SecretFrameType : std::uint8_t {
  kGet = 1,
  kValue = 2,
  kPut = 3,
  kPutOk = 4,
  kDenied = 5,
  kForget = 6
};

inline constexpr std::size_t kSecretHeaderBytes = 8;

struct SecretFrame {
  SecretFrameType type = SecretFrameType::kGet;
  std::string handle;
  SecretText value;  // kDenied: the reason

  /// As it goes over the channel. The handle is at most kHandleBytesMax, the value at most
  /// kSecretBytesMax long.
  [[nodiscard]] SecretText encoded() const;
};

// Cuts what arrives into frames; wipes what it held. Thread-compatible.
class SecretReader {
 public:
  void feed(std::string_view bytes);
  /// The next whole frame; none while it is on its way. After an error nothing follows any more.
  /// Errors: kMalformed for an unknown type or a second byte that is not zero; kTooLarge.
  [[nodiscard]] Result<std::optional<SecretFrame>> next();
  [[nodiscard]] bool in_the_middle() const { return !bytes_.empty(); }

 private:
  ByteQueue bytes_;
  std::optional<Error> failure_;
};

}  // namespace nhi

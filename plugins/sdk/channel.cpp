#include "plugins/sdk/channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

constexpr std::size_t kReadBytes = std::size_t{16} << 10;

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Bytes that were read; 0 at the end; below 0 for an error.
ssize_t read_some(int descriptor, std::string& buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count >= 0 || errno != EINTR) return count;
  }
}

}  // namespace

Result<std::optional<std::string>> ControlChannel::read(int wait_ms, int wake) {
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    NHI_TRY(auto body, reader_.next());
    if (body) return body;
    std::array<pollfd, 2> ready = {{{descriptor_, POLLIN, 0}, {wake, POLLIN, 0}}};
    const int count = ::poll(ready.data(), ready.size(), wait_ms);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 || ready[0].revents == 0)
      return fail(ErrorCode::kNotAnswering, "no message yet");
    const ssize_t bytes = read_some(descriptor_, buffer);
    if (bytes <= 0) return std::optional<std::string>();
    reader_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(bytes)));
  }
}

bool ControlChannel::write(const RpcMessage& message) {
  const auto text = to_text(message);
  if (!text) return false;
  const std::lock_guard lock(writing_);
  return write_all(descriptor_, control_frame(*text));
}

Result<void> SecretChannel::write(const SecretFrame& frame) {
  if (write_all(descriptor_, frame.encoded().reveal())) return {};
  return fail(ErrorCode::kIo, "the secret channel is closed");
}

Result<SecretFrame> SecretChannel::ask(const SecretFrame& question) {
  NHI_CHECK_OK(write(question));
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    auto frame = reader_.next();
    if (!frame || *frame) {
      wipe(buffer);
      if (!frame) return fail(std::move(frame.error()));
      if ((*frame)->type == SecretFrameType::kDenied) {
        return fail(ErrorCode::kPermission, std::string((*frame)->value.reveal()));
      }
      if ((*frame)->handle != question.handle) {
        return fail(ErrorCode::kMalformed, "the core answered for another handle");
      }
      return std::move(**frame);
    }
    const ssize_t bytes = read_some(descriptor_, buffer);
    if (bytes <= 0) {
      wipe(buffer);
      return fail(ErrorCode::kIo, "the secret channel is closed");
    }
    reader_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(bytes)));
  }
}

Result<SecretText> SecretChannel::get(const std::string& handle) {
  if (handle.size() > kHandleBytesMax) return fail(ErrorCode::kTooLarge, "no handle of the core");
  NHI_TRY(SecretFrame frame, ask({SecretFrameType::kGet, handle, SecretText()}));
  if (frame.type != SecretFrameType::kValue) {
    return fail(ErrorCode::kMalformed, "the core answered something else");
  }
  return std::move(frame.value);
}

Result<void> SecretChannel::put(const std::string& handle, const SecretText& value) {
  if (handle.size() > kHandleBytesMax || value.size() > kSecretBytesMax) {
    return fail(ErrorCode::kTooLarge, "a secret is over the limit");
  }
  NHI_TRY(const SecretFrame frame, ask({SecretFrameType::kPut, handle, value.clone()}));
  if (frame.type != SecretFrameType::kPutOk) {
    return fail(ErrorCode::kMalformed, "the core answered something else");
  }
  return {};
}

void SecretChannel::forget(const std::string& handle) {
  static_cast<void>(write({SecretFrameType::kForget, handle, SecretText()}));
}

}  // namespace nhi

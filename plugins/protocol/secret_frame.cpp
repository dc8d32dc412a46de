#include "plugins/protocol/secret_frame.hpp"

#include <fmt/format.h>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    number = (number << 8U) | static_cast<std::uint8_t>(bytes[i]);
  }
  return number;
}

void append_number(std::string& to, std::size_t number, std::size_t count) {
  for (std::size_t i = count; i-- > 0;) {
    to.push_back(static_cast<char>((number >> (8 * i)) & 0xFFU));
  }
}

Result<void> check(std::uint8_t type, std::uint8_t zero, std::size_t handle, std::size_t value) {
  if (type < static_cast<std::uint8_t>(SecretFrameType::kGet) ||
      type > static_cast<std::uint8_t>(SecretFrameType::kForget) || zero != 0) {
    return fail(ErrorCode::kMalformed, "a frame of the secret channel is none of the protocol");
  }
  if (handle > kHandleBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("a handle of {} bytes is over the limit of {}",
                                                  handle, kHandleBytesMax));
  }
  if (value > kSecretBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("a secret of {} bytes is over the limit of {}",
                                                  value, kSecretBytesMax));
  }
  return {};
}

}  // namespace

SecretText SecretFrame::encoded() const {
  NHI_ASSERT(handle.size() <= kHandleBytesMax && value.size() <= kSecretBytesMax);
  std::string bytes;
  bytes.reserve(kSecretHeaderBytes + handle.size() + value.size());  // no copy is left behind
  bytes.push_back(static_cast<char>(type));
  bytes.push_back('\0');
  append_number(bytes, handle.size(), 2);
  append_number(bytes, value.size(), 4);
  bytes.append(handle).append(value.reveal());
  SecretText encoded{std::string_view(bytes)};
  wipe(bytes);
  return encoded;
}

void SecretReader::feed(std::string_view bytes) {
  if (!failure_) bytes_.append(bytes);
}

Result<std::optional<SecretFrame>> SecretReader::next() {
  if (failure_) return fail(*failure_);
  const std::string_view bytes = bytes_.view();
  if (bytes.size() < kSecretHeaderBytes) return std::optional<SecretFrame>();
  const auto type = static_cast<std::uint8_t>(bytes[0]);
  const std::size_t handle = number_at(bytes, 2, 2);
  const std::size_t value = number_at(bytes, 4, 4);
  if (const auto sound = check(type, static_cast<std::uint8_t>(bytes[1]), handle, value); !sound) {
    failure_ = sound.error();
    bytes_.clear();
    return fail(*failure_);
  }
  if (bytes.size() < kSecretHeaderBytes + handle + value) return std::optional<SecretFrame>();
  SecretFrame frame;
  frame.type = static_cast<SecretFrameType>(type);
  frame.handle = std::string(bytes.substr(kSecretHeaderBytes, handle));
  frame.value = SecretText(bytes.substr(kSecretHeaderBytes + handle, value));
  bytes_.drop(kSecretHeaderBytes + handle + value);
  return std::optional<SecretFrame>(std::move(frame));
}

}  // namespace nhi

#include "plugins/host/secret_desk.hpp"

#include <openssl/rand.h>

#include <array>
#include <optional>
#include <utility>

#include "plugins/protocol/limits.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

std::string new_handle() {
  std::array<unsigned char, 16> random{};
  NHI_ASSERT(::RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  return "h" + to_hex(Bytes(reinterpret_cast<const char*>(random.data()), random.size()));
}

}  // namespace

std::string SecretDesk::offer(std::string purpose, SecretText value) {
  NHI_ASSERT(value.size() <= kSecretBytesMax);
  leaks_.add(value, purpose);
  std::string handle = new_handle();
  Entry entry;
  entry.purpose = std::move(purpose);
  entry.value = std::move(value);
  entries_.emplace(handle, std::move(entry));
  return handle;
}

std::string SecretDesk::slot(std::string purpose) {
  std::string handle = new_handle();
  Entry entry;
  entry.purpose = std::move(purpose);
  entry.is_slot = true;
  entries_.emplace(handle, std::move(entry));
  return handle;
}

SecretFrame SecretDesk::denied(const std::string& handle, std::string_view reason) const {
  return {SecretFrameType::kDenied, handle, SecretText(reason)};
}

SecretFrame SecretDesk::get(const std::string& handle) {
  const auto found = entries_.find(handle);
  if (found == entries_.end()) return denied(handle, "no such handle in this request");
  Entry& entry = found->second;
  if (entry.is_slot) return denied(handle, "this handle is to be put to");
  if (entry.forgotten) return denied(handle, "this handle was forgotten");
  if (entry.gets == kGetsOfAHandleMax) return denied(handle, "this handle was read too often");
  if (const auto given = keeper_.given(entry.purpose); !given) {
    return denied(handle, given.error().message());
  }
  ++entry.gets;
  return {SecretFrameType::kValue, handle, entry.value.clone()};
}

SecretFrame SecretDesk::put(const std::string& handle, SecretText value) {
  const auto found = entries_.find(handle);
  if (found == entries_.end()) return denied(handle, "no such handle in this request");
  Entry& entry = found->second;
  if (!entry.is_slot) return denied(handle, "this handle is to be read");
  if (entry.full) return denied(handle, "this slot holds a value already");
  leaks_.add(value, entry.purpose);
  if (const auto kept = keeper_.kept(entry.purpose, value); !kept) {
    return denied(handle, kept.error().message());
  }
  entry.full = true;
  return {SecretFrameType::kPutOk, handle, SecretText()};
}

Result<std::optional<SecretFrame>> SecretDesk::answer(SecretFrame asked) {
  switch (asked.type) {
    case SecretFrameType::kGet:
      return std::optional<SecretFrame>(get(asked.handle));
    case SecretFrameType::kPut:
      return std::optional<SecretFrame>(put(asked.handle, std::move(asked.value)));
    case SecretFrameType::kForget:
      if (const auto found = entries_.find(asked.handle); found != entries_.end()) {
        found->second.value = SecretText();
        found->second.forgotten = true;
      }
      return std::optional<SecretFrame>();
    default:
      break;
  }
  return fail(ErrorCode::kMalformed, "a frame of the secret channel that only the core sends");
}

std::string SecretDesk::filled(const std::string& handle) const {
  const auto found = entries_.find(handle);
  return found != entries_.end() && found->second.full ? found->second.purpose : std::string();
}

}  // namespace nhi

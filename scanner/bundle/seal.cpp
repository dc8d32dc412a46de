#include "scanner/bundle/seal.hpp"

namespace nhi {
namespace {

constexpr std::size_t kCheckHexDigits = 32;

}  // namespace

std::string bundle_key_check(const SecretText& key) {
  const Digest digest = hmac_sha256(key.reveal(), "nhisweep.bundle/1 key check");
  return to_hex(digest).substr(0, kCheckHexDigits);
}

HmacSha256 bundle_seal(const SecretText& key) {
  const Digest derived = hmac_sha256(key.reveal(), "nhisweep.bundle/1 seal");
  return HmacSha256(Bytes(reinterpret_cast<const char*>(derived.data()), derived.size()));
}

}  // namespace nhi

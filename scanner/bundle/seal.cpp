#include "scanner/bundle/seal.hpp"

namespace nhi {

HmacSha256 bundle_seal(const SecretText& key) {
  const Digest derived = hmac_sha256(key.reveal(), "nhisweep.bundle/1 seal");
  return HmacSha256(Bytes(reinterpret_cast<const char*>(derived.data()), derived.size()));
}

}  // namespace nhi

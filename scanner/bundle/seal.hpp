// seal.hpp - what the estate key says about a bundle: an HMAC under a key that is derived from it,
// and so no fingerprint of anything.
#pragma once

#include "scanner/base/hash.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// To be fed with everything above the seal.
[[nodiscard]] HmacSha256 bundle_seal(const SecretText& key);

}  // namespace nhi

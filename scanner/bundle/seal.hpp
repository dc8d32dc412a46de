// seal.hpp - what the estate key says about a bundle. Both values are HMACs under keys derived from
// it, so neither is a fingerprint of anything.
#pragma once

#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// The same for every bundle of one estate: tells another key from a damaged file.
[[nodiscard]] std::string bundle_key_check(const SecretText& key);
/// To be fed with everything above the seal.
[[nodiscard]] HmacSha256 bundle_seal(const SecretText& key);

}  // namespace nhi

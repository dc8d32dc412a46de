// import_keys.hpp - under which key a bundle tells its ids, and what they are called here.
//
// While the key of an estate is rotated hosts come with the new key and the one before it, with
// the former one still, or with the new one alone. Ids are never taken on trust: each is computed
// again from place and fingerprint, under the key that sealed the bundle.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scanner/bundle/bundle_reader.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// The key in force, then the one it replaces. `key` must outlive them.
[[nodiscard]] std::vector<SealKey> seal_keys(const FingerprintKey& key);

/// True if the bundle tells of the key that `key` replaces, or was sealed with it.
[[nodiscard]] bool knows_former(const ProvenBundle& bundle, const FingerprintKey& key);

/// Checks ids, and gives findings their ids under both keys, as far as the bundle tells them.
/// Errors: kMalformed for an id of another place or value, or a fingerprint of another key.
[[nodiscard]] Result<void> settle_ids(UnitResult& unit, const ProvenBundle& bundle,
                                      const FingerprintKey& key);

/// `waiting`: findings by target that are known under the former key alone.
/// Errors: kBadUse for a bundle of theirs that tells of the new key alone.
[[nodiscard]] Result<void> check_nothing_waits(const ProvenBundle& bundle,
                                               const FingerprintKey& key,
                                               const std::map<std::string, std::uint64_t>& waiting);

}  // namespace nhi

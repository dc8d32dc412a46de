// structure.hpp - proofs about a value that need no network: checksums and inner structure.
#pragma once

#include <optional>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

/// Does the tail of `secret` hold the checksum of the rest?
/// Shapes: kCrc32Base62 counts over what follows the last `_` (`over: body`) or over all of it but
///         the checksum; digits 0-9, A-Z, a-z, left-padded with 0.
/// Source: GitHub and npm (behind a prefix that ends in `_`), Grafana (hex).
[[nodiscard]] bool checksum_holds(const Checksum& checksum, Bytes secret);

enum class Proof : std::uint8_t {
  kBroken,     // is not what it claims to be
  kPlausible,  // nothing speaks against it
  kProven,     // could hardly be chance
};
[[nodiscard]] Proof check_structure(Structure structure, Bytes secret);

}  // namespace nhi

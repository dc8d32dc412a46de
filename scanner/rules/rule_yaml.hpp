// rule_yaml.hpp - the keys of our rule files, for the loader, the schema test and the manual.
#pragma once

#include <span>
#include <string_view>

namespace nhi {

/// Every key that a rule may have, in the order of the manual.
[[nodiscard]] std::span<const std::string_view> rule_keys();
/// Keys of `checksum:`, and of an entry of `needs:` or `raised_by:`.
[[nodiscard]] std::span<const std::string_view> checksum_keys();
[[nodiscard]] std::span<const std::string_view> near_keys();
/// Keys of an entry of `allowlists:`, and of `required:`.
[[nodiscard]] std::span<const std::string_view> allowlist_keys();
[[nodiscard]] std::span<const std::string_view> required_keys();

}  // namespace nhi

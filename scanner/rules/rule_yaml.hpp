// rule_yaml.hpp - the reader and the keys of our rule files, for the loader, the schema test and
// the manual.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/rule.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

/// parse_rules_yaml() for text that is a tree already.
[[nodiscard]] Result<std::vector<Rule>> read_rules(const YamlNode& root, const std::string& name);

/// Every key that a rule may have, in the order of the manual.
[[nodiscard]] std::span<const std::string_view> rule_keys();
/// Keys of `checksum:`, and of an entry of `needs:` or `raised_by:`.
[[nodiscard]] std::span<const std::string_view> checksum_keys();
[[nodiscard]] std::span<const std::string_view> near_keys();
/// Keys of an entry of `parts:`.
[[nodiscard]] std::span<const std::string_view> part_keys();
/// Keys of an entry of `allowlists:`, and of `required:`.
[[nodiscard]] std::span<const std::string_view> allowlist_keys();
[[nodiscard]] std::span<const std::string_view> filter_keys();
[[nodiscard]] std::span<const std::string_view> required_keys();

}  // namespace nhi

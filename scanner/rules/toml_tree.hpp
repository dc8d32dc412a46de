// toml_tree.hpp - TOML text as the small tree that the readers of rule files share.
//
// The only file that sees toml++.
#pragma once

#include <string>
#include <string_view>

#include "scanner/rules/yaml_tree.hpp"

namespace nhi {

/// Tables are maps, arrays lists. `quoted` marks strings; numbers and truth values are scalars
/// without it. Keys are as written, in file order. `name` is used in messages.
/// Errors: kBadRule with subject `name:line`, also for nesting over kYamlDepthMax and for dates;
///         kTooLarge above kRuleFileBytesMax or kYamlNodesMax.
[[nodiscard]] Result<YamlNode> parse_toml(std::string_view text, const std::string& name);

}  // namespace nhi

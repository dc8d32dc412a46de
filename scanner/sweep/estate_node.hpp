// estate_node.hpp - what the readers of an estate file's parts share. Private to the sweep room.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// An Error of use that names file, line and column.
[[nodiscard]] Unexpected<Error> bad_node(const std::string& file, const YAML::Mark& mark,
                                         const std::string& what, std::string hint = {});
/// Refuses a mapping with a key that is not `known`, and offers the nearest.
[[nodiscard]] Result<void> check_keys(const std::string& file, const YAML::Node& map,
                                      const std::vector<std::string_view>& known);
/// One scalar or a sequence of them, in order; nothing for a missing node.
[[nodiscard]] std::vector<std::string> strings_of(const YAML::Node& node);
/// Without `.`, `..` inside and a slash at the end; "." for nothing.
[[nodiscard]] std::string normal_path(const std::filesystem::path& path);
/// `path` itself if absolute, else below `folder`; normal.
[[nodiscard]] std::string path_from(const std::filesystem::path& folder, const std::string& path);

}  // namespace nhi

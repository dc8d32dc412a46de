// estate_text.hpp - strings and folders as an estate file writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nhi {

/// A scalar that YAML reads as this string, quoted where it must be; UTF-8.
[[nodiscard]] std::string yaml_text(std::string_view text);
/// `path` as an estate file has it: glob signs escaped, `?` for each byte that is not UTF-8.
[[nodiscard]] std::string estate_pattern(std::string_view path);
/// The fewest patterns that match exactly these folders on disk: `/srv/git/*.git`,
/// `/srv/git/*/*.git`, `/srv/src/*`, or the folders themselves. Those of one list share a target.
/// Shapes: `folders` ascending and absolute.
struct FolderGroup {
  std::string parent;                 // what a target of them is named by
  std::vector<std::string> patterns;  // of estate_pattern()
  std::vector<std::string> folders;
};
[[nodiscard]] std::vector<FolderGroup> group_folders(const std::vector<std::string>& folders);

}  // namespace nhi

#include "scanner/sweep/estate_node.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

}  // namespace

Unexpected<Error> bad_node(const std::string& file, const YAML::Mark& mark, const std::string& what,
                           std::string hint) {
  return fail(ErrorCode::kBadUse, what,
              fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1), std::move(hint));
}

Result<void> check_keys(const std::string& file, const YAML::Node& map,
                        const std::vector<std::string_view>& known) {
  if (!map.IsMap()) return bad_node(file, map.Mark(), "a mapping is expected here");
  for (const auto& entry : map) {
    const std::string key = entry.first.as<std::string>("");
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return bad_node(file, entry.first.Mark(), "unknown key '" + key + "'",
                    "did you mean '" + std::string(nearest_name(key, known)) + "'?");
  }
  return {};
}

std::vector<std::string> strings_of(const YAML::Node& node) {
  std::vector<std::string> out;
  if (!node) return out;
  if (node.IsScalar()) out.push_back(node.as<std::string>());
  if (node.IsSequence()) {
    for (const auto& item : node) out.push_back(item.as<std::string>(""));
  }
  return out;
}

std::string normal_path(const fs::path& path) {
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text.empty() ? "." : text;
}

std::string path_from(const fs::path& folder, const std::string& path) {
  return normal_path(fs::path(path).is_absolute() ? fs::path(path) : folder / path);
}

}  // namespace nhi

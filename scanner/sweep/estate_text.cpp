#include "scanner/sweep/estate_text.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "scanner/base/scrub.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

// Exactly as the loader asks.
bool matches_exactly(const std::string& pattern, const std::vector<std::string>& folders) {
  glob_t found{};
  bool same = ::glob(pattern.c_str(), 0, nullptr, &found) == 0 && found.gl_pathc == folders.size();
  for (std::size_t i = 0; same && i < found.gl_pathc; ++i) {
    same = std::binary_search(folders.begin(), folders.end(), std::string(found.gl_pathv[i]));
  }
  ::globfree(&found);
  return same;
}

std::optional<std::string> pattern_of(const std::string& parent,
                                      const std::vector<std::string>& folders, bool deeper) {
  const std::string start = parent == "/" ? "" : estate_pattern(parent);
  for (const char* end : deeper ? std::array{"/*/*.git", "/*/*"} : std::array{"/*.git", "/*"}) {
    if (matches_exactly(start + end, folders)) return start + end;
  }
  return std::nullopt;
}

}  // namespace

std::string yaml_text(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '_' || c == '-';
  };
  static const std::set<std::string> kWords = {"true", "false", "null", "yes", "no",
                                               "on",   "off",   "y",    "n"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool first =
      !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '/');
  if (first && !kWords.contains(lower) && std::all_of(text.begin(), text.end(), is_plain)) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").append(1, c);
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string estate_pattern(std::string_view path) {
  const bool escape = path.find_first_of("*?[") != std::string_view::npos || !is_utf8(path);
  std::string out;
  for (std::size_t i = 0; i < path.size();) {
    std::size_t length = 1;
    while (length < 4 && i + length < path.size() && !is_utf8(path.substr(i, length))) ++length;
    const std::string_view sign = path.substr(i, length);
    if (!is_utf8(sign)) {
      out += '?';
      ++i;
      continue;
    }
    const bool special = sign.find_first_of("*?[]\\") != std::string_view::npos;
    if (escape && special) out += '\\';
    out += sign;
    i += length;
  }
  return out;
}

std::vector<FolderGroup> group_folders(const std::vector<std::string>& folders) {
  std::map<std::string, std::vector<std::string>> by_parent;
  std::map<std::string, std::vector<std::string>> by_grandparent;
  for (const std::string& folder : folders) {
    by_parent[folder_above(folder)].push_back(folder);
    by_grandparent[folder_above(folder, 2)].push_back(folder);
  }
  std::vector<FolderGroup> groups;
  for (auto& [above, all] : by_grandparent) {
    if (above == "/" || by_parent[folder_above(all.front())].size() == all.size()) continue;
    std::sort(all.begin(), all.end());
    auto pattern = pattern_of(above, all, true);
    if (!pattern) continue;
    for (const std::string& folder : all) by_parent.erase(folder_above(folder));
    groups.push_back({above, {std::move(*pattern)}, all});
  }
  for (auto& [parent, all] : by_parent) {
    std::sort(all.begin(), all.end());
    FolderGroup group{all.size() == 1 ? all.front() : parent, {}, all};
    if (auto pattern = all.size() > 1 ? pattern_of(parent, all, false) : std::nullopt) {
      group.patterns.push_back(std::move(*pattern));
    } else {
      std::transform(all.begin(), all.end(), std::back_inserter(group.patterns), estate_pattern);
    }
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(),
            [](const FolderGroup& a, const FolderGroup& b) { return a.parent < b.parent; });
  return groups;
}

}  // namespace nhi

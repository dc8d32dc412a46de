#include "scanner/sweep/owners.hpp"

#include <algorithm>

#include "scanner/base/file.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {
namespace {

// Words of a CODEOWNERS line; a backslash protects the character behind it.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    const char c = i < line.size() ? line[i] : ' ';
    if (c == '\\' && i + 1 < line.size()) {
      word += line[++i];
    } else if (c == ' ' || c == '\t' || c == '\r') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else if (c == '#' && word.empty()) {
      break;
    } else {
      word += c;
    }
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < words.size(); ++i) {
    if (!out.empty()) out += ", ";
    out += words[i];
  }
  return out;
}

// A pattern of CODEOWNERS, which are those of .gitignore, as globs over the path in the repository.
std::vector<std::string> globs_of(std::string pattern) {
  const bool folder = pattern.ends_with('/');
  while (pattern.ends_with('/')) pattern.pop_back();
  const bool anchored = pattern.find('/') != std::string::npos;
  if (pattern.starts_with('/')) pattern.erase(0, 1);
  if (pattern.empty()) return {"**"};
  const std::string whole = anchored ? pattern : "**/" + pattern;
  // "docs/*" is about the files in docs and no deeper; any other name may be a folder.
  std::vector<std::string> globs;
  if (!folder) globs.push_back(whole);
  if (!pattern.ends_with("/*")) globs.push_back(whole + "/**");
  return globs;
}

// "[Name]", "^[Name]", "[Name][2] @team": the words after it own what follows by default.
std::optional<std::string> section_default(const std::string& line) {
  if (!line.starts_with("[") && !line.starts_with("^[")) return std::nullopt;
  const std::size_t end = line.rfind(']');
  if (end == std::string::npos) return std::nullopt;
  return joined(words_of(std::string_view(line).substr(end + 1)), 0);
}

}  // namespace

Result<OwnerMap> OwnerMap::load(const std::string& file) {
  NHI_TRY(const std::string text, read_small_file(file, kConfigFileBytesMax));
  OwnerMap map;
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap()) return bad_node(file, root.Mark(), "owners are a mapping: glob to team");
    for (const auto& entry : root) {
      const auto glob = entry.first.as<std::string>("");
      const auto team = entry.second.as<std::string>("");
      if (glob.empty() || team.empty()) {
        return bad_node(file, entry.first.Mark(), "an owner is a glob and the name of a team");
      }
      map.globs_.push_back({{glob}, team});
    }
  } catch (const YAML::Exception& error) {
    return bad_node(file, error.mark, "not valid YAML: " + error.msg);
  }
  return map;
}

void OwnerMap::add_codeowners(const std::string& root, std::string_view text) {
  std::vector<Line>& lines = repositories_[root];
  std::string by_default;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (auto team = section_default(line)) {
      by_default = std::move(*team);
      continue;
    }
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    std::string team = joined(words, 1);
    if (team.empty()) team = by_default;
    lines.push_back({globs_of(words.front()), std::move(team)});
  }
}

std::optional<FindingOwner> OwnerMap::owner_of(std::string_view root, std::string_view path) const {
  const auto last_match = [](const std::vector<Line>& lines, std::string_view place) {
    return std::find_if(lines.rbegin(), lines.rend(), [&](const Line& line) {
      return std::any_of(line.globs.begin(), line.globs.end(),
                         [&](const std::string& glob) { return glob_match(glob, place); });
    });
  };
  std::string place = std::string(root).append("/").append(path);
  if (const auto line = last_match(globs_, place); line != globs_.rend()) {
    return FindingOwner{line->team, "owners"};
  }
  if (!prefix_.empty() && place.starts_with(prefix_)) {
    place.erase(0, prefix_.size());
    if (const auto line = last_match(globs_, place); line != globs_.rend()) {
      return FindingOwner{line->team, "owners"};
    }
  }
  const auto repository = repositories_.find(root);
  if (repository == repositories_.end()) return std::nullopt;
  const auto line = last_match(repository->second, path);
  if (line == repository->second.rend() || line->team.empty()) return std::nullopt;
  return FindingOwner{line->team, "codeowners"};
}

}  // namespace nhi

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_yaml.hpp"
#include "scanner/rules/toml_tree.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml" || path.extension() == ".toml";
}

Result<std::vector<Rule>> load_file(const std::string& path, const RuleSources& sources) {
  NHI_TRY(const std::string text, read_small_file(path, kRuleFileBytesMax));
  return parse_rules(text, path, sources);
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
  std::error_code failure;
  fs::directory_iterator entries(path, failure);
  std::vector<std::string> files;
  while (!failure && entries != fs::directory_iterator()) {
    if (is_rule_file(entries->path())) files.push_back(entries->path().string());
    entries.increment(failure);
  }
  if (failure) return fail(os_error(failure.value(), "cannot list rule folder", path));
  if (files.empty())
    return fail(ErrorCode::kNotFound, "no .yaml, .yml or .toml file in folder", path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<Rule>> parse_rules(std::string_view text, const std::string& name,
                                      const RuleSources& sources) {
  if (fs::path(name).extension() == ".toml") {
    NHI_TRY(const YamlNode root, parse_toml(text, name));
    return read_gitleaks_rules(root, name, sources);
  }
  NHI_TRY(const YamlNode root, parse_yaml(text, name));
  // Ours is a list of rules, Kingfisher's a map that holds one.
  if (root.kind == YamlNode::Kind::kMap) return read_kingfisher_rules(root, name);
  return read_rules(root, name);
}

Result<std::vector<Rule>> load_rules(const std::string& path, const RuleSources& sources) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) return load_file(path, sources);
  NHI_TRY(const std::vector<std::string> files, list_folder(path));
  std::vector<Rule> rules;
  for (const std::string& file : files) {
    NHI_TRY(std::vector<Rule> more, load_file(file, sources));
    std::move(more.begin(), more.end(), std::back_inserter(rules));
  }
  return latest_of_kingfisher(std::move(rules));
}

}  // namespace nhi

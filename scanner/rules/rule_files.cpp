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

namespace nhi {
namespace {

namespace fs = std::filesystem;

bool is_rule_file(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

Result<std::vector<Rule>> load_file(const std::string& path) {
  if (fs::path(path).extension() == ".toml") {
    return fail(ErrorCode::kBadRule, "not a YAML rule file", path);
  }
  NHI_TRY(const std::string text, read_small_file(path, kRuleFileBytesMax));
  return parse_rules_yaml(text, path);
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
  if (files.empty()) return fail(ErrorCode::kNotFound, "no .yaml or .yml file in folder", path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<Rule>> load_rules(const std::string& path) {
  std::error_code failure;
  if (!fs::is_directory(path, failure)) return load_file(path);
  NHI_TRY(const std::vector<std::string> files, list_folder(path));
  std::vector<Rule> rules;
  for (const std::string& file : files) {
    NHI_TRY(std::vector<Rule> more, load_file(file));
    std::move(more.begin(), more.end(), std::back_inserter(rules));
  }
  return rules;
}

}  // namespace nhi

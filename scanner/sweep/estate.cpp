#include "scanner/sweep/estate.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

// Longest folder of a pattern before its first wildcard: relative names start there.
fs::path fixed_part(const std::string& pattern) {
  const std::size_t wild = pattern.find_first_of("*?[");
  if (wild == std::string::npos) return fs::path(pattern).parent_path();
  const std::size_t slash = pattern.rfind('/', wild);
  return slash == std::string::npos ? fs::path(".") : fs::path(pattern.substr(0, slash + 1));
}

std::vector<std::string> matches_of(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

void add_pattern(Target& target, const std::string& pattern, bool single, bool is_git) {
  const bool wild = pattern.find_first_of("*?[") != std::string::npos;
  if (!wild) {
    std::string name =
        single ? target.name : target.name + "/" + fs::path(pattern).filename().string();
    const bool taken = std::any_of(target.roots.begin(), target.roots.end(),
                                   [&](const TargetRoot& root) { return root.root == name; });
    if (taken) name = target.name + pattern;  // two folders of one name: the whole path tells them
    target.roots.push_back({pattern, name, name, is_git});
    return;
  }
  // What the pattern crosses on its way is not known, so it is watched wherever it begins.
  MountWatch& watch = MountWatch::of_process();
  const CallsPtr own = watch.at(fixed_part(pattern).string());
  const auto paths =
      ask(own != nullptr ? own : watch.once(), [pattern] { return matches_of(pattern); });
  if (!paths || paths->empty()) {
    std::string reason(paths ? "glob-matches-nothing" : kNotAnsweringReason);
    target.unmet.push_back({target.name, pattern, std::move(reason), 0});
    return;
  }
  for (const std::string& path : *paths) {
    const std::string name =
        target.name + "/" + fs::path(path).lexically_relative(fixed_part(pattern)).string();
    target.roots.push_back({path, name, name, is_git});
  }
}

constexpr auto kPlaces =
    std::to_array<std::pair<std::string_view, PlaceKind>>({{"application", PlaceKind::kApplication},
                                                           {"engine", PlaceKind::kEngine},
                                                           {"host", PlaceKind::kHost},
                                                           {"network", PlaceKind::kNetwork},
                                                           {"document", PlaceKind::kDocument}});

Result<void> read_context(const std::string& file, const YAML::Node& node, Target& target) {
  target.context.target = target.name;
  target.context.host = node["host"].as<std::string>("");
  target.context.system = node["system"].as<std::string>("");
  target.context.owner_name = node["owner"].as<std::string>("");
  if (!target.context.owner_name.empty()) target.context.owner_source = "estate";
  if (const auto place = node["place"]) {
    const std::string word = place.as<std::string>("");
    const auto hit = std::find_if(kPlaces.begin(), kPlaces.end(),
                                  [&](const auto& entry) { return entry.first == word; });
    if (hit == kPlaces.end()) {
      return bad_node(file, place.Mark(), "unknown place '" + word + "'",
                      "one of application, engine, host, network, document");
    }
    target.context.place = hit->second;
  }
  if (const auto environment = node["environment"]) {
    const auto parsed = parse_environment(environment.as<std::string>(""));
    if (!parsed) {
      return bad_node(file, environment.Mark(), "unknown environment",
                      "one of live, integration, training, development");
    }
    target.context.environment = *parsed;
  }
  return {};
}

Result<Target> read_target(const std::string& file, const YAML::Node& node,
                           const fs::path& folder) {
  if (!node.IsMap()) return bad_node(file, node.Mark(), "a target must be a mapping");
  NHI_CHECK_OK(check_keys(file, node,
                          {"name", "git", "path", "owner", "place", "system", "environment", "host",
                           "exclude", "one_file_system", "network", "expect"}));
  Target target;
  target.name = node["name"].as<std::string>("");
  if (target.name.empty() || target.name.find('/') != std::string::npos) {
    return bad_node(file, node.Mark(), "a target needs a name without '/'");
  }
  NHI_CHECK_OK(read_context(file, node, target));
  target.exclude = strings_of(node["exclude"]);
  target.one_file_system = node["one_file_system"].as<bool>(false);
  target.network = node["network"].as<bool>(false);
  target.expect.emplace();
  if (const auto expect = node["expect"]) {
    NHI_TRY(target.expect, read_expectation(file, expect, folder));
  }
  const std::vector<std::string> paths = strings_of(node["path"]);
  const std::vector<std::string> repositories = strings_of(node["git"]);
  const std::size_t count = paths.size() + repositories.size();
  if (count == 0) return bad_node(file, node.Mark(), "a target needs `path` or `git`");
  for (const std::string& path : paths) {
    add_pattern(target, path_from(folder, path), count == 1, false);
  }
  for (const std::string& path : repositories) {
    add_pattern(target, path_from(folder, path), count == 1, true);
  }
  return target;
}

Result<void> read_policy(const std::string& file, const YAML::Node& node, Estate& estate) {
  if (!node) return {};
  NHI_CHECK_OK(check_keys(file, node,
                          {"stale_after_days", "max_age_days", "cis1_removal", "inline_ignores"}));
  EstatePolicy& policy = estate.policy;
  policy.stale_after_days = node["stale_after_days"].as<std::int64_t>(policy.stale_after_days);
  policy.max_age_days = node["max_age_days"].as<std::int64_t>(policy.max_age_days);
  if (const auto date = node["cis1_removal"]) {
    const auto parsed = parse_instant(date.as<std::string>(""));
    if (!parsed) return bad_node(file, date.Mark(), parsed.error().what, parsed.error().hint);
    policy.cis1_removal = *parsed;
  }
  const std::string ignores = node["inline_ignores"].as<std::string>("report");
  if (ignores != "report" && ignores != "honour") {
    return bad_node(file, node.Mark(), "inline_ignores is 'report' or 'honour'");
  }
  estate.honour_inline_ignores = ignores == "honour";
  return {};
}

Result<Estate> read_estate(const std::string& file, const YAML::Node& root) {
  if (!root.IsMap()) return bad_node(file, root.Mark(), "an estate file must be a mapping");
  NHI_CHECK_OK(check_keys(file, root,
                          {"estate", "targets", "hosts", "rules", "owners", "dependencies",
                           "accepted_unread", "policy"}));
  Estate estate;
  estate.name = root["estate"].as<std::string>("");
  const fs::path folder = fs::absolute(fs::path(file)).parent_path();
  std::map<std::string, int> names;
  for (const auto& node : root["targets"]) {
    NHI_TRY(Target target, read_target(file, node, folder));
    if (++names[target.name] > 1) {
      return bad_node(file, node.Mark(), "two targets are named '" + target.name + "'");
    }
    estate.targets.push_back(std::move(target));
  }
  NHI_TRY(estate.hosts, read_hosts(file, root["hosts"]));
  if (estate.targets.empty() && estate.hosts.empty()) {
    return bad_node(file, root.Mark(), "an estate needs targets or hosts");
  }
  for (std::string& rule : strings_of(root["rules"])) {
    estate.rules.push_back(rule == "builtin" ? std::move(rule) : path_from(folder, rule));
  }
  if (const auto owners = root["owners"]) {
    NHI_TRY(estate.owners, OwnerMap::load(path_from(folder, owners.as<std::string>(""))));
  }
  if (const auto dependencies = root["dependencies"]) {
    const std::string named = dependencies.as<std::string>("");
    if (named.empty()) {
      return bad_node(file, dependencies.Mark(), "`dependencies` names a file");
    }
    estate.dependencies = path_from(folder, named);
  }
  NHI_TRY(estate.accepted, read_accepted(file, root["accepted_unread"], folder));
  NHI_CHECK_OK(read_policy(file, root["policy"], estate));
  return estate;
}

}  // namespace

Result<Estate> load_estate(const std::string& path) {
  NHI_TRY(const std::string text, read_small_file(path, kConfigFileBytesMax));
  try {
    return read_estate(path, YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return bad_node(path, error.mark, "not valid YAML: " + error.msg);
  }
}

std::vector<Target> targets_from_paths(const std::vector<std::string>& paths, Naming naming) {
  std::vector<Target> targets;
  std::map<std::string, int> used;
  for (const std::string& path : paths) {
    Target target;
    std::string name = normal_path(path);
    const std::string folder = normal_path(fs::absolute(fs::path(path))).c_str();
    if (naming == Naming::kByFolder) {
      name = fs::path(folder).filename().string();
      if (name.empty()) name = "root";
      target.name = name;
    }
    if (const int times = ++used[name]; times > 1) {
      if (naming == Naming::kAsTyped) continue;  // the same argument twice
      name = fmt::format("{}#{}", name, times);
      target.name = name;
    }
    target.context.target = target.name;
    // One argument alone is not named in ids: a renamed checkout keeps them.
    const bool alone = naming == Naming::kAsTyped && paths.size() == 1;
    target.roots.push_back({normal_path(path), name, alone ? std::string() : name});
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace nhi

#include "scanner/cli/options.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "scanner/base/file.hpp"
#include "scanner/cli/command_table.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

// The chain of subcommands that the words name.
CLI::App* chosen(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* app = &root;
  for (const std::string& word : words) {
    if (word.starts_with("-")) continue;
    const auto subs = app->get_subcommands([&](CLI::App* sub) { return sub->get_name() == word; });
    if (subs.empty()) break;
    app = subs.front();
  }
  return app;
}

std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  }
  return names;
}

std::string_view nearest_of(std::string_view text, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view best = nearest_name(text, views);
  return best.empty() ? std::string_view() : best;
}

// What to offer for a word that nothing knows.
std::string hint_for(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* app = chosen(root, words);
  for (const std::string& word : words) {
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(2, word.find('=') - 2);
    const auto known = long_flags(*app);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto best = nearest_of(name, known);
    if (!best.empty()) return "did you mean --" + std::string(best) + "?";
  }
  if (app == &root && !words.empty()) {
    std::vector<std::string> verbs;
    for (const CLI::App* sub : root.get_subcommands({})) verbs.push_back(sub->get_name());
    const auto best = nearest_of(words.front(), verbs);
    if (!best.empty()) return "did you mean '" + std::string(best) + "'?";
  }
  std::string command;
  for (const CLI::App* at = app; at != &root; at = at->get_parent()) {
    command.insert(0, at->get_name() + " ");
  }
  return "see nhisweep " + command + "--help";
}

bool given(const std::vector<std::string>& words, const std::string& flag) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word == "--" + flag || word.starts_with("--" + flag + "=");
  });
}

// Flags of the configuration file that the command knows and that were not given.
// A key that another command knows is let pass: one file serves them all.
Result<std::vector<std::string>> from_config(const std::string& file, CLI::App& root,
                                             const std::vector<std::string>& words) {
  NHI_TRY(const std::string text, read_small_file(file, kConfigFileBytesMax));
  std::vector<std::string> extra;
  try {
    const YAML::Node node = YAML::Load(text);
    if (node.IsNull()) return extra;
    if (!node.IsMap()) return fail(ErrorCode::kBadUse, "must be a mapping of flags", file);
    const auto mine = long_flags(*chosen(root, words));
    std::vector<std::string> all;
    for (const char* verb : kConfiguredCommands) {
      for (std::string& flag : long_flags(*root.get_subcommand(verb))) {
        all.push_back(std::move(flag));
      }
    }
    for (const auto& entry : node) {
      const std::string key = entry.first.as<std::string>("");
      const YAML::Mark mark = entry.first.Mark();
      if (std::find(all.begin(), all.end(), key) == all.end() || key == "help") {
        const auto best = nearest_of(key, all);
        return fail(ErrorCode::kBadUse, "unknown key '" + key + "'",
                    fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1),
                    best.empty() ? "" : "did you mean '" + std::string(best) + "'?");
      }
      if (std::find(mine.begin(), mine.end(), key) == mine.end() || given(words, key)) continue;
      if (!chosen(root, words)->get_option("--" + key)->get_configurable()) continue;
      const auto add = [&](const std::string& value) {
        if (value == "true") extra.push_back(fmt::format("--{}", key));
        if (value != "true" && value != "false") {
          extra.push_back(fmt::format("--{}={}", key, value));
        }
      };
      if (entry.second.IsScalar()) add(entry.second.as<std::string>());
      if (entry.second.IsSequence()) {
        for (const auto& item : entry.second) add(item.as<std::string>(""));
      }
    }
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kBadUse, "not valid YAML: " + error.msg,
                fmt::format("{}:{}:{}", file, error.mark.line + 1, error.mark.column + 1));
  }
  return extra;
}

constexpr const char* kConfigFile = "nhisweep.yaml";

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv) {
  Options options;
  CLI::App root{kProgramText, "nhisweep"};
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  try {
    build_command_table(root, options);
    std::error_code ignored;
    if (std::filesystem::exists(kConfigFile, ignored)) {
      auto extra = from_config(kConfigFile, root, words);
      if (!extra) {
        const Error& error = extra.error();
        return {std::nullopt,
                fmt::format("nhisweep: error[{}]: {}\n{}", to_string(error.code), error.message(),
                            error.hint.empty() ? "" : "nhisweep: hint: " + error.hint + "\n"),
                2};
      }
      words.insert(words.end(), extra->begin(), extra->end());
    }
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    root.parse(reversed);
    return {options, {}, 0};
  } catch (const CLI::CallForHelp&) {
    const CLI::App* const app = chosen(root, words);
    std::string above;  // "nhisweep findings" above "list"
    for (const CLI::App* parent = app->get_parent(); parent != nullptr;
         parent = parent->get_parent()) {
      above.insert(0, fmt::format("{}{}", parent->get_name(), above.empty() ? "" : " "));
    }
    return {std::nullopt, app->help(above), 0};
  } catch (const CLI::CallForVersion&) {
    return {std::nullopt, std::string("nhisweep ") + std::string(kVersion) + "\n", 0};
  } catch (const CLI::ParseError& error) {
    return {std::nullopt,
            fmt::format("nhisweep: error[bad-use]: {}\nnhisweep: hint: {}\n", error.what(),
                        hint_for(root, words)),
            2};
  }
}

Result<std::uint64_t> parse_size(const std::string& text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(read.ptr, text.data() + text.size());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (unit.ends_with("ib")) unit.resize(unit.size() - 2);
  if (unit.ends_with("b")) unit.resize(unit.size() - 1);
  const std::string units = "kmgt";
  const std::size_t power = unit.empty() ? 0 : units.find(unit) + 1;
  const bool known = unit.empty() || (unit.size() == 1 && power != 0);
  if (read.ec != std::errc{} || !known || number > (UINT64_MAX >> (10 * power))) {
    return fail(ErrorCode::kBadUse, "not a size", text, "write it as 1048576, 10MiB or 4GiB");
  }
  return number << (10 * power);
}

}  // namespace nhi

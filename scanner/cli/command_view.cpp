#include "scanner/cli/command_view.hpp"

#include <CLI/CLI.hpp>

#include <utility>

#include "scanner/cli/command_table.hpp"

namespace nhi {
namespace {

// Of "TEXT:{auto,always,never}" the three words.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t open = type.find(":{");
  const std::size_t close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return choices;
  std::size_t at = open + 2;
  while (at < close) {
    const std::size_t comma = std::min(type.find(',', at), close);
    choices.push_back(type.substr(at, comma - at));
    at = comma + 1;
  }
  return choices;
}

std::string value_of(const CLI::Option& option, const std::string& type) {
  if (option.get_positional()) return option.get_name(true);
  if (option.get_items_expected_max() == 0) return {};  // a switch
  std::string value = type.substr(0, type.find(':'));
  // What the table does not name is called after what it holds.
  if (value == "TEXT" && !option.get_lnames().empty()) {
    value = option.get_lnames().front();
    for (char& c : value) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return value;
}

FlagView flag_of(const CLI::Option& option) {
  FlagView view;
  for (const std::string& name : option.get_snames()) view.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) view.names.push_back("--" + name);
  const std::string type = option.get_type_name();
  view.value = value_of(option, type);
  if (view.takes_value()) view.choices = choices_of(type);
  view.text = option.get_description();
  view.required = option.get_required();
  view.repeatable = view.takes_value() && option.get_items_expected_max() > 1;
  view.configurable = option.get_configurable();
  return view;
}

CommandView view_below(const CLI::App& app, std::vector<std::string> path) {
  CommandView view;
  path.push_back(app.get_name());
  view.path = std::move(path);
  view.text = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? view.words : view.flags).push_back(flag_of(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    view.commands.push_back(view_below(*command, view.path));
  }
  return view;
}

}  // namespace

std::string CommandView::joined(const std::string& between) const {
  std::string out;
  for (const std::string& word : path) out += (out.empty() ? "" : between) + word;
  return out;
}

CommandView view_of(const CLI::App& root) { return view_below(root, {}); }

CommandView program_view() {
  Options unused;
  CLI::App root{kProgramText, "nhisweep"};
  build_command_table(root, unused);
  return view_of(root);
}

}  // namespace nhi

// command_view.hpp - the table of commands as plain data, for all that is written from it: manual
// pages and completions. What `--help` shows and what these say cannot differ.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace nhi {

/// One flag, or one positional word if `names` is empty.
struct FlagView {
  std::vector<std::string> names;    // "-o", "--output", short ones first
  std::string value;                 // "FILE"; of a positional its name; empty for a switch
  std::vector<std::string> choices;  // the only words that are taken; empty: any
  std::string text;
  bool required = false;
  bool repeatable = false;
  bool configurable = true;  // may stand in nhisweep.yaml

  [[nodiscard]] bool takes_value() const { return !value.empty(); }
};

struct CommandView {
  std::vector<std::string> path;  // {"nhisweep", "findings", "list"}
  std::string text;               // one line
  std::vector<FlagView> flags;    // in the order of the table
  std::vector<FlagView> words;    // positional
  std::vector<CommandView> commands;

  /// "nhisweep findings list", with `between` for the spaces.
  [[nodiscard]] std::string joined(const std::string& between) const;
};

/// `root` and all below it; as deep as the table is.
[[nodiscard]] CommandView view_of(const CLI::App& root);

/// The whole table of this program.
[[nodiscard]] CommandView program_view();

}  // namespace nhi

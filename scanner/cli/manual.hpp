// manual.hpp - the manual: one page for the program, one for each command, one for each file that
// people write. Flags come from the table of commands, prose from manual_text.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/command_view.hpp"

namespace nhi {

struct ManualPage {
  std::string name;  // "nhisweep-sweep"
  int section = 1;
  std::string text;  // roff

  [[nodiscard]] std::string file() const;  // "man1/nhisweep-sweep.1"
};

[[nodiscard]] std::vector<ManualPage> manual_pages(const CommandView& program);

}  // namespace nhi

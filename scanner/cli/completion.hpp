// completion.hpp - completion scripts of three shells, from the table of commands. They run nothing
// and need nothing but the shell.
#pragma once

#include <string>

#include "scanner/cli/command_view.hpp"

namespace nhi {

[[nodiscard]] std::string bash_completion(const CommandView& program);
[[nodiscard]] std::string zsh_completion(const CommandView& program);
[[nodiscard]] std::string fish_completion(const CommandView& program);

}  // namespace nhi

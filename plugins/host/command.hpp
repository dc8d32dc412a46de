// command.hpp - runs a program of an administrator's, such as one that sets up a trial, to its end.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct CommandResult {
  int status = 0;      // 128 + n for a signal
  std::string output;  // of 1; at most kCommandOutputBytesMax
  std::string errors;  // of 2; the same
};
inline constexpr std::size_t kCommandOutputBytesMax = std::size_t{16} << 20;

/// `words`: the program, as a path with a slash in it, and its arguments. `input`: what it reads
/// from 0, never an argument. Errors: kBadUse for no words, an empty one or a program without a
/// slash; kNotFound, kPermission; kNotAnswering if it was killed after `timeout`.
[[nodiscard]] Result<CommandResult> run_command(const std::vector<std::string>& words,
                                                const SecretText& input,
                                                std::chrono::milliseconds timeout);

}  // namespace nhi

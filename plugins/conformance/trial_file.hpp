// trial_file.hpp - a trial as an author writes it down; docs/conformance.md.
#pragma once

#include <string>

#include "plugins/conformance/trial.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// Programs and files are looked for from the folder of the file. Errors: kBadUse that names line
/// and column, or the key; those of reading it and the file with the authority.
[[nodiscard]] Result<Trial> read_trial(const std::string& path);

}  // namespace nhi

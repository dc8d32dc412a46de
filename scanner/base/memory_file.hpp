// memory_file.hpp - a file that has no name and no disk.
#pragma once

#include <string_view>

#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// Open for reading and writing at its beginning, close-on-exec. Errors: kIo.
[[nodiscard]] Result<FileHandle> memory_file(std::string_view bytes);

}  // namespace nhi

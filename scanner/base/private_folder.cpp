#include "scanner/base/private_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace nhi {

namespace fs = std::filesystem;

Result<PrivateFolder> PrivateFolder::make() {
  std::error_code failed;
  std::string path = (fs::temp_directory_path(failed) / "nhisweep-XXXXXX").string();
  if (failed || ::mkdtemp(path.data()) == nullptr) {
    const int number = failed ? failed.value() : errno;
    return fail(os_error(number, "cannot make a folder for temporary files", path));
  }
  return PrivateFolder(std::move(path));
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::string PrivateFolder::file(std::string_view name) const {
  return path_ + "/" + std::string(name);
}

}  // namespace nhi

// private_folder.hpp - a new folder that nobody else can look into, and that goes away again.
#pragma once

#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

// Mode 0700, in the folder for temporary files; removed with everything in it. Thread-compatible.
class PrivateFolder {
 public:
  /// Errors: those of making a folder.
  [[nodiscard]] static Result<PrivateFolder> make();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const;

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace nhi

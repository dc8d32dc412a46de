// git_folders.hpp - where the parts of a repository are.
#pragma once

#include <string>

#include "scanner/base/result.hpp"

namespace nhi {

struct GitFolders {
  std::string git_dir;     // where HEAD and the index are
  std::string common_dir;  // where objects and refs are; of most repositories the same
  [[nodiscard]] std::string objects() const { return common_dir + "/objects"; }
};

/// Real paths. Errors: those of GitRepository::open().
[[nodiscard]] Result<GitFolders> git_folders(const std::string& git_dir);

/// Where the repository's hooks are, absolute: what its own core.hooksPath says, seen from `top`,
/// or hooks/ beside its objects. No other configuration is read. Errors: kIo of the configuration.
[[nodiscard]] Result<std::string> hooks_folder(const GitFolders& folders, const std::string& top);

}  // namespace nhi

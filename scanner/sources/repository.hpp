// repository.hpp - telling a git repository from a folder, without libgit2 and without trust.
//
// A folder is called a repository rather too easily: a damaged one then fails to open and becomes
// an unread line, where calling it a folder would read compressed objects as files and find
// nothing in them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.hpp"

namespace nhi {

enum class DotGit : std::uint8_t { kNone, kFolder, kLink, kDamaged };

struct GitLink {
  DotGit kind = DotGit::kNone;
  std::string target;  // kLink: what the file or link says, raw
};

/// What `.git` in `folder` is. An empty .git folder is none: nothing can be lost in it.
[[nodiscard]] GitLink look_at_dot_git(int folder);
/// True if `folder`, whose listing has `has_name`, is a bare repository or the ruins of one.
[[nodiscard]] bool is_bare_repository(int folder,
                                      const std::function<bool(std::string_view)>& has_name);
struct EnclosingRepository {
  std::string git_dir;  // of a linked work tree its own
  std::string top;      // of the work tree; of a bare repository the same as git_dir
  bool is_bare = false;
};

/// The repository that the folder `path` is in, as git looks for it: from there upwards. All paths
/// are real.
/// Errors: kBadUse if there is none, or `path` is no folder; kPermission, kIo; kMalformed for a
/// `.git` that leads nowhere.
[[nodiscard]] Result<EnclosingRepository> find_repository(const std::string& path);
/// The main git folder that a linked work tree's git folder names, absolute; none for others.
[[nodiscard]] std::optional<std::string> common_folder(const std::string& git_dir);
/// True if git's objects or refs hold this name of a git folder, so that it is not read as a file.
[[nodiscard]] bool is_git_store_name(std::string_view name);

}  // namespace nhi

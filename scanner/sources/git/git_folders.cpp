#include "scanner/sources/git/git_folders.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/repository.hpp"

namespace nhi {
namespace {

Result<void> check_extensions(const std::string& common_dir) {
  const auto config =
      read_foreign_file(AT_FDCWD, (common_dir + "/config").c_str(), kConfigFileBytesMax);
  if (!config) return {};
  if (git_config_value(*config, "extensions", "objectformat") == "sha256") {
    return fail(ErrorCode::kGit, "sha256-repository", common_dir);
  }
  if (git_config_value(*config, "extensions", "refstorage") == "reftable") {
    return fail(ErrorCode::kGit, "reftable-repository", common_dir);
  }
  return {};
}

}  // namespace

Result<GitFolders> git_folders(const std::string& git_dir) {
  GitFolders folders;
  const auto real = real_path(git_dir);
  if (!real) return fail(os_error(errno, "cannot open", git_dir));
  folders.git_dir = *real;
  const auto named = common_folder(*real);
  const auto common = named ? real_path(*named) : real;
  if (!common) return fail(os_error(errno, "cannot open", *named));
  folders.common_dir = *common;
  NHI_CHECK_OK(check_extensions(*common));
  struct stat facts {};
  const std::string objects = folders.objects();
  if (::stat(objects.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
    if (errno == EACCES) return fail(os_error(errno, "cannot open", objects));
    return fail(ErrorCode::kGit, "not-a-repository", git_dir);
  }
  return folders;
}

Result<std::string> hooks_folder(const GitFolders& folders, const std::string& top) {
  const std::string path = folders.common_dir + "/config";
  const auto config = read_foreign_file(AT_FDCWD, path.c_str(), kConfigFileBytesMax);
  if (!config) return fail(ErrorCode::kIo, "cannot read", path);
  std::string named = git_config_text(*config, "core", "hookspath");
  if (named.empty()) return folders.common_dir + "/hooks";
  const char* const home = std::getenv("HOME");
  if (named.starts_with("~/") && home != nullptr) named.replace(0, 1, home);
  return lexical_path(top, named);
}

}  // namespace nhi

#include "scanner/sources/repository.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include "scanner/base/limits.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kGitLinkBytesMax = 64 * kKiB;

bool is_folder(int folder, const char* name) {
  struct stat facts {};
  return ::fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 &&
         S_ISDIR(facts.st_mode);
}

bool folder_is_empty(int folder, const char* name) {
  const int descriptor = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return false;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(descriptor), &::closedir);
  if (listing == nullptr) {
    ::close(descriptor);
    return false;
  }
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name_in(entry->d_name);
    if (name_in != "." && name_in != "..") return false;
  }
  return true;
}

std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

GitLink look_at_dot_git(int folder) {
  struct stat facts {};
  if (::fstatat(folder, ".git", &facts, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) return {};
  if (S_ISDIR(facts.st_mode)) {
    return {folder_is_empty(folder, ".git") ? DotGit::kNone : DotGit::kFolder, {}};
  }
  if (S_ISLNK(facts.st_mode)) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlinkat(folder, ".git", target.data(), target.size());
    if (length <= 0) return {DotGit::kDamaged, {}};
    target.resize(static_cast<std::size_t>(length));
    return {DotGit::kLink, std::move(target)};
  }
  if (!S_ISREG(facts.st_mode)) return {DotGit::kDamaged, {}};
  const auto text = read_foreign_file(folder, ".git", kGitLinkBytesMax);
  constexpr std::string_view kPrefix = "gitdir:";
  if (!text || !text->starts_with(kPrefix)) return {DotGit::kDamaged, {}};
  std::string_view target = first_line(std::string_view(*text).substr(kPrefix.size()));
  while (target.starts_with(' ')) target.remove_prefix(1);
  if (target.empty() || target.find('\0') != std::string_view::npos) return {DotGit::kDamaged, {}};
  return {DotGit::kLink, std::string(target)};
}

bool is_bare_repository(int folder, const std::function<bool(std::string_view)>& has_name) {
  if (!has_name("objects") || !is_folder(folder, "objects")) return false;
  const bool has_refs = has_name("refs") || has_name("packed-refs") || has_name("reftable");
  if (has_name("HEAD") && (has_refs || has_name("config"))) return true;
  // Ruins: git's own two folders of the object store are still there.
  return is_folder(folder, "objects/pack") && (is_folder(folder, "objects/info") || has_refs);
}

Result<EnclosingRepository> find_repository(const std::string& path) {
  const auto real = real_path(path);
  if (!real && errno == ENOENT) return fail(ErrorCode::kBadUse, "there is no such folder", path);
  if (!real) return fail(os_error(errno, "cannot open", path));
  std::string at = *real;
  while (true) {
    const FileHandle folder(::open(at.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) {
      if (errno == ENOTDIR) return fail(ErrorCode::kBadUse, "this is no folder", path);
      return fail(os_error(errno, "cannot open", at));
    }
    const GitLink link = look_at_dot_git(folder.get());
    const auto damaged = [&] { return fail(ErrorCode::kMalformed, "damaged .git", at + "/.git"); };
    if (link.kind == DotGit::kDamaged) return damaged();
    if (link.kind == DotGit::kFolder) return EnclosingRepository{at + "/.git", at, false};
    if (link.kind == DotGit::kLink) {
      const auto git_dir = real_path(lexical_path(at, link.target));
      if (!git_dir) return damaged();
      return EnclosingRepository{*git_dir, at, false};
    }
    const auto has_name = [&](std::string_view name) {
      struct stat facts {};
      return ::fstatat(folder.get(), std::string(name).c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
    };
    if (is_bare_repository(folder.get(), has_name)) return EnclosingRepository{at, at, true};
    if (at == "/") break;
    at = folder_above(at);
  }
  return fail(ErrorCode::kBadUse, "this is in no git repository", path);
}

std::optional<std::string> common_folder(const std::string& git_dir) {
  const FileHandle folder(::open(git_dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return std::nullopt;
  const auto text = read_foreign_file(folder.get(), "commondir", kGitLinkBytesMax);
  if (!text || first_line(*text).empty()) return std::nullopt;
  return lexical_path(git_dir, first_line(*text));
}

bool is_git_store_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {"HEAD", "index",       "objects",
                                                      "refs", "packed-refs", "reftable"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace nhi

#include "rotators/sinks/file_place.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>  // renameat2
#include <cstdlib>
#include <memory>

#include "scanner/base/secret_buffer.hpp"

namespace nhi::sinks {
namespace {

// The resolved path has no link left; one that is there now was put there meanwhile.
Result<FileHandle> open_folder(const std::string& folder) {
  struct open_how how {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS;
  long opened = ::syscall(SYS_openat2, AT_FDCWD, folder.c_str(), &how, sizeof how);
  if (opened < 0 && errno == ENOSYS) {  // before Linux 5.6
    opened = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }
  if (opened < 0) return fail(os_error(errno, "cannot open the folder", folder));
  return FileHandle(static_cast<int>(opened));
}

Result<std::string> resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         std::free);
  if (!real) return fail(os_error(errno, "cannot resolve", path));
  return std::string(real.get());
}

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

Result<SecretText> read_all(int file, std::size_t expected, const std::string& subject) {
  SecretBuffer content(expected + 1);
  std::string bytes(64 * kKiB, '\0');
  ::off_t at = 0;
  while (true) {
    const ssize_t got = ::pread(file, bytes.data(), bytes.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      const int error_number = errno;
      wipe(bytes);
      if (got == 0) return content.secret();
      return fail(os_error(error_number, "cannot read", subject));
    }
    content.add(Bytes(bytes).substr(0, static_cast<std::size_t>(got)));
    at += got;
    if (content.view().size() > kArtefactBytesMax) {
      wipe(bytes);
      return fail(ErrorCode::kTooLarge, "file is too large", subject);
    }
  }
}

}  // namespace

Result<FilePlace> file_place_of(const std::string& path) {
  struct stat facts {};
  const bool gone = ::lstat(path.c_str(), &facts) != 0;
  if (gone && errno != ENOENT) return fail(os_error(errno, "cannot look at", path));
  FilePlace place;
  if (gone) {  // its folder may still have what an interrupted run left there
    const std::size_t last = path.rfind('/');
    const std::string folder = last == std::string::npos ? "." : path.substr(0, last + 1);
    NHI_TRY(place.path, resolved(folder));
    place.path += (place.path == "/" ? "" : "/") + path.substr(last + 1);
  } else {
    NHI_TRY(place.path, resolved(path));
  }
  place.through_link = !gone && S_ISLNK(facts.st_mode);
  const std::size_t slash = place.path.rfind('/');
  place.name = place.path.substr(slash + 1);
  if (place.name.empty()) return fail(ErrorCode::kBadUse, "not a regular file", path);
  NHI_TRY(place.folder, open_folder(slash == 0 ? "/" : place.path.substr(0, slash)));
  return place;
}

Result<SeenFile> read_at(const FilePlace& place, const std::string& name) {
  SeenFile seen;
  seen.file = FileHandle(::openat(place.folder.get(), name.c_str(),
                                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!seen.file.is_open()) return fail(os_error(errno, "cannot open", place.path));
  for (int tries = 0; tries < 3; ++tries) {
    if (::fstat(seen.file.get(), &seen.facts) != 0) {
      return fail(os_error(errno, "cannot look at", place.path));
    }
    if (!S_ISREG(seen.facts.st_mode)) {
      return fail(ErrorCode::kBadUse, "not a regular file", place.path);
    }
    if (seen.facts.st_size > static_cast<::off_t>(kArtefactBytesMax)) {
      return fail(ErrorCode::kTooLarge, "file is too large", place.path);
    }
    NHI_TRY(seen.content,
            read_all(seen.file.get(), static_cast<std::size_t>(seen.facts.st_size), place.path));
    struct stat after {};
    if (::fstat(seen.file.get(), &after) == 0 && same_state(seen.facts, after)) return seen;
  }
  return fail(ErrorCode::kBusy, "file is being written to", place.path);
}

std::string refusal_of(const FilePlace& place, const SeenFile& seen) {
  if (seen.facts.st_nlink > 1)
    return "the file has other hard links, which would keep the old value";
  struct statx extra {};
  if (::statx(seen.file.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, &extra) == 0) {
    if ((extra.stx_attributes & STATX_ATTR_IMMUTABLE) != 0) return "the file is immutable";
    if ((extra.stx_attributes & STATX_ATTR_APPEND) != 0) return "the file can only be appended to";
  }
  struct statvfs system {};
  if (::fstatvfs(seen.file.get(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0) {
    return "the file system is read-only";
  }
  struct stat folder {};
  if (::fstat(place.folder.get(), &folder) == 0 && folder.st_dev != seen.facts.st_dev) {
    return "the file is mounted by itself";
  }
  // Of the effective user; the folder is open as a path only, so it is named again below it.
  if (::faccessat(place.folder.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return "no new file can be made in its folder";
  }
  if (::geteuid() != 0 && seen.facts.st_uid != ::geteuid()) {
    return "the file belongs to another user, which could not be kept";
  }
  return {};
}

Result<void> write_content(int file, Bytes content, const std::string& subject) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(os_error(errno, "cannot write beside", subject));
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void flush_folder(const FilePlace& place) {
  // A path descriptor cannot be flushed.
  const FileHandle folder(::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.get());
}

bool change_places(const FilePlace& place, const std::string& name) {
  return ::renameat2(place.folder.get(), name.c_str(), place.folder.get(), place.name.c_str(),
                     RENAME_EXCHANGE) == 0;
}

bool rename_in(const FilePlace& place, const std::string& from, const std::string& to) {
  return ::renameat2(place.folder.get(), from.c_str(), place.folder.get(), to.c_str(), 0) == 0;
}

void unlink_at(const FilePlace& place, const std::string& name) {
  ::unlinkat(place.folder.get(), name.c_str(), 0);
}

std::optional<ino_t> inode_at(const FilePlace& place, const std::string& name) {
  struct stat facts {};
  if (::fstatat(place.folder.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return facts.st_ino;
}

}  // namespace nhi::sinks

#include "scanner/sources/paths.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <memory>

namespace nhi {
namespace {

// A file that another program holds a lease on answers EAGAIN until the holder lets go.
constexpr int kLeaseTriesMax = 50;
constexpr long kLeasePauseNs = 20'000'000;  // 50 tries: one second

int open_once(int folder, const char* name, int flags) {
  int descriptor = ::openat(folder, name, flags | O_NOATIME);
  // Only the owner and CAP_FOWNER may ask for O_NOATIME.
  if (descriptor < 0 && errno == EPERM) descriptor = ::openat(folder, name, flags);
  return descriptor;
}

}  // namespace

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || folder == ".") return std::string(name);
  std::string joined(folder);
  if (name.empty()) return joined;
  if (joined.back() != '/') joined += '/';
  joined += name;
  return joined;
}

std::string lexical_path(std::string_view base, std::string_view path) {
  std::string clean = path.starts_with('/') ? std::string() : std::string(base);
  while (!clean.empty() && clean.back() == '/') clean.pop_back();
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      const std::size_t cut = clean.rfind('/');
      clean.resize(cut == std::string::npos ? 0 : cut);
      continue;
    }
    clean += '/';
    clean += part;
  }
  return clean.empty() ? "/" : clean;
}

bool is_inside(std::string_view folder, std::string_view path) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string folder_above(std::string path, int levels) {
  for (; levels > 0; --levels) path.resize(std::max<std::size_t>(path.rfind('/'), 1));
  return path;
}

std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) return std::nullopt;
  return std::string(real.get());
}

FileHandle open_quietly(int folder, const char* name, int flags) {
  flags |= O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  for (int tries = 0;; ++tries) {
    const int descriptor = open_once(folder, name, flags);
    if (descriptor >= 0) return FileHandle(descriptor);
    if (errno == EINTR) continue;
    if (errno != EAGAIN || tries >= kLeaseTriesMax) return FileHandle();
    const timespec pause{0, kLeasePauseNs};
    ::nanosleep(&pause, nullptr);
    errno = EAGAIN;
  }
}

FileHandle open_deep(const std::string& path, int flags) {
  if (path.size() < PATH_MAX) return open_quietly(AT_FDCWD, path.c_str(), flags);
  FileHandle folder;
  int at = AT_FDCWD;
  std::size_t start = 0;
  while (path.size() - start >= PATH_MAX) {
    const std::size_t cut = path.rfind('/', start + PATH_MAX - 2);
    if (cut == std::string::npos || cut <= start) {
      errno = ENAMETOOLONG;
      return FileHandle();
    }
    const std::string part = path.substr(start, cut - start);
    FileHandle next(::openat(at, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.is_open()) return FileHandle();
    folder = std::move(next);
    at = folder.get();
    start = cut + 1;
  }
  return open_quietly(at, path.c_str() + start, flags);
}

std::optional<std::string> read_foreign_file(int folder, const char* name, std::size_t bytes_max) {
  const FileHandle file = open_quietly(folder, name, O_RDONLY | O_NOFOLLOW);
  if (!file.is_open()) return std::nullopt;
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  std::string text;
  char block[16384];
  while (text.size() <= bytes_max) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(block, static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

std::string_view unread_reason(int error_number) {
  if (error_number == ETIMEDOUT) return "not-answering";
  return error_number == EACCES || error_number == EPERM ? "permission-denied" : "io-error";
}

}  // namespace nhi

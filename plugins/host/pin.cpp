#include "plugins/host/pin.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr std::size_t kReadBytes = std::size_t{128} << 10;
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Result<FileHandle> open_program(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return fail(os_error(errno, "cannot open", path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(os_error(errno, "cannot look at", path));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kBadUse, "no regular file", path);
  if ((status.st_mode & kOthersWrite) != 0 ||
      (status.st_uid != 0 && status.st_uid != ::geteuid())) {
    return fail(ErrorCode::kBadUse, "others can write to this program", path,
                "it must belong to root or to you, and neither group nor others may write");
  }
  return file;
}

Result<Digest> hash_of(const FileHandle& file, const std::string& path) {
  Sha256 hash;
  std::string buffer(kReadBytes, '\0');
  off_t at = 0;
  for (;;) {
    const ssize_t count = ::pread(file.get(), buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(os_error(errno, "cannot read", path));
    if (count == 0) return hash.finish();
    hash.add(Bytes(buffer.data(), static_cast<std::size_t>(count)));
    at += count;
  }
}

}  // namespace

Result<FileHandle> open_pinned(const PinnedFile& file) {
  NHI_TRY(FileHandle open, open_program(file.path));
  NHI_TRY(const Digest found, hash_of(open, file.path));
  if (found != file.sha256) {
    return fail(ErrorCode::kBadUse, "not the program that was registered: its SHA-256 differs",
                file.path,
                "look at what changed it (an update?), then take the lines of "
                "'nhisweep rotators check' over into the registration");
  }
  return open;
}

Result<FileHandle> open_own(const std::string& path) { return open_program(path); }

Result<std::string> own_shim() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return fail(os_error(error.value(), "cannot find", "/proc/self/exe"));
  return (program.parent_path().parent_path() / "libexec/nhisweep/nhisweep-call-shim").string();
}

Result<Digest> hash_of_file(const std::string& path) {
  NHI_TRY(const FileHandle file, open_program(path));
  return hash_of(file, path);
}

Result<bool> is_script(const FileHandle& file) {
  std::array<char, 2> start{};
  const ssize_t count = ::pread(file.get(), start.data(), start.size(), 0);
  if (count < 0) return fail(os_error(errno, "cannot read", "program"));
  return std::string_view(start.data(), static_cast<std::size_t>(count)) == "#!";
}

}  // namespace nhi

#include "scanner/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>  // renameat2

namespace nhi {
namespace {

Result<void> write_all(int descriptor, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(os_error(errno, "cannot write", path));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Best effort: some file systems refuse it.
void flush_folder_of(const std::string& path) {
  const FileHandle folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.get());
}

// /dev/null, /dev/stdout, a pipe: written to as they are. Whoever may do so (root may) would
// otherwise put a file in the place of the device.
bool is_device_or_pipe(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 &&
         (S_ISCHR(facts.st_mode) || S_ISFIFO(facts.st_mode) || S_ISBLK(facts.st_mode));
}

Result<FileHandle> open_as_it_is(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return fail(os_error(errno, "cannot open", path));
  return file;
}

// Writes a temporary file beside `path`, flushes it, and lets `put` give it its name.
Result<void> write_then(const std::string& path, std::string_view text, mode_t mode,
                        Result<void> (*put)(const std::string& temporary,
                                            const std::string& path)) {
  std::string temporary = path + ".XXXXXX";
  FileHandle file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file.is_open()) return fail(os_error(errno, "cannot create a file beside", path));
  const auto give_up = [&](Error error) {
    ::unlink(temporary.c_str());
    return fail(std::move(error));
  };
  if (auto written = write_all(file.get(), text, path); !written) {
    return give_up(std::move(written.error()));
  }
  if (mode != kPrivateMode && ::fchmod(file.get(), mode) != 0) {
    return give_up(os_error(errno, "cannot set the mode of", path));
  }
  if (::fsync(file.get()) != 0) return give_up(os_error(errno, "cannot flush", path));
  file.close();
  if (auto named = put(temporary, path); !named) return give_up(std::move(named.error()));
  flush_folder_of(path);
  return {};
}

Result<void> replace_with(const std::string& temporary, const std::string& path) {
  if (::rename(temporary.c_str(), path.c_str()) == 0) return {};
  return fail(os_error(errno, "cannot replace", path));
}

// A hard link first: it fails where the name is taken, on every kernel and file system that has
// links at all. FAT has none, but is renamed to what is free.
Result<void> name_as_new(const std::string& temporary, const std::string& path) {
  if (::link(temporary.c_str(), path.c_str()) == 0) {
    ::unlink(temporary.c_str());
    return {};
  }
  if (errno != EEXIST &&
      ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) {
    return {};
  }
  if (errno == EEXIST) {
    return fail(ErrorCode::kBadUse, "this file is there already and is not replaced", path,
                "move it away, or name another file");
  }
  return fail(os_error(errno, "cannot create", path));
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}
FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}
FileHandle::~FileHandle() { close(); }
void FileHandle::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return fail(os_error(errno, "cannot open", path));
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return fail(os_error(errno, "cannot read", path));
  if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::kIo, "not a regular file", path);
  std::string text;
  char block[16384];
  while (true) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(os_error(errno, "cannot read", path));
    if (got == 0) return text;
    text.append(block, static_cast<std::size_t>(got));
    if (text.size() > bytes_max) {
      return fail(ErrorCode::kTooLarge, "larger than " + std::to_string(bytes_max) + " bytes",
                  path);
    }
  }
}

Result<void> write_file_atomically(const std::string& path, std::string_view text, mode_t mode) {
  if (is_device_or_pipe(path)) {
    NHI_TRY(const FileHandle file, open_as_it_is(path));
    return write_all(file.get(), text, path);
  }
  return write_then(path, text, mode, replace_with);
}

namespace {
constexpr std::size_t kWriteBuffer = std::size_t{256} * 1024;
}

ReplacementFile::ReplacementFile(std::string path, std::string temporary, FileHandle file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(std::move(file)) {}
ReplacementFile::ReplacementFile(ReplacementFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      buffer_(std::move(other.buffer_)) {}
ReplacementFile::~ReplacementFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<ReplacementFile> ReplacementFile::create(const std::string& path) {
  if (is_device_or_pipe(path)) {
    NHI_TRY(FileHandle file, open_as_it_is(path));
    return ReplacementFile(path, {}, std::move(file));
  }
  std::string temporary = path + ".XXXXXX";
  FileHandle file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file.is_open()) return fail(os_error(errno, "cannot create a file beside", path));
  return ReplacementFile(path, std::move(temporary), std::move(file));
}

Result<void> ReplacementFile::append(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kWriteBuffer) return flush();
  return {};
}

Result<void> ReplacementFile::flush() {
  NHI_CHECK_OK(write_all(file_.get(), buffer_, path_));
  buffer_.clear();
  return {};
}

Result<void> ReplacementFile::commit() {
  NHI_CHECK_OK(flush());
  if (temporary_.empty()) {  // a device or pipe: nothing to flush and to name
    file_.close();
    return {};
  }
  if (::fsync(file_.get()) != 0) return fail(os_error(errno, "cannot flush", path_));
  file_.close();
  NHI_CHECK_OK(replace_with(temporary_, path_));
  temporary_.clear();
  flush_folder_of(path_);
  return {};
}

Result<void> write_new_file(const std::string& path, std::string_view text) {
  return write_then(path, text, kPrivateMode, name_as_new);
}

}  // namespace nhi

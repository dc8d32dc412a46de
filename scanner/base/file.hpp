// file.hpp - our own files: reading whole small ones, replacing one without a torn state.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/base/result.hpp"

namespace nhi {

// Owns one file descriptor.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  void close();
  /// The descriptor, which is the caller's to close.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

/// The whole of a regular file of ours (rules, configuration, key).
/// Errors: kNotFound, kPermission, kIo; kTooLarge above `bytes_max`.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

inline constexpr mode_t kPrivateMode = 0600;

/// Writes `text` to a new file beside `path`, of this mode whatever the umask, flushes it to disk,
/// then renames it over `path`. After an error the old file, if any, is as it was and no temporary
/// file is left. A device or a pipe is written to as it is.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, std::string_view text,
                                                 mode_t mode = kPrivateMode);

// The same for what does not fit into memory: written piece by piece, in place with commit(). What
// is not committed leaves nothing behind.
class ReplacementFile {
 public:
  /// Errors: kIo, kPermission, kNotFound of the folder.
  [[nodiscard]] static Result<ReplacementFile> create(const std::string& path);
  ReplacementFile(ReplacementFile&& other) noexcept;
  ReplacementFile& operator=(ReplacementFile&&) = delete;
  ~ReplacementFile();
  [[nodiscard]] Result<void> append(std::string_view text);
  [[nodiscard]] Result<void> commit();

 private:
  ReplacementFile(std::string path, std::string temporary, FileHandle file);
  Result<void> flush();

  std::string path_;
  std::string temporary_;  // empty once it has its name
  FileHandle file_;
  std::string buffer_;
};

/// The same for a file that must not be there yet; never replaces one, whoever made it meanwhile.
/// Errors: kBadUse if `path` is there; kIo, kPermission.
[[nodiscard]] Result<void> write_new_file(const std::string& path, std::string_view text);

}  // namespace nhi

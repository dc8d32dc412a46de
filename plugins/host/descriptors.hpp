// descriptors.hpp - which numbers a started rotator finds taken, and how ours keep out of the way.
#pragma once

#include <fcntl.h>

#include <cerrno>

#include "scanner/base/file.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

inline constexpr int kControlDescriptor = 3;
inline constexpr int kSecretsDescriptor = 4;
inline constexpr int kScriptDescriptor = 5;
inline constexpr int kInterpreterDescriptor = 6;  // for the shim only
inline constexpr int kFirstNotGiven = 7;
// Placing one must not close another: what is still needed after the fork lies from here on.
inline constexpr int kFirstOurs = 16;

/// The same open file under a number that is not one of those to be placed. Errors: kIo.
[[nodiscard]] inline Result<FileHandle> moved_up(FileHandle file) {
  if (file.get() >= kFirstOurs) return file;
  FileHandle moved(::fcntl(file.get(), F_DUPFD_CLOEXEC, kFirstOurs));
  if (!moved.is_open()) return fail(os_error(errno, "cannot move a descriptor", {}));
  return moved;
}

}  // namespace nhi

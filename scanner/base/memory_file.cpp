#include "scanner/base/memory_file.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace nhi {

Result<FileHandle> memory_file(std::string_view bytes) {
  // By number: the portable program runs on systems whose library has no name for it.
  FileHandle file(static_cast<int>(::syscall(SYS_memfd_create, "nhisweep", MFD_CLOEXEC)));
  if (!file.is_open()) return fail(os_error(errno, "cannot make a file in memory", {}));
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(os_error(errno, "cannot write a file in memory", {}));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace nhi

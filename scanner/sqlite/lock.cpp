#include "scanner/sqlite/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <thread>

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kLockPoll{5};

constexpr std::uint32_t kNetworkTypes[] = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB2
    0x564C,      // NCP
    0x73757245,  // Coda
    0x5346414F,  // AFS (OpenAFS)
    0x6B414653,  // AFS (kernel)
    0x01021997,  // 9P, also the host's folders in a virtual machine
    0x00C36400,  // Ceph
    0x0BD00BD0,  // Lustre
    0x7461636F,  // OCFS2, shared by a cluster
    0x01161970,  // GFS2, shared by a cluster
    0x786F4256,  // vboxsf
    0x65735546,  // FUSE
};

std::string holder_of(int descriptor) {
  char text[24] = {};
  const ssize_t got = ::pread(descriptor, text, sizeof text - 1, 0);
  std::string pid;
  for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i) pid += text[i];
  return pid;
}

// Best effort: the lock holds without a name, and a full disk must not keep a writer out.
void sign_lock(int descriptor) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0) return;
  if (::pwrite(descriptor, pid.data(), pid.size(), 0) < 0) return;
}

}  // namespace

void close_to_others(int descriptor) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || (facts.st_mode & 07U) == 0) return;
  if (::fchmod(descriptor, facts.st_mode & 07770U) != 0) return;
}

void give_to_folders_owner(int descriptor, const std::string& path) {
  if (::geteuid() != 0) return;
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  struct stat there {};
  struct stat facts {};
  if (::stat(folder.c_str(), &there) != 0 || ::fstat(descriptor, &facts) != 0) return;
  // Only what is new: a name that leads elsewhere is left alone.
  if (there.st_uid == 0 || facts.st_uid != 0 || facts.st_nlink != 1 || facts.st_size != 0) return;
  if (::fchown(descriptor, there.st_uid, there.st_gid) != 0) return;
}

std::string lock_path(const std::string& path) { return path + ".lock"; }

bool is_network_file_system(long f_type) {
  const auto type = static_cast<std::uint32_t>(f_type);
  return std::find(std::begin(kNetworkTypes), std::end(kNetworkTypes), type) !=
         std::end(kNetworkTypes);
}

Result<FileHandle> take_writer_lock(const std::string& path, std::string_view noun,
                                    std::chrono::milliseconds wait) {
  const std::string name = lock_path(path);
  const std::string what = "the " + std::string(noun);
  FileHandle file(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return fail(os_error(errno, "cannot open the lock of " + what, name));
  close_to_others(file.get());
  give_to_folders_owner(file.get(), name);
  struct statfs facts {};
  if (::fstatfs(file.get(), &facts) != 0) {
    return fail(os_error(errno, "cannot tell the file system of " + what, name));
  }
  if (is_network_file_system(static_cast<long>(facts.f_type))) {
    return fail(ErrorCode::kStore, what + " lies on a network file system", path,
                "put it on a local disk");
  }
  const auto end = std::chrono::steady_clock::now() + wait;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail(os_error(errno, "cannot lock " + what, name));
    if (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(kLockPoll);
      continue;
    }
    const std::string pid = holder_of(file.get());
    return fail(ErrorCode::kBusy,
                what + " is being written by " +
                    (pid.empty() ? std::string("another process") : "process " + pid),
                path, "wait until it ends");
  }
  sign_lock(file.get());
  return file;
}

}  // namespace nhi

// mounts.hpp - which folders are mount points, and of what kind, without touching them.
//
// A network mount whose server is gone blocks every call on it for ever, stat(2) included. So the
// kernel's own list is asked first, and only a folder that it does not name is looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace nhi {

enum class FileSystemKind : std::uint8_t {
  kLocal,    // disks, memory, overlays; 9p and virtiofs too: they are the disks of containers
  kNetwork,  // network file systems, FUSE, automounts that nothing is mounted on
  kPseudo,   // the kernel's own: proc, sysfs, cgroup, …
};

/// By the name that mountinfo gives. Source: proc(5), filesystems(5).
[[nodiscard]] FileSystemKind kind_of_type(std::string_view type);
/// By f_type of statfs(2), for a boundary that mountinfo does not name.
[[nodiscard]] FileSystemKind kind_of_magic(std::uint64_t f_type);

class MountTable {
 public:
  struct Mount {
    std::string path;
    std::uint64_t device = 0;  // st_dev of what is on it
    FileSystemKind kind{};
    std::string type;    // "nfs4"
    std::string source;  // "nas01:/vol1", "/dev/sda1"; a word of the kernel's for pseudo ones
  };
  /// `text` is /proc/self/mountinfo. A later mount on the same place hides an earlier one.
  [[nodiscard]] static MountTable parse(Bytes text);
  /// Of this process; empty where /proc is not there.
  [[nodiscard]] static MountTable load();

  /// The kind of what is mounted exactly on `path` (absolute, clean); none if nothing is.
  [[nodiscard]] std::optional<FileSystemKind> mounted_on(std::string_view path) const;
  /// The mount exactly on `path`; null if there is none.
  [[nodiscard]] const Mount* find(std::string_view path) const;
  /// The kind of the file system that `path` lies on; local if unknown.
  [[nodiscard]] FileSystemKind kind_at(std::string_view path) const;
  /// The mount that `path` lies on; null if unknown.
  [[nodiscard]] const Mount* mount_of(std::string_view path) const;
  [[nodiscard]] const std::vector<Mount>& mounts() const { return mounts_; }
  /// Forgets every mount that is not strictly below `folder`.
  void keep_below(std::string_view folder);
  [[nodiscard]] bool empty() const { return mounts_.empty(); }

 private:
  std::vector<Mount> mounts_;  // sorted by path, each once
};

}  // namespace nhi

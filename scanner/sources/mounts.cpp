#include "scanner/sources/mounts.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 24> kPseudoTypes = {
    "proc",     "sysfs",      "cgroup",    "cgroup2",   "devpts",      "tracefs",
    "debugfs",  "securityfs", "selinuxfs", "smackfs",   "pstore",      "bpf",
    "configfs", "efivarfs",   "mqueue",    "hugetlbfs", "binfmt_misc", "fusectl",
    "nsfs",     "rpc_pipefs", "nfsd",      "usbfs",     "xenfs",       "resctrl"};

constexpr std::array<std::string_view, 22> kNetworkTypes = {
    "nfs",    "nfs4",     "cifs",   "smb3", "smbfs",   "afs",    "ncpfs", "ncp",
    "coda",   "ceph",     "autofs", "fuse", "fuseblk", "lustre", "gpfs",  "panfs",
    "beegfs", "orangefs", "pvfs2",  "gfs",  "davfs",   "acfs"};

// Magic numbers of linux/magic.h and statfs(2), spelled out: several are in no header.
constexpr std::array<std::uint64_t, 12> kNetworkMagics = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB2
    0x5346414F,  // AFS (OpenAFS)
    0x6B414653,  // AFS (kernel)
    0x73757245,  // Coda
    0x564C,      // NCP
    0x00C36400,  // Ceph
    0x65735546,  // FUSE
    0x0187,      // autofs
    0x0BD00BD0,  // Lustre
};
constexpr std::array<std::uint64_t, 20> kPseudoMagics = {
    0x9FA0,      // proc
    0x62656572,  // sysfs
    0x27E0EB,    // cgroup
    0x63677270,  // cgroup2
    0x1CD1,      // devpts
    0x74726163,  // tracefs
    0x64626720,  // debugfs
    0x73636673,  // securityfs
    0xF97CFF8C,  // selinuxfs
    0x43415D53,  // smackfs
    0x6165676C,  // pstore
    0xCAFE4A11,  // bpf
    0x62656570,  // configfs
    0xDE5E81E4,  // efivarfs
    0x19800202,  // mqueue
    0x958458F6,  // hugetlbfs
    0x42494E4D,  // binfmt_misc
    0x6E736673,  // nsfs
    0x67596969,  // rpc_pipefs
    0x6E667364,  // nfsd
};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescape(std::string_view field) {
  std::string plain;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return at < field.size() && field[at] >= '0' && field[at] <= '7' ? field[at] - '0' : -1;
    };
    if (field[i] == '\\' && digit(i + 1) >= 0 && digit(i + 2) >= 0 && digit(i + 3) >= 0) {
      plain += static_cast<char>(digit(i + 1) * 64 + digit(i + 2) * 8 + digit(i + 3));
      i += 3;
    } else {
      plain += field[i];
    }
  }
  return plain;
}

std::string_view take_field(std::string_view& line) {
  const std::size_t space = line.find(' ');
  const std::string_view field = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return field;
}

// "0:53" as st_dev has it; 0 if it is no such thing.
std::uint64_t device_of(std::string_view field) {
  unsigned major = 0;
  unsigned minor = 0;
  const char* const end = field.data() + field.size();
  const auto first = std::from_chars(field.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return 0;
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return 0;
  return makedev(major, minor);
}

}  // namespace

FileSystemKind kind_of_type(std::string_view type) {
  if (contains(kPseudoTypes, type)) return FileSystemKind::kPseudo;
  if (contains(kNetworkTypes, type) || type.starts_with("fuse.") || type.starts_with("fuseblk.")) {
    return FileSystemKind::kNetwork;
  }
  return FileSystemKind::kLocal;
}

FileSystemKind kind_of_magic(std::uint64_t f_type) {
  if (contains(kPseudoMagics, f_type)) return FileSystemKind::kPseudo;
  if (contains(kNetworkMagics, f_type)) return FileSystemKind::kNetwork;
  return FileSystemKind::kLocal;
}

MountTable MountTable::parse(Bytes text) {
  MountTable table;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    take_field(line);  // its own id and its parent's
    take_field(line);
    const std::uint64_t device = device_of(take_field(line));
    take_field(line);  // which part of the file system
    const std::string_view point = take_field(line);
    const std::size_t dash = line.find(" - ");
    if (point.empty() || dash == std::string_view::npos) continue;
    line.remove_prefix(dash + 3);
    const std::string_view type = take_field(line);
    table.mounts_.push_back({unescape(point), device, kind_of_type(type), std::string(type),
                             unescape(take_field(line))});
  }
  // The last mount of a place is the visible one: stable, then keep the last of equals.
  auto& mounts = table.mounts_;
  std::stable_sort(mounts.begin(), mounts.end(),
                   [](const Mount& a, const Mount& b) { return a.path < b.path; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    if (i + 1 < mounts.size() && mounts[i + 1].path == mounts[i].path) continue;
    if (kept != i) mounts[kept] = std::move(mounts[i]);
    ++kept;
  }
  mounts.resize(kept);
  return table;
}

MountTable MountTable::load() {
  constexpr std::size_t kMountInfoBytesMax = std::size_t{64} << 20U;
  const auto text = read_foreign_file(AT_FDCWD, "/proc/self/mountinfo", kMountInfoBytesMax);
  return text ? parse(*text) : MountTable();
}

const MountTable::Mount* MountTable::find(std::string_view path) const {
  const auto at =
      std::lower_bound(mounts_.begin(), mounts_.end(), path,
                       [](const Mount& mount, auto wanted) { return mount.path < wanted; });
  return at == mounts_.end() || at->path != path ? nullptr : &*at;
}

std::optional<FileSystemKind> MountTable::mounted_on(std::string_view path) const {
  const Mount* const mount = find(path);
  return mount == nullptr ? std::nullopt : std::optional(mount->kind);
}

const MountTable::Mount* MountTable::mount_of(std::string_view path) const {
  while (true) {
    if (const Mount* const mount = find(path.empty() ? "/" : path)) return mount;
    if (path == "/" || !path.starts_with('/')) return nullptr;
    path = path.substr(0, path.rfind('/'));
  }
}

FileSystemKind MountTable::kind_at(std::string_view path) const {
  const Mount* const mount = mount_of(path);
  return mount == nullptr ? FileSystemKind::kLocal : mount->kind;
}

void MountTable::keep_below(std::string_view folder) {
  std::erase_if(mounts_, [&](const Mount& mount) {
    return mount.path == folder || !is_inside(folder, mount.path);
  });
}

}  // namespace nhi

// file_attributes.hpp - what a file has besides its content: read, given to another, compared.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "scanner/base/result.hpp"

namespace nhi::sinks {

/// Attributes of one file together; over it: kTooLarge. ext4 keeps at most a block of them.
inline constexpr std::size_t kAttributeBytesMax = std::size_t{1} << 20;

// ACLs and labels are extended attributes too (system.posix_acl_access, security.selinux). Flags of
// chattr(1) other than the refused ones are not among them.
struct FileAttributes {
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;                              // with set-user-id and the like
  std::map<std::string, std::string> extended;  // those that this process may see
  friend bool operator==(const FileAttributes&, const FileAttributes&) = default;
};

/// Errors: kIo, kPermission; kTooLarge.
[[nodiscard]] Result<FileAttributes> attributes_of(int descriptor, const std::string& subject);

/// Gives all of `wanted` to a new file and takes what it inherited from its folder; proves it.
/// Errors: kPermission if this process may not; kBadUse for a signature of the content
/// (security.ima, security.evm), which would not fit; kIo.
[[nodiscard]] Result<void> give_attributes(int descriptor, const FileAttributes& wanted,
                                           const std::string& subject);

}  // namespace nhi::sinks

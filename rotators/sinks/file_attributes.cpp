#include "rotators/sinks/file_attributes.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace nhi::sinks {
namespace {

bool unsupported(int error_number) { return error_number == ENOTSUP || error_number == ENOSYS; }

// The names, each ended by a zero byte; empty where the file system knows no such thing.
Result<std::string> names_of(int descriptor, const std::string& subject) {
  for (int tries = 0; tries < 8; ++tries) {
    const ssize_t size = ::flistxattr(descriptor, nullptr, 0);
    if (size < 0 && unsupported(errno)) return std::string();
    if (size < 0) return fail(os_error(errno, "cannot list the attributes of", subject));
    if (static_cast<std::size_t>(size) > kAttributeBytesMax) break;
    std::string names(static_cast<std::size_t>(size), '\0');
    const ssize_t got = ::flistxattr(descriptor, names.data(), names.size());
    if (got < 0 && errno == ERANGE) continue;  // more of them meanwhile
    if (got < 0) return fail(os_error(errno, "cannot list the attributes of", subject));
    names.resize(static_cast<std::size_t>(got));
    return names;
  }
  return fail(ErrorCode::kTooLarge, "too many attributes", subject);
}

Result<std::string> value_of(int descriptor, const char* name, const std::string& subject) {
  for (int tries = 0; tries < 8; ++tries) {
    const ssize_t size = ::fgetxattr(descriptor, name, nullptr, 0);
    if (size < 0) return fail(os_error(errno, "cannot read an attribute of", subject));
    if (static_cast<std::size_t>(size) > kAttributeBytesMax) break;
    std::string value(static_cast<std::size_t>(size), '\0');
    const ssize_t got = ::fgetxattr(descriptor, name, value.data(), value.size());
    if (got < 0 && errno == ERANGE) continue;
    if (got < 0) return fail(os_error(errno, "cannot read an attribute of", subject));
    value.resize(static_cast<std::size_t>(got));
    return value;
  }
  return fail(ErrorCode::kTooLarge, "an attribute is too large", subject);
}

Result<void> give_extended(int descriptor, const FileAttributes& now, const FileAttributes& wanted,
                           const std::string& subject) {
  for (const auto& [name, value] : now.extended) {
    if (wanted.extended.contains(name)) continue;
    if (::fremovexattr(descriptor, name.c_str()) != 0) {
      return fail(os_error(errno, "cannot take '" + name + "' from a new file beside", subject));
    }
  }
  for (const auto& [name, value] : wanted.extended) {
    const auto has = now.extended.find(name);
    if (has != now.extended.end() && has->second == value) continue;
    if (::fsetxattr(descriptor, name.c_str(), value.data(), value.size(), 0) != 0) {
      return fail(os_error(errno, "cannot give '" + name + "' to a new file beside", subject));
    }
  }
  return {};
}

}  // namespace

Result<FileAttributes> attributes_of(int descriptor, const std::string& subject) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return fail(os_error(errno, "cannot look at", subject));
  FileAttributes attributes;
  attributes.owner = facts.st_uid;
  attributes.group = facts.st_gid;
  attributes.mode = facts.st_mode & 07777U;
  NHI_TRY(const std::string names, names_of(descriptor, subject));
  std::size_t total = 0;
  for (std::size_t at = 0; at < names.size();) {
    const char* name = names.c_str() + at;
    at += std::string_view(name).size() + 1;
    NHI_TRY(std::string value, value_of(descriptor, name, subject));
    total += value.size();
    if (total > kAttributeBytesMax) {
      return fail(ErrorCode::kTooLarge, "too many attributes", subject);
    }
    attributes.extended.emplace(name, std::move(value));
  }
  return attributes;
}

Result<void> give_attributes(int descriptor, const FileAttributes& wanted,
                             const std::string& subject) {
  for (const char* signature : {"security.ima", "security.evm"}) {
    if (wanted.extended.contains(signature)) {
      return fail(ErrorCode::kBadUse, "the content of this file is signed by the system", subject);
    }
  }
  NHI_TRY(FileAttributes now, attributes_of(descriptor, subject));
  const bool moves = now.owner != wanted.owner || now.group != wanted.group;
  if (moves && ::fchown(descriptor, wanted.owner, wanted.group) != 0) {
    return fail(os_error(errno, "cannot keep the owner of", subject));
  }
  // After the owner, whose change takes set-user-id away; before the ACL, whose mask it would move.
  if (::fchmod(descriptor, wanted.mode) != 0) {
    return fail(os_error(errno, "cannot keep the mode of", subject));
  }
  NHI_TRY(now, attributes_of(descriptor, subject));
  NHI_CHECK_OK(give_extended(descriptor, now, wanted, subject));
  NHI_TRY(now, attributes_of(descriptor, subject));
  if (now == wanted) return {};
  return fail(ErrorCode::kIo, "owner, mode and attributes cannot be kept", subject);
}

}  // namespace nhi::sinks

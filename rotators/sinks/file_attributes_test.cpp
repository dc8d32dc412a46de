#include "rotators/sinks/file_attributes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "rotators/sinks/test_support.hpp"
#include "scanner/base/file.hpp"

namespace nhi::sinks {
namespace {

using test::Folder;

// POSIX ACL as the kernel stores it, version 2: user:rw, user 1000:r, group:r, mask:r, other:-.
const std::string kAcl(
    "\x02\0\0\0"
    "\x01\0\x06\0\xFF\xFF\xFF\xFF"
    "\x02\0\x04\0\xE8\x03\0\0"
    "\x04\0\x04\0\xFF\xFF\xFF\xFF"
    "\x10\0\x04\0\xFF\xFF\xFF\xFF"
    "\x20\0\0\0\xFF\xFF\xFF\xFF",
    44);

FileHandle create(const std::string& path) {
  return FileHandle(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

TEST(FileAttributes, AreGivenWhole) {
  const Folder folder;
  const FileHandle old = create(folder.path("old"));
  ASSERT_EQ(::fchmod(old.get(), 0640), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::fchown(old.get(), 1234, 4321), 0);
  }
  if (::fsetxattr(old.get(), "user.note", "kept", 4, 0) != 0 ||
      ::fsetxattr(old.get(), "system.posix_acl_access", kAcl.data(), kAcl.size(), 0) != 0) {
    GTEST_SKIP() << "this file system keeps no extended attributes";
  }
  const auto wanted = attributes_of(old.get(), "old");
  ASSERT_TRUE(wanted.has_value());
  EXPECT_EQ(wanted->extended.size(), 2U);
  const FileHandle made = create(folder.path("new"));
  ASSERT_TRUE(give_attributes(made.get(), *wanted, "new").has_value());
  EXPECT_EQ(*attributes_of(made.get(), "new"), *wanted);
}

TEST(FileAttributes, WhatTheFolderGaveIsTaken) {
  const Folder folder;
  const FileHandle plain = create(folder.path("plain"));
  const auto wanted = attributes_of(plain.get(), "plain");
  ASSERT_TRUE(wanted.has_value());
  if (::setxattr(folder.path("").c_str(), "system.posix_acl_default", kAcl.data(), kAcl.size(),
                 0) != 0) {
    GTEST_SKIP() << "this file system keeps no access lists";
  }
  const FileHandle made = create(folder.path("made"));
  ASSERT_NE(*attributes_of(made.get(), "made"), *wanted);
  ASSERT_TRUE(give_attributes(made.get(), *wanted, "made").has_value());
  EXPECT_EQ(*attributes_of(made.get(), "made"), *wanted);
}

TEST(FileAttributes, SignedContentIsRefused) {
  const Folder folder;
  const FileHandle made = create(folder.path("made"));
  FileAttributes wanted = *attributes_of(made.get(), "made");
  wanted.extended["security.ima"] = "x";
  EXPECT_EQ(give_attributes(made.get(), wanted, "made").error().code, ErrorCode::kBadUse);
}

}  // namespace
}  // namespace nhi::sinks

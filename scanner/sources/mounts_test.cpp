#include "scanner/sources/mounts.hpp"

#include <sys/sysmacros.h>

#include "gtest/gtest.h"

namespace nhi {
namespace {

constexpr std::string_view kMountInfo =
    "22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw\n"
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
    "30 27 0:30 / /mnt/two\\040words rw - nfs4 server:/x rw\n"
    "31 27 0:31 / /boot rw - autofs systemd-1 rw\n"
    "32 31 8:1 / /boot rw - vfat /dev/sda1 rw\n"
    "33 27 0:33 / /net rw - autofs /etc/auto.net rw\n"
    "34 27 0:34 / /host rw - virtiofs tag rw\n"
    "35 27 0:35 / /home/a/cloud rw - fuse.rclone remote: rw\n"
    "broken line\n";

TEST(MountTable, KnowsTheKindOfEachMountPoint) {
  const MountTable table = MountTable::parse(kMountInfo);
  EXPECT_EQ(table.mounted_on("/proc"), FileSystemKind::kPseudo);
  EXPECT_EQ(table.mounted_on("/mnt/two words"), FileSystemKind::kNetwork);
  EXPECT_EQ(table.mounted_on("/net"), FileSystemKind::kNetwork);
  EXPECT_EQ(table.mounted_on("/host"), FileSystemKind::kLocal);
  EXPECT_EQ(table.mounted_on("/home/a/cloud"), FileSystemKind::kNetwork);
  EXPECT_EQ(table.mounted_on("/home"), std::nullopt);
}

TEST(MountTable, TakesTheTopmostOfStackedMounts) {
  EXPECT_EQ(MountTable::parse(kMountInfo).mounted_on("/boot"), FileSystemKind::kLocal);
}

TEST(MountTable, FindsTheMountThatAPathLiesOn) {
  const MountTable table = MountTable::parse(kMountInfo);
  EXPECT_EQ(table.kind_at("/mnt/two words/a/b"), FileSystemKind::kNetwork);
  EXPECT_EQ(table.kind_at("/mnt/two"), FileSystemKind::kLocal);
  EXPECT_EQ(table.kind_at("/"), FileSystemKind::kLocal);
  const MountTable::Mount* const mount = table.mount_of("/mnt/two words/a/b");
  ASSERT_NE(mount, nullptr);
  EXPECT_EQ(mount->path, "/mnt/two words");
  EXPECT_EQ(mount->type, "nfs4");
  EXPECT_EQ(mount->device, makedev(0, 30));
  EXPECT_EQ(mount->source, "server:/x");
  EXPECT_EQ(MountTable().mount_of("/"), nullptr);
  EXPECT_EQ(table.mount_of("relative/x"), nullptr) << "of what is not an absolute path";
}

TEST(MountTable, KeepsOnlyWhatLiesBelowAFolder) {
  MountTable table = MountTable::parse(kMountInfo);
  table.keep_below("/mnt");
  EXPECT_EQ(table.mounted_on("/mnt/two words"), FileSystemKind::kNetwork);
  EXPECT_EQ(table.mounted_on("/proc"), std::nullopt);
  table.keep_below("/mnt/two words");
  EXPECT_TRUE(table.empty());
}

TEST(KindOfMagic, AgreesWithTheNames) {
  EXPECT_EQ(kind_of_magic(0x6969), FileSystemKind::kNetwork);    // NFS_SUPER_MAGIC
  EXPECT_EQ(kind_of_magic(0x9FA0), FileSystemKind::kPseudo);     // PROC_SUPER_MAGIC
  EXPECT_EQ(kind_of_magic(0xEF53), FileSystemKind::kLocal);      // EXT4_SUPER_MAGIC
  EXPECT_EQ(kind_of_magic(0x794C7630), FileSystemKind::kLocal);  // OVERLAYFS_SUPER_MAGIC
  EXPECT_EQ(kind_of_magic(0x01021997), FileSystemKind::kLocal);  // V9FS_MAGIC
}

}  // namespace
}  // namespace nhi

#include "rotators/sinks/file_place.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rotators/sinks/test_support.hpp"

namespace nhi::sinks {
namespace {

using test::Folder;
using test::read_text;
using test::write_text;

TEST(FilePlace, LinksAreResolvedOnce) {
  const Folder folder;
  write_text(folder.path("real"), "x");
  std::filesystem::create_symlink("real", folder.path("link"));
  const auto place = file_place_of(folder.path("link"));
  ASSERT_TRUE(place.has_value());
  EXPECT_TRUE(place->through_link);
  EXPECT_EQ(place->path, folder.path("real"));
  EXPECT_EQ(file_place_of(folder.path("none"))->path, folder.path("none"));
  EXPECT_EQ(file_place_of(folder.path("none/x")).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(file_place_of("/").has_value());
  // A name that became a link meanwhile is not followed.
  EXPECT_FALSE(read_at(*place, "link").has_value());
}

TEST(FilePlace, OnlyRegularFilesOfOneNameAreReplaced) {
  const Folder folder;
  write_text(folder.path("a"), "x");
  const auto place = file_place_of(folder.path("a"));
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(refusal_of(*place, *read_at(*place, "a")), "");
  ASSERT_EQ(::link(folder.path("a").c_str(), folder.path("b").c_str()), 0);
  EXPECT_NE(refusal_of(*place, *read_at(*place, "a")), "");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_at(*place, "pipe").error().code, ErrorCode::kBadUse);
}

TEST(FilePlace, AnImmutableFileIsRefused) {
  const Folder folder;
  write_text(folder.path("a"), "x");
  const auto place = file_place_of(folder.path("a"));
  ASSERT_TRUE(place.has_value());
  const auto seen = read_at(*place, "a");
  ASSERT_TRUE(seen.has_value());
  int flags = FS_IMMUTABLE_FL;
  if (::ioctl(seen->file.get(), FS_IOC_SETFLAGS, &flags) != 0) {
    GTEST_SKIP() << "only root can make files immutable, on some file systems";
  }
  EXPECT_NE(refusal_of(*place, *seen).find("immutable"), std::string::npos);
  flags = 0;
  EXPECT_EQ(::ioctl(seen->file.get(), FS_IOC_SETFLAGS, &flags), 0);
}

TEST(FilePlace, TwoFilesChangePlaces) {
  const Folder folder;
  write_text(folder.path("a"), "a");
  write_text(folder.path("b"), "b");
  const auto place = file_place_of(folder.path("a"));
  ASSERT_TRUE(place.has_value());
  const auto inode = inode_at(*place, "b");
  if (!change_places(*place, "b")) GTEST_SKIP() << "this file system cannot exchange files";
  EXPECT_EQ(read_text(folder.path("a")), "b");
  EXPECT_EQ(inode_at(*place, "a"), inode);
  ASSERT_TRUE(rename_in(*place, "b", "c"));
  unlink_at(*place, "c");
  EXPECT_FALSE(inode_at(*place, "c").has_value());
  flush_folder(*place);
}

}  // namespace
}  // namespace nhi::sinks

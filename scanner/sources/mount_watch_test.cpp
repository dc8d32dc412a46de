#include "scanner/sources/mount_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "gtest/gtest.h"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

TEST(MountWatch, LeavesLocalFileSystemsUnwatched) {
  MountWatch watch;
  EXPECT_EQ(watch.at("/"), nullptr);
  EXPECT_EQ(watch.of_device(1), nullptr);
  EXPECT_EQ(watch.for_git("/"), nullptr);
}

TEST(MountWatch, HasOneSetOfCallsADevice) {
  MountWatch watch;
  const CallsPtr calls = watch.add(7);
  ASSERT_NE(calls, nullptr);
  EXPECT_EQ(watch.add(7), calls);
  EXPECT_EQ(watch.of_device(7), calls);
  EXPECT_NE(watch.add(8), calls);
  EXPECT_EQ(watch.of_device(9), nullptr);
}

TEST(MountWatch, WatchesAllOfGitOnceThatIsAskedFor) {
  MountWatch watch;
  watch.watch_git();
  const CallsPtr calls = watch.for_git("/");
  ASSERT_NE(calls, nullptr);
  EXPECT_EQ(watch.for_git("/srv/git"), calls);
}

TEST(MountWatch, TakesARelativePathBelowTheWorkingFolder) {
  MountWatch watch;
  EXPECT_EQ(watch.at("share/x"), watch.at((fs::current_path() / "share/x").string()));
  EXPECT_EQ(watch.at(".."), watch.at(fs::current_path().parent_path().string()));
  watch.watch_git();
  EXPECT_NE(watch.for_git("share/.git"), nullptr);
}

TEST(MountWatch, FindsTheRealPathThatTheLibraryFinds) {
  const Sandbox box;
  const fs::path top = box.path();
  fs::create_directories(top / "a/b/c");
  fs::create_directory_symlink("b/c", top / "a/short");
  fs::create_directory_symlink(top / "a", top / "all");
  fs::create_directory_symlink("../all/short", top / "a/twice");
  fs::create_symlink("round", top / "round");
  fs::create_symlink("nowhere", top / "broken");
  MountWatch watch;
  for (const char* path : {"", "a", "a/b/../short", "all/twice/../..", "a/twice/.", "all//b/",
                           "round", "broken", "missing/x", "a/short/../../../.."}) {
    const std::string full = (top / path).string();
    const auto expected = real_path(full);
    const int expected_error = errno;
    const auto found = watch.real_path(full);
    EXPECT_EQ(found, expected) << path;
    if (!expected) {
      EXPECT_EQ(errno, expected_error) << path;
    }
  }
}

TEST(MountWatch, SaysThatNothingLocalLeadsToAWatchedMount) {
  const Sandbox box;
  box.link("/etc", "link");
  MountWatch watch;
  EXPECT_FALSE(watch.leads_to_watched(box.path("link")));
  EXPECT_FALSE(watch.leads_to_watched(box.path("missing/x")));
}

class WatchedCallsOfFiles : public ::testing::TestWithParam<bool> {
 protected:
  CallsPtr calls_ = GetParam() ? std::make_shared<WatchedCalls>(std::chrono::seconds(30)) : nullptr;
};

TEST_P(WatchedCallsOfFiles, GiveWhatTheSystemGivesAndItsErrors) {
  const Sandbox box;
  const fs::path top = box.path();
  fs::create_directories(top / "d/e");
  fs::create_symlink("target", top / "link");
  const WatchedHandle folder(open_watched(calls_, AT_FDCWD, top.c_str(), O_RDONLY | O_DIRECTORY),
                             calls_);
  ASSERT_TRUE(folder.is_open());
  struct stat facts {};
  ASSERT_TRUE(fstat_watched(calls_, folder.get(), facts));
  EXPECT_TRUE(S_ISDIR(facts.st_mode));
  EXPECT_FALSE(stat_watched(calls_, folder.get(), "none", AT_SYMLINK_NOFOLLOW, facts));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(read_link_watched(calls_, folder.get(), "link"), "target");
  EXPECT_EQ(read_link_watched(calls_, folder.get(), "d"), std::nullopt);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_FALSE(open_deep_watched(calls_, (top / "none").string(), O_RDONLY).is_open());
  EXPECT_EQ(errno, ENOENT);
  NameList names;
  EXPECT_EQ(list_watched(calls_, folder.get(), names), 0);
  EXPECT_EQ(names.size(), 2u);
  EXPECT_TRUE(names.complete());
}

TEST_P(WatchedCallsOfFiles, CloseWhatWasOpened) {
  const Sandbox box;
  WatchedHandle file(open_watched(calls_, AT_FDCWD, box.path().c_str(), O_RDONLY), calls_);
  const int descriptor = file.get();
  file.close();
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

INSTANTIATE_TEST_SUITE_P(Both, WatchedCallsOfFiles, ::testing::Bool(),
                         [](const auto& row) { return row.param ? "Watched" : "Directly"; });

}  // namespace
}  // namespace nhi

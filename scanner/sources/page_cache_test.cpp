// What a reader leaves behind: no access time, no page of its own in memory.
#include "scanner/sources/page_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "scanner/sources/files.hpp"
#include "scanner/sources/git/test_kit.hpp"
#include "scanner/sources/page_cache_test_kit.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20U;
constexpr std::size_t kSizes[] = {100, 300'000, 5'000'000};

constexpr std::size_t pages_of(std::size_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes; }

class PageCacheTest : public ::testing::Test {
 protected:
  void SetUp() override { restore_page_cache(); }
  void TearDown() override { restore_page_cache(false); }

  // A file that is not in memory; false where the file system keeps what it has.
  [[nodiscard]] bool make(std::size_t bytes) const {
    box_.write("f", std::string(bytes, 'x'));
    evict(path());
    return resident_pages(path()) == 0;
  }
  [[nodiscard]] std::string path() const { return box_.path("f"); }
  [[nodiscard]] FileEntry entry() const {
    struct stat facts {};
    EXPECT_EQ(::stat(path().c_str(), &facts), 0);
    FileEntry out;
    out.root_path = box_.path();
    out.path = "f";
    out.size = static_cast<std::uint64_t>(facts.st_size);
    out.device = facts.st_dev;
    out.inode = facts.st_ino;
    return out;
  }
  void read() const {
    std::uint64_t bytes = 0;
    FileReader reader;
    const auto done =
        reader.read(entry(), [&](const FileReader::Segment& segment) { bytes += segment.fresh; });
    EXPECT_TRUE(done);
    EXPECT_EQ(bytes, entry().size);
  }

  Sandbox box_;
};

#define MAKE_OR_SKIP(bytes) \
  if (!make(bytes)) GTEST_SKIP() << "this file system does not let go of cached pages"

// The kernel may hold a page for a moment, or take one for others, longer on a busy machine: one of
// ten tries must do.
bool once_in_ten(const std::function<bool()>& holds) {
  for (int i = 0; i < 10; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

TEST_F(PageCacheTest, LetsGoOfWhatItBroughtIn) {
  for (const std::size_t bytes : kSizes) {
    MAKE_OR_SKIP(bytes);
    EXPECT_TRUE(once_in_ten([&] {
      evict(path());
      read();
      return resident_pages(path()) == 0;
    })) << bytes;
  }
}

TEST_F(PageCacheTest, LeavesWhatWasThere) {
  for (const std::size_t bytes : kSizes) {
    MAKE_OR_SKIP(bytes);
    EXPECT_TRUE(once_in_ten([&] {
      bring_in(path(), 0, bytes);
      read();
      return resident_pages(path()) == pages_of(bytes);
    })) << bytes;
  }
}

TEST_F(PageCacheTest, LeavesThePartOfALargeFileThatWasThere) {
  MAKE_OR_SKIP(4 * kMega);
  EXPECT_TRUE(once_in_ten([&] {
    evict(path());
    bring_in(path(), kMega, kMega);
    const auto before = resident(path());
    read();
    return resident(path()) == before;
  }));
}

TEST_F(PageCacheTest, LeavesTheBeginningOfASmallFileThatWasThere) {
  MAKE_OR_SKIP(64 * kPageBytes);
  EXPECT_TRUE(once_in_ten([&] {
    evict(path());
    bring_in(path(), 0, 8 * kPageBytes);
    read();
    return resident_pages(path()) == 8;
  }));
}

TEST_F(PageCacheTest, LeavesSmallFilesToTheKernelUnlessToldOtherwise) {
  restore_page_cache(false);
  for (const std::size_t bytes : kSizes) {
    MAKE_OR_SKIP(bytes);
    EXPECT_TRUE(once_in_ten([&] {
      evict(path());
      read();
      return (resident_pages(path()) == 0) == (bytes > kMega);
    })) << bytes;
  }
}

TEST_F(PageCacheTest, AGuardLetsGoWhenItsLastHolderDoes) {
  MAKE_OR_SKIP(3 * kMega);
  EXPECT_TRUE(once_in_ten([&] {
    evict(path());
    auto first = PageCacheGuard::of(path());
    bring_in(path(), 0, 3 * kMega);
    auto second = PageCacheGuard::of(path());
    first.reset();
    const bool kept = resident_pages(path()) == pages_of(3 * kMega);
    second.reset();
    return kept && resident_pages(path()) == 0;
  }));
}

TEST_F(PageCacheTest, AGuardKeepsWhatWasThere) {
  for (const std::size_t bytes : kSizes) {
    MAKE_OR_SKIP(bytes);
    EXPECT_TRUE(once_in_ten([&] {
      bring_in(path(), 0, bytes);
      PageCacheGuard::of(path()).reset();
      return resident_pages(path()) == pages_of(bytes);
    })) << bytes;
  }
}

TEST_F(PageCacheTest, AGuardOfNothingDoesNothing) {
  EXPECT_NE(PageCacheGuard::of(box_.path("missing")), nullptr);
  restore_page_cache(false);
  EXPECT_EQ(PageCacheGuard::of(box_.path("missing")), nullptr);
}

TEST_F(PageCacheTest, GitPacksGoWhenTheRepositoryIsClosed) {
  box_.git(".", {"init", "-q", "r"});
  for (int i = 0; i < 20; ++i) box_.write("r/f" + std::to_string(i), std::to_string(i * 7919));
  box_.git("r", {"add", "-A"});
  box_.git("r", {"commit", "-q", "-m", "one"});
  box_.git("r", {"gc", "-q"});
  std::vector<std::string> stored;
  for (const auto& file : std::filesystem::directory_iterator(box_.path("r/.git/objects/pack"))) {
    const auto kind = file.path().extension();
    if (kind == ".pack" || kind == ".idx") stored.push_back(file.path().string());
  }
  ASSERT_EQ(stored.size(), 2U);
  for (const std::string& file : stored) {
    evict(file);
    if (resident_pages(file) != 0) GTEST_SKIP() << "this file system keeps cached pages";
  }
  EXPECT_TRUE(once_in_ten([&] {
    // What is there before us stays: a page that was held once would be held for ever.
    for (const std::string& file : stored) evict(file);
    bool used = true;
    {
      GitRepository one = opened(box_.path("r/.git"));
      GitRepository another = opened(box_.path("r/.git"));
      for (GitRepository* repository : {&one, &another}) {
        for (const GitObject& object : list(*repository).objects) {
          EXPECT_TRUE(repository->read(object));
        }
      }
      for (const std::string& file : stored) used = used && resident_pages(file) != 0;
    }
    return used && std::all_of(stored.begin(), stored.end(),
                               [](const std::string& file) { return resident_pages(file) == 0; });
  }));
}

constexpr std::int64_t kLongAgo = 1'600'000'000;  // so that also relatime would move it

class AccessTimeTest : public PageCacheTest {
 protected:
  void SetUp() override {
    for (const char* name : {"f", "control"}) {
      box_.write(name, "some text\n");
      const timespec times[2] = {{.tv_sec = kLongAgo, .tv_nsec = 0},
                                 {.tv_sec = 0, .tv_nsec = UTIME_OMIT}};
      ASSERT_EQ(::utimensat(AT_FDCWD, box_.path(name).c_str(), times, 0), 0);
    }
    bring_in(box_.path("control"), 0, 1);
    if (accessed("control") == kLongAgo) GTEST_SKIP() << "access times do not move here";
  }
  [[nodiscard]] std::int64_t accessed(const std::string& name) const {
    struct stat facts {};
    EXPECT_EQ(::stat(box_.path(name).c_str(), &facts), 0);
    return facts.st_atim.tv_sec;
  }
};

TEST_F(AccessTimeTest, IsNotTouched) {
  read();
  EXPECT_EQ(accessed("f"), kLongAgo);
}

TEST_F(AccessTimeTest, OfStrangersFilesMovesButTheyAreRead) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can read as another user";
  ASSERT_EQ(::chmod(box_.path().c_str(), 0755), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(2);
    bool whole = false;
    const auto done = FileReader().read(
        entry(), [&](const FileReader::Segment& segment) { whole = segment.last; });
    ::_exit(done && whole ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_NE(accessed("f"), kLongAgo) << "O_NOATIME is for owners; docs/operations.md says so";
}

}  // namespace
}  // namespace nhi

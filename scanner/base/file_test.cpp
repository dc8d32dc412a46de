#include "scanner/base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sys/resource.h>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nhi-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(FileTest, WritesWithModeOfTheOwnerOnly) {
  const mode_t before = ::umask(0);
  const auto written = write_file_atomically(path("a"), "text");
  ::umask(before);
  ASSERT_TRUE(written.has_value());
  struct stat facts {};
  ASSERT_EQ(::stat(path("a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(*read_small_file(path("a"), 100), "text");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, ReplacesAnOldFileWhole) {
  ASSERT_TRUE(write_file_atomically(path("a"), "a long old text").has_value());
  ASSERT_TRUE(write_file_atomically(path("a"), std::string_view("n\0w", 3)).has_value());
  EXPECT_EQ(*read_small_file(path("a"), 100), std::string("n\0w", 3));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AFailedWriteLeavesTheOldFileAndNoOther) {
  ASSERT_TRUE(write_file_atomically(path("a"), "old").has_value());
  // A file size limit makes write() fail half way, for root too.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 4096;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_file_atomically(path("a"), std::string(100'000, 'n'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_EQ(*read_small_file(path("a"), 100), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AFailedRenameLeavesNoTemporaryFile) {
  fs::create_directories(path("a/inside"));  // rename over a folder that is not empty fails
  EXPECT_FALSE(write_file_atomically(path("a"), "new").has_value());
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, ANewFileNeverReplacesOne) {
  ASSERT_TRUE(write_new_file(path("a"), "first").has_value());
  const auto second = write_new_file(path("a"), "second");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kBadUse);
  EXPECT_EQ(*read_small_file(path("a"), 100), "first");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AReplacementIsInPlaceWithItsCommitAndNeverBefore) {
  std::ofstream(path("a")) << "old";
  {
    auto abandoned = ReplacementFile::create(path("a"));
    ASSERT_TRUE(abandoned.has_value());
    ASSERT_TRUE(abandoned->append(std::string(1 << 20, 'x')).has_value());
  }
  EXPECT_EQ(*read_small_file(path("a"), 100), "old");
  EXPECT_EQ(entries(), 1U);
  auto file = ReplacementFile::create(path("a"));
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE(file->append("ne").has_value());
  ASSERT_TRUE(file->append("w").has_value());
  EXPECT_EQ(*read_small_file(path("a"), 100), "old");
  ASSERT_TRUE(file->commit().has_value());
  EXPECT_EQ(*read_small_file(path("a"), 100), "new");
  EXPECT_EQ(entries(), 1U);
  struct stat facts {};
  ASSERT_EQ(::stat(path("a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

// Root could put a file in the place of /dev/null.
TEST_F(FileTest, ADeviceOrPipeStaysWhatItIs) {
  EXPECT_TRUE(write_file_atomically("/dev/null", "x"));
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const FileHandle reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(reader.is_open());
  ASSERT_TRUE(write_file_atomically(pipe, "one"));
  auto file = ReplacementFile::create(pipe);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("two"));
  ASSERT_TRUE(file->commit());
  char seen[8] = {};
  EXPECT_EQ(::read(reader.get(), seen, sizeof seen), 6);
  EXPECT_STREQ(seen, "onetwo");
  struct stat facts {};
  ASSERT_EQ(::lstat(pipe.c_str(), &facts), 0);
  EXPECT_TRUE(S_ISFIFO(facts.st_mode));
}

TEST_F(FileTest, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(read_small_file(path("none"), 10).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_small_file(folder_.string(), 10).error().code, ErrorCode::kIo);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_small_file(path("pipe"), 10).error().code, ErrorCode::kIo);  // does not hang
  std::ofstream(path("big")) << "12345678901";
  EXPECT_EQ(read_small_file(path("big"), 10).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_small_file(path("big"), 11)->size(), 11U);
  EXPECT_EQ(write_file_atomically(path("no/such"), "x").error().code, ErrorCode::kNotFound);
}

TEST(FileHandle, ClosesOnceAndMoves) {
  FileHandle first(::dup(0));
  ASSERT_TRUE(first.is_open());
  const int number = first.get();
  FileHandle second(std::move(first));
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_EQ(second.get(), number);
  second.close();
  second.close();
  EXPECT_FALSE(second.is_open());
}

}  // namespace
}  // namespace nhi

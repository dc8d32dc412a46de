#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "scanner/base/limits.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

FileEntry entry_of(const Sandbox& box, const std::string& name) {
  FileEntry entry;
  entry.root = "r";
  entry.root_path = box.path();
  entry.path = name;
  struct stat facts {};
  EXPECT_EQ(::lstat(box.path(name).c_str(), &facts), 0);
  entry.size = static_cast<std::uint64_t>(facts.st_size);
  entry.device = facts.st_dev;
  entry.inode = facts.st_ino;
  return entry;
}

struct Reading {
  std::string fresh;  // joined
  std::vector<std::uint64_t> offsets;
  std::vector<std::size_t> sizes;
  bool ended = false;
  void take(const FileReader::Segment& segment) {
    EXPECT_FALSE(ended);
    EXPECT_LE(segment.fresh, segment.bytes.size());
    fresh += segment.bytes.substr(0, segment.fresh);
    offsets.push_back(segment.offset);
    sizes.push_back(segment.bytes.size());
    ended = segment.last;
  }
};

std::string patterned(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i * 7 / 13 % 26);
  return bytes;
}

TEST(FileReader, HandsOverASmallFileAtOnce) {
  const Sandbox box;
  box.write("file", "one two");
  box.write("empty", "");
  FileReader reader;
  for (const auto& [name, content] : {std::pair{"file", "one two"}, std::pair{"empty", ""}}) {
    Reading reading;
    ASSERT_TRUE(reader.read(entry_of(box, name), [&](const auto& s) { reading.take(s); }));
    EXPECT_EQ(reading.fresh, content);
    EXPECT_EQ(reading.offsets, std::vector<std::uint64_t>{0});
    EXPECT_TRUE(reading.ended);
  }
}

TEST(FileReader, CutsAtFixedOffsetsWithOverlap) {
  struct Case {
    std::size_t size;
    std::size_t segments;
    std::size_t last_size;
  };
  constexpr std::size_t kInWhole = kWholeBytesMax / kSegmentBytes;
  const Case cases[] = {
      {kWholeBytesMax, 1, kWholeBytesMax},
      {kWholeBytesMax + 1, kInWhole + 1, 1},
      {kWholeBytesMax + kMatchBytesMax + 5, kInWhole + 1, kMatchBytesMax + 5},
      {kWholeBytesMax + kSegmentBytes, kInWhole + 1, kSegmentBytes},
  };
  const Sandbox box;
  FileReader reader;
  for (const Case& row : cases) {
    const std::string content = patterned(row.size);
    std::vector<std::uint64_t> offsets;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < row.segments; ++i) {
      offsets.push_back(i * kSegmentBytes);
      sizes.push_back(std::min(kSegmentBytes + kMatchBytesMax, row.size - i * kSegmentBytes));
    }
    sizes.back() = row.last_size;
    box.write("file", content);
    Reading reading;
    ASSERT_TRUE(reader.read(entry_of(box, "file"), [&](const auto& s) { reading.take(s); }));
    EXPECT_EQ(reading.offsets, offsets);
    EXPECT_EQ(reading.sizes, sizes);
    EXPECT_TRUE(reading.ended);
    EXPECT_TRUE(reading.fresh == content);
    const int file = ::open(box.path("file").c_str(), O_RDONLY);
    Reading stream;
    ASSERT_TRUE(reader.read_stream(file, [&](const auto& s) { stream.take(s); }));
    ::close(file);
    EXPECT_EQ(stream.offsets, offsets);
    EXPECT_EQ(stream.sizes, sizes);
    EXPECT_TRUE(stream.fresh == content);
  }
}

TEST(FileReader, ReadsAPipeToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string content = patterned(300'000);
  std::thread writer([&] {
    std::string_view left = content;
    while (!left.empty()) {
      const ssize_t wrote = ::write(ends[1], left.data(), std::min<std::size_t>(left.size(), 777));
      left.remove_prefix(static_cast<std::size_t>(wrote));
    }
    ::close(ends[1]);
  });
  FileReader reader;
  Reading reading;
  EXPECT_TRUE(reader.read_stream(ends[0], [&](const auto& s) { reading.take(s); }));
  writer.join();
  ::close(ends[0]);
  EXPECT_TRUE(reading.fresh == content);
  EXPECT_TRUE(reading.ended);
}

// Lets so many bytes through, three at a time, and then closes.
class Allowance : public ReadGate {
 public:
  explicit Allowance(std::size_t bytes) : left_(bytes) {}
  std::size_t admit(std::size_t wanted) override {
    const std::size_t admitted = std::min({wanted, left_, std::size_t{3}});
    left_ -= admitted;
    return admitted;
  }
  bool closed() override { return left_ == 0; }

 private:
  std::size_t left_;
};

TEST(FileReader, ReadsNoMoreThanItsGateAdmitsAndHandsOverWholeLines) {
  const Sandbox box;
  box.write("file", "one\ntwo\nthree");
  for (const auto& [bytes, fresh] :
       {std::pair{0U, ""}, {3U, ""}, {4U, "one\n"}, {10U, "one\ntwo\n"}, {12U, "one\ntwo\n"}}) {
    Allowance gate(bytes);
    FileReader reader(&gate);
    Reading reading;
    const auto read = reader.read(entry_of(box, "file"), [&](const auto& s) { reading.take(s); });
    ASSERT_FALSE(read) << bytes;
    EXPECT_EQ(read.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(reading.fresh, fresh) << bytes;
    EXPECT_FALSE(reading.ended);
  }
  Allowance gate(13);
  FileReader reader(&gate);
  Reading reading;
  EXPECT_TRUE(reader.read(entry_of(box, "file"), [&](const auto& s) { reading.take(s); }));
  EXPECT_EQ(reading.fresh, "one\ntwo\nthree");
  EXPECT_TRUE(reading.ended);
}

TEST(FileReader, LeavesASilentStreamWhenItsGateCloses) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "one\ntw", 6), 6);
  Allowance gate(6);
  FileReader reader(&gate);
  Reading reading;
  const auto read = reader.read_stream(ends[0], [&](const auto& s) { reading.take(s); });
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(reading.fresh, "one\n");
}

TEST(FileReader, SkipsHolesOfASparseFileButNotItsData) {
  constexpr std::uint64_t kTenGib = std::uint64_t{10} << 30U;
  const Sandbox box;
  box.write("file", "");
  const std::string path = box.path("file");
  ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(kTenGib)), 0);
  const int file = ::open(path.c_str(), O_WRONLY);
  constexpr std::uint64_t kPlace = (std::uint64_t{5} << 30U) + 100;
  ASSERT_EQ(::pwrite(file, "needle", 6, static_cast<off_t>(kPlace)), 6);
  ::close(file);
  FileReader reader;
  bool seen = false;
  std::size_t segments = 0;
  std::uint64_t end = 0;
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(reader.read(entry_of(box, "file"), [&](const FileReader::Segment& segment) {
    ++segments;
    end = segment.last ? segment.offset + segment.fresh : 0;
    if (segment.offset <= kPlace && kPlace < segment.offset + segment.fresh) {
      seen = segment.bytes.substr(kPlace - segment.offset, 6) == "needle";
    }
  }));
  EXPECT_TRUE(seen);
  EXPECT_EQ(end, kTenGib);
  EXPECT_LE(segments, 4U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(FileReader, SaysThatAFileShrankOrGrewAfterHandingOverWhatItRead) {
  for (const off_t change : {off_t{-1}, off_t{1}}) {
    const Sandbox box;
    box.write("file", patterned(kWholeBytesMax + 4 * kMatchBytesMax));
    FileReader reader;
    std::size_t fresh = 0;
    bool ended = false;
    const auto outcome = reader.read(entry_of(box, "file"), [&](const auto& segment) {
      fresh += segment.fresh;
      ended = segment.last;
      const auto size = static_cast<off_t>(kWholeBytesMax + 4 * kMatchBytesMax);
      const off_t moved = size + change * static_cast<off_t>(2 * kMatchBytesMax);
      if (segment.offset == 0) {
        EXPECT_EQ(::truncate(box.path("file").c_str(), moved), 0);
      }
    });
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(outcome.error().what, "changed-while-read");
    EXPECT_EQ(fresh, kWholeBytesMax + (change < 0 ? 2 : 4) * kMatchBytesMax);
    EXPECT_TRUE(ended);
  }
}

TEST(FileReader, RefusesWhatTookTheFilesPlace) {
  const Sandbox box;
  box.write("file", "x");
  box.write("other", "y");
  const FileEntry entry = entry_of(box, "file");
  FileReader reader;
  const auto outcome = [&] {
    return reader.read(entry, [](const auto&) { ADD_FAILURE() << "handed over"; });
  };
  ::unlink(box.path("file").c_str());
  EXPECT_EQ(outcome().error().code, ErrorCode::kNotFound);
  ASSERT_EQ(::mkfifo(box.path("file").c_str(), 0644), 0);
  EXPECT_EQ(outcome().error().what, "changed-while-read");  // and does not hang
  ::unlink(box.path("file").c_str());
  box.link("other", "file");
  EXPECT_EQ(outcome().error().what, "changed-while-read");
  ::unlink(box.path("file").c_str());
  ASSERT_EQ(::rename(box.path("other").c_str(), box.path("file").c_str()), 0);
  EXPECT_EQ(outcome().error().what, "changed-while-read");
}

TEST(FileReader, DoesNotTouchTheAccessTimeOfItsOwnersFiles) {
  const Sandbox box;
  box.write("file", "x");
  const timespec times[2] = {{1'000'000'000, 0}, {1'600'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, box.path("file").c_str(), times, 0), 0);
  FileReader reader;
  ASSERT_TRUE(reader.read(entry_of(box, "file"), [](const auto&) {}));
  struct stat facts {};
  ASSERT_EQ(::stat(box.path("file").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_atim.tv_sec, 1'000'000'000);
}

TEST(FileReader, SaysThatItMayNotRead) {
  const Sandbox box;
  box.write("file", "x");
  ASSERT_EQ(::chmod(box.path("file").c_str(), 0), 0);
  ASSERT_EQ(::chmod(box.path().c_str(), 0755), 0);
  const FileEntry entry = entry_of(box, "file");
  EXPECT_TRUE(holds_for_nobody([&] {
    FileReader reader;
    const auto outcome = reader.read(entry, [](const auto&) {});
    return !outcome.has_value() && outcome.error().code == ErrorCode::kPermission;
  }));
}

TEST(FileReader, ReadsFilesThatSayTheyAreEmpty) {
  struct stat facts {};
  if (::stat("/proc/self/status", &facts) != 0) GTEST_SKIP() << "no /proc";
  FileEntry entry;
  entry.root_path = "/proc/self";
  entry.path = "status";
  entry.device = facts.st_dev;
  entry.inode = facts.st_ino;
  FileReader reader;
  std::string content;
  static_cast<void>(reader.read(entry, [&](const auto& segment) { content += segment.bytes; }));
  EXPECT_NE(content.find("Name:"), std::string::npos);
}

}  // namespace
}  // namespace nhi

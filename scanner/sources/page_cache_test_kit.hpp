// page_cache_test_kit.hpp - which pages of a file are in memory, and bringing or sending them.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include "scanner/base/file.hpp"

namespace nhi {

inline constexpr std::size_t kPageBytes = 4096;

/// By page; needs the file to be ours.
inline std::vector<bool> resident(const std::string& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  EXPECT_EQ(::fstat(file.get(), &facts), 0) << path;
  const auto bytes = static_cast<std::size_t>(facts.st_size);
  void* const map = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.get(), 0);
  std::vector<unsigned char> pages((bytes + kPageBytes - 1) / kPageBytes);
  EXPECT_EQ(::mincore(map, bytes, pages.data()), 0) << path;
  ::munmap(map, bytes);
  std::vector<bool> out;
  for (const unsigned char page : pages) out.push_back((page & 1U) != 0);
  return out;
}

inline std::size_t resident_pages(const std::string& path) {
  const auto pages = resident(path);
  return static_cast<std::size_t>(std::count(pages.begin(), pages.end(), true));
}

/// Out of memory, if this file system can let go of anything.
inline void evict(const std::string& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::fsync(file.get()), 0) << path;
  ASSERT_EQ(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED), 0) << path;
}

/// Brings these bytes into memory, and no others.
inline void bring_in(const std::string& path, off_t from, std::size_t bytes) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM);
  std::string block(bytes, '\0');
  ASSERT_EQ(::pread(file.get(), block.data(), bytes, from), static_cast<ssize_t>(bytes)) << path;
}

}  // namespace nhi

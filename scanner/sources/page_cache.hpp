// page_cache.hpp - leaves the page cache of a production host as it was found: what a sweep brings
// in goes again, what others had there stays.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scanner/base/file.hpp"

namespace nhi {

/// From here on this process lets go of small files and git packs too, not of large files only.
void restore_page_cache(bool wanted = true);
[[nodiscard]] bool restores_page_cache();

// What of one open file was cached before it was read. Not thread-safe. Nothing fails: where the
// system does not tell, as over the network, a large file counts as not cached, a small one as
// cached.
class PageCacheMark {
 public:
  /// Above this a file is looked at piece by piece before it is read.
  static constexpr std::uint64_t kLargeBytes = std::uint64_t{1} << 20U;

  /// `descriptor` stays open as long as this. Without `look` nothing is asked beforehand.
  PageCacheMark(int descriptor, std::uint64_t size, bool look);

  /// pread(2) of a small file, by which its mark is learned.
  [[nodiscard]] ssize_t read_small(char* at, std::size_t bytes, off_t offset);
  /// Lets go of [from, to) of a large file but for the pieces that were cached.
  void drop(std::uint64_t from, std::uint64_t to) const;
  /// Lets go of what a small file was not cached of.
  void drop_small() const;

 private:
  static constexpr std::uint64_t kPieceBytes = std::uint64_t{256} << 10U;
  static constexpr std::uint64_t kPiecesMax = std::uint64_t{1} << 18U;  // 64 GiB

  int descriptor_;
  std::uint64_t size_;
  std::vector<bool> cached_;  // by piece; those behind its end were not
  off_t uncached_from_ = -1;  // of a small file
  bool looked_ = false;
};

// A file that others read through maps of their own: what they brought in goes when this does,
// which must be after the last map. Nothing fails.
class PageCacheGuard {
 public:
  /// The guard of the file at `path`, shared by all who hold one, so that the first alone sees what
  /// was cached. Null without restore_page_cache().
  [[nodiscard]] static std::shared_ptr<PageCacheGuard> of(const std::string& path);
  explicit PageCacheGuard(const std::string& path);
  PageCacheGuard(const PageCacheGuard&) = delete;
  PageCacheGuard& operator=(const PageCacheGuard&) = delete;
  ~PageCacheGuard();

 private:
  FileHandle file_;
  std::uint64_t size_;
  PageCacheMark mark_;
};

}  // namespace nhi

#include "scanner/sources/page_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>

#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

std::atomic<bool> restores{false};

// Reads what is in memory, else fails with EAGAIN. mincore(2) would tell as well, but only to those
// who own the file or may write to it; a sweep mostly may neither.
ssize_t read_cached(int descriptor, char* at, std::size_t bytes, off_t offset) {
  const iovec into{at, bytes};
  return ::preadv2(descriptor, &into, 1, offset, RWF_NOWAIT);
}

std::uint64_t size_of(int descriptor) {
  struct stat facts {};
  const bool file = ::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  return file ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

}  // namespace

void restore_page_cache(bool wanted) { restores = wanted; }
bool restores_page_cache() { return restores; }

PageCacheMark::PageCacheMark(int descriptor, std::uint64_t size, bool look)
    : descriptor_(descriptor), size_(size) {
  if (!look) return;
  // Else each look would make the kernel read ahead.
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_RANDOM);
  const std::uint64_t pieces = std::min((size + kPieceBytes - 1) / kPieceBytes, kPiecesMax);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    char byte = 0;
    const ssize_t got = read_cached(descriptor_, &byte, 1, static_cast<off_t>(i * kPieceBytes));
    if (got < 0 && errno != EAGAIN) break;  // this file system does not tell
    cached_.push_back(got == 1);
  }
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_NORMAL);
}

ssize_t PageCacheMark::read_small(char* at, std::size_t bytes, off_t offset) {
  if (looked_) return ::pread(descriptor_, at, bytes, offset);
  looked_ = true;
  const ssize_t got = read_cached(descriptor_, at, bytes, offset);
  if (got < 0) {
    if (errno == EAGAIN) uncached_from_ = offset;
    return ::pread(descriptor_, at, bytes, offset);
  }
  const auto end = static_cast<std::uint64_t>(offset + got);
  if (static_cast<std::size_t>(got) < bytes && end < size_) uncached_from_ = offset + got;
  return got;
}

void PageCacheMark::drop(std::uint64_t from, std::uint64_t to) const {
  const auto was_cached = [&](std::uint64_t at) {
    const std::uint64_t piece = at / kPieceBytes;
    return piece < cached_.size() && cached_[piece];
  };
  while (from < to) {
    std::uint64_t end = std::min(to, (from / kPieceBytes + 1) * kPieceBytes);
    const bool keep = was_cached(from);
    while (end < to && was_cached(end) == keep) end = std::min(to, end + kPieceBytes);
    if (!keep) {
      ::posix_fadvise(descriptor_, static_cast<off_t>(from), static_cast<off_t>(end - from),
                      POSIX_FADV_DONTNEED);
    }
    from = end;
  }
}

void PageCacheMark::drop_small() const {
  if (uncached_from_ >= 0) ::posix_fadvise(descriptor_, uncached_from_, 0, POSIX_FADV_DONTNEED);
}

std::shared_ptr<PageCacheGuard> PageCacheGuard::of(const std::string& path) {
  if (!restores_page_cache()) return nullptr;
  static auto* const guards = new std::map<std::string, std::weak_ptr<PageCacheGuard>>;
  static std::mutex lock;
  const std::lock_guard held(lock);
  std::erase_if(*guards, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<PageCacheGuard>& known = (*guards)[path];
  std::shared_ptr<PageCacheGuard> guard = known.lock();
  if (guard == nullptr) known = guard = std::make_shared<PageCacheGuard>(path);
  return guard;
}

PageCacheGuard::PageCacheGuard(const std::string& path)
    : file_(open_quietly(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW)),
      size_(size_of(file_.get())),
      mark_(file_.get(), size_, true) {}

PageCacheGuard::~PageCacheGuard() { mark_.drop(0, size_); }

}  // namespace nhi

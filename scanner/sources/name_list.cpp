#include "scanner/sources/name_list.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace nhi {

std::string_view NameList::name_at(std::uint32_t start) const {
  return std::string_view(bytes_.data() + start + 1);
}

namespace {

// getdents64(2) as it is: opendir(3) on an open folder costs five calls more. Most folders fit.
constexpr std::size_t kBlockBytes = 32 * 1024;

}  // namespace

// False: names would outgrow their offsets.
bool NameList::add(std::string_view name, unsigned char type) {
  if (name == "." || name == "..") return true;
  if (bytes_.size() + name.size() + 2 > std::numeric_limits<std::uint32_t>::max()) return false;
  starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  bytes_ += static_cast<char>(type);
  bytes_.append(name).append(1, '\0');
  return true;
}

int NameList::read_all(int folder) {
  alignas(dirent64) std::array<char, kBlockBytes> block;
  while (true) {
    const long got = ::syscall(SYS_getdents64, folder, block.data(), block.size());
    if (got == 0) return 0;
    // A folder that was removed has no names left.
    if (got < 0) return errno == ENOENT ? 0 : errno;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      const auto* const entry = reinterpret_cast<const dirent64*>(block.data() + at);
      if (!add(entry->d_name, entry->d_type)) return EOVERFLOW;
      at += entry->d_reclen;
    }
  }
}

int NameList::list(int folder) {
  const int error = read_all(folder);
  complete_ = error == 0;
  std::sort(starts_.begin(), starts_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::strcmp(bytes_.data() + a + 1, bytes_.data() + b + 1) < 0;
  });
  // A folder that changes while it is listed may name an entry twice.
  const auto same = [&](std::uint32_t a, std::uint32_t b) { return name_at(a) == name_at(b); };
  starts_.erase(std::unique(starts_.begin(), starts_.end(), same), starts_.end());
  if (bytes_.capacity() > 2 * bytes_.size()) bytes_.shrink_to_fit();
  return error;
}

std::optional<NameList::Entry> NameList::next() {
  if (next_ >= starts_.size()) return std::nullopt;
  const char* record = bytes_.data() + starts_[next_++];
  return Entry{record + 1, static_cast<unsigned char>(record[0])};
}

std::size_t NameList::position_of(std::string_view name) const {
  const auto at = std::lower_bound(
      starts_.begin(), starts_.end(), name,
      [&](std::uint32_t start, std::string_view wanted) { return name_at(start) < wanted; });
  if (at == starts_.end() || name_at(*at) != name) return starts_.size();
  return static_cast<std::size_t>(at - starts_.begin());
}

bool NameList::contains(std::string_view name) const { return position_of(name) < starts_.size(); }

void NameList::move_to_end(std::string_view name) {
  const auto at = static_cast<std::ptrdiff_t>(position_of(name));
  if (static_cast<std::size_t>(at) == starts_.size()) return;
  std::rotate(starts_.begin() + at, starts_.begin() + at + 1, starts_.end());
}

void NameList::abandon() {
  next_ = starts_.size();
  complete_ = false;
}

}  // namespace nhi

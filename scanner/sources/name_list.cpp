#include "scanner/sources/name_list.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

namespace nhi {

std::string_view NameList::name_at(std::uint32_t start) const {
  return std::string_view(bytes_.data() + start + 1);
}

int NameList::list(int folder) {
  const int copy = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return errno;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(copy), &::closedir);
  if (listing == nullptr) {
    const int error = errno;
    ::close(copy);
    return error;
  }
  int error = 0;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) {
      error = errno;
      break;
    }
    const char* name = entry->d_name;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
    const std::size_t length = std::strlen(name);
    if (bytes_.size() + length + 2 > std::numeric_limits<std::uint32_t>::max()) {
      error = EOVERFLOW;
      break;
    }
    starts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    bytes_ += static_cast<char>(entry->d_type);
    bytes_.append(name, length + 1);
  }
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

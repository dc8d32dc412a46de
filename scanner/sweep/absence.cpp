#include "scanner/sweep/absence.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>

namespace nhi {
namespace {

std::string join(std::string_view root, std::string_view path) {
  if (path.empty() || path == ".") return std::string(root);
  return std::string(root) + "/" + std::string(path);
}

std::string_view parent_of(std::string_view place) {
  const std::size_t slash = place.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : place.substr(0, slash);
}

bool is_empty_folder(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return true;  // cannot be told: as good as not there
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return false;
  }
  return true;
}

}  // namespace

std::string folder_mark(const std::string& folder_on_disk) {
  struct stat facts {};
  if (::stat(folder_on_disk.c_str(), &facts) != 0) return {};
  return fmt::format("{:x}.{:x}", facts.st_dev, facts.st_ino);
}

std::string_view folder_mark_of_stamp(std::string_view stamp) {
  const std::size_t at = stamp.rfind('@');
  return at == std::string_view::npos ? std::string_view() : stamp.substr(at + 1);
}

void AbsenceTracker::know(const Inventory::KnownPlace& place) {
  std::string full = join(place.key.root, place.key.path);
  for (std::string_view at = full; !at.empty(); at = parent_of(at)) {
    if (!watched_.emplace(at).second) break;
  }
}

void AbsenceTracker::folder_listed(std::string_view root, std::string_view path,
                                   std::string_view disk_path) {
  std::string full = join(root, path);
  if (watched_.contains(full)) listed_.emplace(std::move(full), disk_path);
}

void AbsenceTracker::refused(std::string_view root, std::string_view path) {
  std::string full = join(root, path);
  if (watched_.contains(full)) refused_.insert(std::move(full));
}

Absence AbsenceTracker::judge(const Inventory::KnownPlace& place) const {
  const std::string full = join(place.key.root, place.key.path);
  for (std::string_view at = full; !at.empty(); at = parent_of(at)) {
    if (distrusted_.contains(std::string(at))) return Absence::kNotRead;
  }
  for (std::string_view at = full; !at.empty(); at = parent_of(at)) {
    if (refused_.contains(std::string(at))) return Absence::kNotRead;
    const auto listed = listed_.find(std::string(at));
    if (listed == listed_.end()) continue;
    // A place that itself is listed was a file before and is a folder now: the file is gone.
    if (!is_empty_folder(listed->second)) return Absence::kProvenAbsent;
    const bool same_folder =
        at == parent_of(full) && folder_mark(listed->second) == folder_mark_of_stamp(place.stamp);
    return same_folder ? Absence::kProvenAbsent : Absence::kNotRead;
  }
  return Absence::kNotRead;
}

}  // namespace nhi

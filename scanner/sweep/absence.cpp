#include "scanner/sweep/absence.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "scanner/sources/mount_watch.hpp"

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

bool is_empty_here(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return true;  // cannot be told: as good as not there
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return false;
  }
  return true;
}

bool is_empty_folder(const std::string& path) {
  const CallsPtr calls = MountWatch::of_process().at(path);
  return ask(calls, [path] { return is_empty_here(path); }).value_or(true);
}

}  // namespace

std::string folder_mark(const std::string& folder_on_disk) {
  const CallsPtr calls = MountWatch::of_process().at(folder_on_disk);
  struct stat facts {};
  if (!stat_watched(calls, AT_FDCWD, folder_on_disk.c_str(), 0, facts)) return {};
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
  if (watched_.contains(full))
    listed_.emplace(std::move(full), Listed{std::string(disk_path), false, {}});
}

void AbsenceTracker::was_listed(std::string place) {
  if (watched_.contains(place)) listed_.emplace(std::move(place), Listed{});
}

void AbsenceTracker::was_empty(std::string place, std::string mark) {
  // It may stand among the tops too, of which nothing is known but that they are listed.
  if (!watched_.contains(place)) return;
  listed_.insert_or_assign(std::move(place), Listed{{}, true, std::move(mark)});
}

void AbsenceTracker::was_refused(std::string place) {
  if (watched_.contains(place)) refused_.insert(std::move(place));
}

bool AbsenceTracker::is_empty(const Listed& folder) {
  return folder.disk.empty() ? folder.empty : is_empty_folder(folder.disk);
}

std::string AbsenceTracker::mark_of(const Listed& folder) {
  return folder.disk.empty() ? folder.mark : folder_mark(folder.disk);
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
    if (!is_empty(listed->second)) return Absence::kProvenAbsent;
    const bool same_folder =
        at == parent_of(full) && mark_of(listed->second) == folder_mark_of_stamp(place.stamp);
    return same_folder ? Absence::kProvenAbsent : Absence::kNotRead;
  }
  return Absence::kNotRead;
}

void AbsenceRecorder::folder_listed(std::string_view root, std::string_view path,
                                    const std::string& disk_path) {
  std::string full = join(root, path);
  if (is_empty_folder(disk_path)) evidence_.empty.emplace_back(full, folder_mark(disk_path));
  // Folders end before the one that holds them: what was a top until now lies below this one.
  const std::string below = full + "/";
  for (auto top = tops_.lower_bound(below); top != tops_.end() && top->starts_with(below);) {
    const bool child = top->find('/', below.size()) == std::string::npos;
    top = child ? tops_.erase(top) : std::next(top);
  }
  tops_.insert(std::move(full));
  too_many_ =
      too_many_ || tops_.size() > kAbsencePlacesMax || evidence_.empty.size() > kAbsencePlacesMax;
  if (too_many_) {
    tops_.clear();
    evidence_.empty.clear();
  }
}

void AbsenceRecorder::refused(std::string_view root, std::string_view path) {
  if (too_many_) return;
  evidence_.refused.push_back(join(root, path));
  too_many_ = evidence_.refused.size() > kAbsencePlacesMax;
}

AbsenceEvidence AbsenceRecorder::take(const std::vector<std::string>& targets) {
  AbsenceEvidence out = std::move(evidence_);
  out.listed.assign(tops_.begin(), tops_.end());
  if (too_many_) out = {{}, {}, {}, targets};
  for (auto* list : {&out.refused, &out.distrusted}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  std::sort(out.empty.begin(), out.empty.end());
  return out;
}

}  // namespace nhi

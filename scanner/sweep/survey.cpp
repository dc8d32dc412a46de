#include "scanner/sweep/survey.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "scanner/base/limits.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/mounts.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/watched_repository.hpp"
#include "scanner/sweep/estate_node.hpp"
#include "scanner/sweep/owners.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRepositoriesOpenedMax = 500;

enum class Scope : std::uint8_t { kWhole, kByFolder, kMarks };

// Of a machine's root: the system's own, caches, and what is gone after a restart.
constexpr auto kLeftOut = std::to_array<std::string_view>(
    {"bin", "boot", "dev", "lib", "lib32", "lib64", "libx32", "lost+found", "proc", "run", "sbin",
     "snap", "sys", "tmp", "home", "root"});
constexpr auto kNeverLooked = std::to_array<std::string_view>(
    {"**/node_modules", "**/.cache", "**/.cargo", "**/.npm", "**/.m2", "**/__pycache__"});
constexpr auto kVarLeftOut = std::to_array<std::string_view>(
    {"cache", "log", "run", "spool", "tmp", "lib/apt", "lib/containerd", "lib/containers",
     "lib/docker", "lib/dpkg", "lib/rpm", "lib/systemd"});

struct Place {
  std::string path;
  Scope scope = Scope::kWhole;
};

// Notes what one walk meets.
class Look : public WalkSink {
 public:
  Look(Survey& out, const Place& place, const SurveyLimits& limits)
      : out_(out), place_(place), limits_(limits), deadline_(limits.place_deadline()) {
    seen.path = place.path;
  }

  void on_file(FileEntry entry) override {
    ++seen.entries;
    const std::string disk = entry.disk_path();
    const auto repository = repositories_.find(entry.root_path);
    FoundRepository* const holder =
        repository == repositories_.end() ? nullptr : &out_.repositories[repository->second];
    if (holder != nullptr) {
      const auto is_it = [&](std::string_view path) { return path == entry.path; };
      holder->codeowners = holder->codeowners || std::any_of(std::begin(kCodeownersPaths),
                                                             std::end(kCodeownersPaths), is_it);
    } else {
      count(disk);
      for (FoundPlace& place : recognised(disk)) out_.places.push_back(std::move(place));
    }
    if (!entry.path.ends_with(".xml") || !may_open(disk) || !is_engine_definition(disk)) return;
    if (holder != nullptr) {
      holder->engine = true;
    } else {
      exports_.insert(folder_above(disk, 1));
    }
  }
  void on_repository(std::string, std::string work_tree, std::string git_dir) override {
    const bool bare = work_tree.empty();
    std::string path = bare ? std::move(git_dir) : std::move(work_tree);
    repositories_[path] = out_.repositories.size();
    out_.repositories.push_back({std::move(path), bare, false, false});
  }
  void on_folder_listed(const std::string&, const std::string&) override { ++seen.entries; }
  void on_unread(Unread) override { ++seen.closed; }
  void on_policy(std::string reason, const std::string&, const std::string&,
                 std::uint64_t) override {
    ++seen.entries;
    if (reason == "folder-depth") ++seen.too_deep;
  }
  [[nodiscard]] bool cancelled() const override {
    return seen.entries >= limits_.entries || deadline_.passed();
  }

  void end(bool stopped) {
    if (stopped) {
      seen.stopped = seen.entries >= limits_.entries
                         ? fmt::format("after {} files and folders", seen.entries)
                         : "for the time it took";
    }
    for (const auto& [path, files] : files_) out_.folders.push_back({path, files});
    add_exports();
    out_.looked_at.push_back(seen);
  }

  LookedAt seen;

 private:
  // The folder that this file speaks for, if its place is taken for more than what is recognised.
  void count(const std::string& disk) {
    if (place_.scope == Scope::kMarks) return;
    if (place_.scope == Scope::kWhole) {
      ++files_[place_.path];
      return;
    }
    const std::size_t begin = place_.path == "/" ? 1 : place_.path.size() + 1;
    const std::size_t slash = disk.find('/', begin);
    ++files_[slash == std::string::npos ? place_.path : disk.substr(0, slash)];
  }
  bool may_open(const std::string& disk) {
    const std::string folder = folder_above(disk, 1);
    if (folder != folder_) opened_here_ = 0;
    folder_ = folder;
    if (opened_here_ >= limits_.files_opened_here || opened_ >= limits_.files_opened) return false;
    ++opened_here_;
    ++opened_;
    return true;
  }
  // Exports below one folder of this place are one target: the folder that holds them all, because
  // what is exported to a new folder beside them must not be missed.
  void add_exports() {
    std::map<std::string, std::string> common;
    std::map<std::string, std::size_t> folders;
    for (const std::string& folder : exports_) {
      const std::size_t slash = folder.find('/', std::min(place_.path.size() + 1, folder.size()));
      ++folders[folder.substr(0, slash)];
      auto [at, first] = common.try_emplace(folder.substr(0, slash), folder);
      while (!first && !is_inside(at->second, folder)) at->second = folder_above(at->second, 1);
    }
    for (auto& [top, folder] : common) {
      while (folder.size() > top.size() &&
             looks_like_a_run(std::string_view(folder).substr(folder.rfind('/') + 1))) {
        folder = folder_above(folder, 1);
      }
      std::string what = "exports of an interface engine";
      if (folders[top] > 1) {
        what += fmt::format(" in {} folders; narrow `path` if other things lie here", folders[top]);
      }
      out_.places.push_back({FoundKind::kEngineExports, folder, std::move(what)});
    }
  }

  Survey& out_;
  const Place& place_;
  const SurveyLimits& limits_;
  Deadline deadline_;
  std::map<std::string, std::size_t> repositories_;  // path -> index
  std::map<std::string, std::uint64_t> files_;       // outside of repositories, by folder
  std::set<std::string> exports_;                    // folders
  std::string folder_;
  std::uint64_t opened_ = 0;
  std::uint64_t opened_here_ = 0;
};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// A machine's root by its folders; any other path as it is. Links are what they point to elsewhere.
std::vector<Place> places_of(const std::string& path, Survey& out) {
  struct stat facts {};
  const std::string etc = join_path(path, "etc");
  if (!stat_watched(MountWatch::of_process().at(etc), AT_FDCWD, etc.c_str(), AT_SYMLINK_NOFOLLOW,
                    facts) ||
      !S_ISDIR(facts.st_mode)) {
    return {{path, Scope::kWhole}};
  }
  std::vector<Place> places;
  std::error_code ignored;
  const MountTable mounts = MountTable::load();
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    std::string name = entry.path().filename().string();
    std::string below = join_path(path, name);
    if (name == "home" || name == "root") out.homes.push_back(below);
    if (is_one_of(kLeftOut, name)) {
      out.left_out.push_back(below);
      continue;
    }
    if (mounts.mounted_on(below).value_or(FileSystemKind::kLocal) != FileSystemKind::kLocal ||
        entry.is_symlink(ignored) || !entry.is_directory(ignored)) {
      continue;
    }
    if (name == "usr") below += "/local";
    const Scope scope = name == "etc" || name == "opt" ? Scope::kWhole
                        : name == "srv"                ? Scope::kByFolder
                                                       : Scope::kMarks;
    places.push_back({std::move(below), scope});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.scope, a.path) < std::tie(b.scope, b.path);
  });
  std::sort(out.left_out.begin(), out.left_out.end());
  std::sort(out.homes.begin(), out.homes.end());
  return places;
}

Result<void> look_at(const Place& place, const SurveyLimits& limits, Survey& out) {
  WalkOptions options;
  options.folder_depth_max = limits.folder_depth;
  for (const std::string_view pattern : kNeverLooked) options.exclude.add(std::string(pattern));
  if (place.scope == Scope::kMarks && place.path.ends_with("/var")) {
    for (const std::string_view folder : kVarLeftOut)
      options.exclude.add(std::string(folder) + "/**");
  }
  Look look(out, place, limits);
  auto walked = walk(place.path, place.path, options, look);
  const bool stopped = !walked && walked.error().code == ErrorCode::kCancelled;
  if (walked || stopped) {
    look.end(stopped);
    return {};
  }
  if (place.scope == Scope::kWhole) return walked;
  out.looked_at.push_back({place.path, 0, 1, 0, "it cannot be looked at"});
  return {};
}

// Sorted by path, without what lies in another of the list.
template <class Found>
void keep_outermost(std::vector<Found>& list) {
  std::stable_sort(list.begin(), list.end(),
                   [](const Found& a, const Found& b) { return a.path < b.path; });
  std::vector<Found> kept;
  std::set<std::string> paths;
  for (Found& one : list) {
    bool inside = false;
    for (std::string path = one.path; !inside && path.size() > 1; path = folder_above(path, 1)) {
      inside = paths.contains(path);
    }
    if (inside) continue;
    paths.insert(one.path);
    kept.push_back(std::move(one));
  }
  list = std::move(kept);
}

// CODEOWNERS of bare repositories stand in HEAD only.
void ask_bare_repositories(Survey& out) {
  std::size_t opened = 0;
  for (FoundRepository& found : out.repositories) {
    if (!found.bare || ++opened > kRepositoriesOpenedMax) continue;
    auto repository = WatchedRepository::open(found.path);
    if (!repository) continue;
    found.codeowners = std::any_of(std::begin(kCodeownersPaths), std::end(kCodeownersPaths),
                                   [&](std::string_view path) {
                                     const auto blob = repository->head_blob(std::string(path));
                                     return blob && !blob->empty();
                                   });
  }
}

void drop_covered(Survey& out) {
  // An engine before an application that is recognised in the same folder.
  std::stable_sort(out.places.begin(), out.places.end(),
                   [](const FoundPlace& a, const FoundPlace& b) { return a.kind < b.kind; });
  keep_outermost(out.places);
  keep_outermost(out.repositories);
  const auto in_folder = [&](const std::string& path) {
    return std::any_of(out.folders.begin(), out.folders.end(),
                       [&](const FoundFolder& folder) { return is_inside(folder.path, path); });
  };
  std::erase_if(out.folders, [&](const FoundFolder& folder) {
    return std::any_of(out.places.begin(), out.places.end(), [&](const FoundPlace& place) {
      return place.kind != FoundKind::kApplication && is_inside(place.path, folder.path);
    });
  });
  std::erase_if(out.places, [&](const FoundPlace& place) {
    return place.kind == FoundKind::kApplication && in_folder(place.path);
  });
}

void add_network_mounts(Survey& out) {
  const MountTable mounts = MountTable::load();
  for (const MountTable::Mount& mount : mounts.mounts()) {
    if (mount.kind != FileSystemKind::kNetwork) continue;
    const auto own = [&](const char* folder) { return is_inside(folder, mount.path); };
    if (own("/run") || own("/proc") || own("/sys") || own("/dev")) continue;
    out.network_mounts.push_back({mount.path, mount.type, scrub_url(mount.source)});
  }
}

}  // namespace

Result<Survey> survey(const std::vector<std::string>& paths, const SurveyLimits& limits,
                      const std::function<void(const std::string&)>& begin) {
  Survey out;
  std::vector<Place> places;
  std::vector<std::string> asked;
  std::error_code ignored;
  for (const std::string& path : paths) {
    const std::string full = normal_path(fs::absolute(fs::path(path), ignored));
    const auto real = MountWatch::of_process().real_path(full);
    if (!real) return fail(os_error(errno, "cannot look at", path));
    struct stat facts {};
    const CallsPtr calls = MountWatch::of_process().at(*real);
    if (!stat_watched(calls, AT_FDCWD, real->c_str(), 0, facts)) {
      return fail(os_error(errno, "cannot look at", path));
    }
    if (!S_ISDIR(facts.st_mode)) {
      return fail(ErrorCode::kBadUse, "not a folder", path, "name folders that hold what to sweep");
    }
    for (Place& place : places_of(*real, out)) places.push_back(std::move(place));
    asked.push_back(*real);
  }
  for (const Place& place : places) {
    begin(place.path);
    NHI_CHECK_OK(look_at(place, limits, out));
  }
  // An engine may name a folder that nobody asked about.
  std::erase_if(out.places, [&](const FoundPlace& place) {
    return std::none_of(asked.begin(), asked.end(),
                        [&](const std::string& path) { return is_inside(path, place.path); });
  });
  drop_covered(out);
  ask_bare_repositories(out);
  add_network_mounts(out);
  return out;
}

std::string own_mount_point(const std::string& path) {
  const MountTable table = MountTable::load();
  const MountTable::Mount* const mount = table.mount_of(path);
  return mount == nullptr || mount->path == "/" ? std::string() : mount->path;
}

}  // namespace nhi

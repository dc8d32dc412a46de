// The walker keeps one frame for each folder on the way down, in a vector, so that neither depth
// nor size of a tree reaches the stack. Only the lowest kOpenFoldersMax frames hold a descriptor;
// a higher one is opened again through ".." of its child and must still be the same folder.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/mounts.hpp"
#include "scanner/sources/name_list.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/repository.hpp"

namespace nhi {
namespace {

// The usual soft limit is 1024 descriptors, and other threads need some.
constexpr std::size_t kOpenFoldersMax = 128;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY;
constexpr int kStatFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// A printed root with its place on disk. `prefix` bytes of a path relative to the walk's own root
// are not part of a path relative to this one.
struct RootPlace {
  std::string root;
  std::string root_path;
  std::size_t prefix = 0;
  bool repository = false;
};

struct Frame {
  WatchedHandle folder;
  DeviceInode id;
  NameList names;
  std::size_t path_bytes = 0;  // of this folder, in Walker::path_
  std::shared_ptr<const RootPlace> place;
  bool git_folder = false;  // names of git's own store are left to the git source
  bool repository = false;  // its .git is one
};

// A linked work tree whose main repository lies in this walk: announced only if that is not.
struct Pending {
  std::string root;
  std::string work_tree;
  std::string git_dir;
};

FileEntry make_entry(const RootPlace& place, std::string path, const struct stat& facts) {
  FileEntry entry;
  entry.root = place.root;
  entry.root_path = place.root_path;
  entry.path = std::move(path);
  entry.size = static_cast<std::uint64_t>(facts.st_size);
  entry.device = facts.st_dev;
  entry.inode = facts.st_ino;
  entry.mtime_ns = nanoseconds(facts.st_mtim);
  entry.ctime_ns = nanoseconds(facts.st_ctim);
  entry.uid = facts.st_uid;
  entry.mode = facts.st_mode;
  entry.in_repository = place.repository;
  return entry;
}

class Walker {
 public:
  /// `calls` are those of `real_root`.
  Walker(std::string real_root, std::string root, const WalkOptions& options, WalkSink& sink,
         MountTable mounts, CallsPtr calls)
      : options_(options),
        sink_(sink),
        mounts_(std::move(mounts)),
        root_calls_(std::move(calls)),
        real_root_(std::move(real_root)),
        place_(std::make_shared<RootPlace>(RootPlace{std::move(root), real_root_, 0, false})) {
    mounts_.keep_below(real_root_);
    for (const std::string& path : options_.never) {
      if (is_inside(real_root_, path) && path.size() > real_root_.size()) {
        never_.insert(path.substr(real_root_ == "/" ? 1 : real_root_.size() + 1));
      }
    }
  }

  Result<void> run();

 private:
  void visit(Frame& frame, const NameList::Entry& entry);
  void visit_file(const Frame& frame, const struct stat& facts);
  void visit_link(const Frame& frame, const char* name);
  void enter(const Frame& parent, const char* name, const struct stat& facts,
             const CallsPtr& calls);
  void push(WatchedHandle folder, const struct stat& facts, std::shared_ptr<const RootPlace> place,
            bool git_folder);
  void recognise(Frame& frame);
  void recognise_bare(Frame& frame);
  void follow_git_link(const Frame& frame, const std::string& target);
  void start_root(Frame& frame);
  void announce(const std::string& root, const std::string& work_tree, const std::string& git_dir);
  void announce_pending();
  void finish();
  void give_up();
  void reopen_parent(const Frame& done);
  void leave();
  [[nodiscard]] bool reopen(Frame& frame, const Frame& child) const;
  [[nodiscard]] bool is_excluded(const std::string& path, bool is_folder) const;
  [[nodiscard]] bool boundary_allows(const Frame& frame, FileSystemKind kind);
  [[nodiscard]] std::optional<FileSystemKind> kind_of_folder(const Frame& frame, const char* name);
  [[nodiscard]] std::string relative(const RootPlace& place) const;
  [[nodiscard]] std::string absolute(std::string_view path) const {
    return join_path(real_root_, path);
  }
  void unread(const RootPlace& place, std::string_view reason, std::uint64_t bytes = 0);
  void policy(const RootPlace& place, const char* reason, std::uint64_t bytes = 0);

  const WalkOptions& options_;
  WalkSink& sink_;
  MountTable mounts_;
  MountWatch& watch_ = MountWatch::of_process();
  CallsPtr root_calls_;
  std::string silent_;  // the last place that did not answer, so that it is told once
  std::string real_root_;
  std::shared_ptr<const RootPlace> place_;
  std::unordered_set<std::string> never_;  // relative to real_root_
  std::string path_;                       // of what is being looked at, relative to real_root_
  std::vector<Frame> frames_;
  FlatTable<DeviceInode, char> entered_;
  FlatTable<DeviceInode, char> repositories_;
  std::vector<Pending> pending_;
  std::uint64_t root_device_ = 0;
};

std::string Walker::relative(const RootPlace& place) const {
  return path_.size() > place.prefix ? path_.substr(place.prefix) : std::string();
}

void Walker::unread(const RootPlace& place, std::string_view reason, std::uint64_t bytes) {
  if (reason == kNotAnsweringReason && std::exchange(silent_, path_ + '\n') == path_ + '\n') return;
  sink_.on_unread(Unread{place.root, relative(place), std::string(reason), bytes});
}

void Walker::policy(const RootPlace& place, const char* reason, std::uint64_t bytes) {
  sink_.on_policy(reason, place.root, relative(place), bytes);
}

bool Walker::is_excluded(const std::string& path, bool is_folder) const {
  if (options_.exclude.empty()) return false;
  if (!options_.exclude.match(path).empty()) return true;
  return is_folder && !options_.exclude.match(path + "/").empty();
}

// Says under `frame`'s root why a boundary is not crossed.
bool Walker::boundary_allows(const Frame& frame, FileSystemKind kind) {
  if (kind == FileSystemKind::kPseudo) {
    policy(*frame.place, "pseudo-file-system");
    return false;
  }
  if (kind != FileSystemKind::kNetwork || options_.enter_network) return true;
  policy(*frame.place, "network-mount");
  return false;
}

Result<void> Walker::run() {
  WatchedHandle folder(open_watched(root_calls_, AT_FDCWD, real_root_.c_str(), kFolderFlags),
                       root_calls_);
  struct stat facts {};
  if (!folder.is_open()) {
    unread(*place_, unread_reason(errno));
    return {};
  }
  if (!fstat_watched(root_calls_, folder.get(), facts)) {
    return fail(os_error(errno, "cannot look at", real_root_));
  }
  root_device_ = facts.st_dev;
  const DeviceInode id{facts.st_dev, facts.st_ino};
  entered_.insert(id, 1);
  push(std::move(folder), facts, place_, false);
  while (!frames_.empty()) {
    if (sink_.cancelled()) {
      leave();
      return fail(ErrorCode::kCancelled, "walk cancelled", real_root_);
    }
    Frame& frame = frames_.back();
    path_.resize(frame.path_bytes);
    if (frame.folder.dead()) {
      give_up();
    } else if (const auto entry = frame.names.next()) {
      visit(frame, *entry);
    } else {
      finish();
    }
  }
  announce_pending();
  return {};
}

void Walker::visit(Frame& frame, const NameList::Entry& entry) {
  if (frame.git_folder && is_git_store_name(entry.name)) return;
  if (!path_.empty()) path_ += '/';
  path_ += entry.name;
  if (!never_.empty() && never_.contains(path_)) return;
  if (entry.type == DT_DIR && is_excluded(path_, true)) return policy(*frame.place, "exclude");
  const MountTable::Mount* mount = nullptr;
  CallsPtr calls = frame.folder.calls();
  if (!mounts_.empty()) {
    mount = mounts_.find(absolute(path_));
    if (mount != nullptr) {
      if (!boundary_allows(frame, mount->kind)) return;
      if (mount->kind == FileSystemKind::kNetwork) calls = watch_.add(mount->device);
    }
  }
  struct stat facts {};
  if (!stat_watched(calls, frame.folder.get(), entry.name, kStatFlags, facts)) {
    if (errno != ENOENT) unread(*frame.place, unread_reason(errno));
    return;  // What is gone since the listing is proven absent.
  }
  const bool is_folder = S_ISDIR(facts.st_mode);
  if (entry.type != DT_DIR && is_excluded(path_, is_folder)) {
    const bool counts = S_ISREG(facts.st_mode);
    return policy(*frame.place, "exclude", counts ? static_cast<std::uint64_t>(facts.st_size) : 0);
  }
  if (options_.one_file_system && facts.st_dev != root_device_ && !S_ISLNK(facts.st_mode)) {
    return policy(*frame.place, "other-file-system");
  }
  if (is_folder) {
    if (facts.st_dev != frame.id.device && mount == nullptr) {
      const auto kind = kind_of_folder(frame, entry.name);
      if (!kind) return unread(*frame.place, kNotAnsweringReason);
      if (!boundary_allows(frame, *kind)) return;
      if (*kind == FileSystemKind::kNetwork) calls = watch_.add(facts.st_dev);
    }
    return enter(frame, entry.name, facts, calls);
  }
  if (S_ISREG(facts.st_mode)) return visit_file(frame, facts);
  if (S_ISLNK(facts.st_mode)) return visit_link(frame, entry.name);
  policy(*frame.place, "special-file");
}

// Of a folder on another device that the list of mounts did not name; nothing if it is silent.
std::optional<FileSystemKind> Walker::kind_of_folder(const Frame& frame, const char* name) {
  const CallsPtr& own = frame.folder.calls();
  return ask(own != nullptr ? own : watch_.once(),
             [folder = frame.folder.get(), path = std::string(name)] {
               const FileHandle look(
                   ::openat(folder, path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
               struct statfs system {};
               if (!look.is_open() || ::fstatfs(look.get(), &system) != 0) {
                 return FileSystemKind::kLocal;
               }
               return kind_of_magic(static_cast<std::uint64_t>(system.f_type));
             });
}

void Walker::visit_file(const Frame& frame, const struct stat& facts) {
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (options_.file_bytes_max != 0 && size > options_.file_bytes_max) {
    return policy(*frame.place, "max-file-size", size);
  }
  sink_.on_file(make_entry(*frame.place, relative(*frame.place), facts));
}

void Walker::visit_link(const Frame& frame, const char* name) {
  const auto target = read_link_watched(frame.folder.calls(), frame.folder.get(), name);
  if (!target) {
    if (errno != ENOENT) unread(*frame.place, unread_reason(errno));
    return;
  }
  const std::string_view folder = std::string_view(path_).substr(0, frame.path_bytes);
  if (!is_inside(real_root_, lexical_path(absolute(folder), *target))) {
    policy(*frame.place, "symlink-outside");
  }
}

void Walker::enter(const Frame& parent, const char* name, const struct stat& facts,
                   const CallsPtr& calls) {
  if (frames_.size() > kFolderDepthMax) return unread(*parent.place, "too-deep");
  if (options_.folder_depth_max != 0 && frames_.size() > options_.folder_depth_max) {
    return policy(*parent.place, "folder-depth");
  }
  WatchedHandle folder(open_watched(calls, parent.folder.get(), name, kFolderFlags | O_NOFOLLOW),
                       calls);
  struct stat opened {};
  if (!folder.is_open() || !fstat_watched(calls, folder.get(), opened)) {
    if (errno == ENOENT) return;
    const bool swapped = errno == ELOOP || errno == ENOTDIR;
    return unread(*parent.place, swapped ? "changed-while-read" : unread_reason(errno));
  }
  // Another device than a moment ago: a mount came between, and nobody asked what it is. Opening an
  // automount, which was asked for, does just that.
  if (opened.st_dev != facts.st_dev && calls == parent.folder.calls()) {
    return unread(*parent.place, "changed-while-read");
  }
  if (!entered_.insert(DeviceInode{opened.st_dev, opened.st_ino}, 1)) {
    return policy(*parent.place, "same-folder");
  }
  const bool git_folder = parent.repository && std::strcmp(name, ".git") == 0;
  if (calls != nullptr) folder.watch(watch_.add(opened.st_dev));
  push(std::move(folder), opened, parent.place, git_folder);
}

void Walker::push(WatchedHandle folder, const struct stat& facts,
                  std::shared_ptr<const RootPlace> place, bool git_folder) {
  Frame frame;
  frame.folder = std::move(folder);
  frame.id = DeviceInode{facts.st_dev, facts.st_ino};
  frame.path_bytes = path_.size();
  frame.place = std::move(place);
  frame.git_folder = git_folder;
  if (const int error = list_watched(frame.folder.calls(), frame.folder.get(), frame.names);
      error != 0) {
    unread(*frame.place, error == EOVERFLOW ? "too-large" : unread_reason(error));
  }
  if (!git_folder && !frame.folder.dead()) recognise(frame);
  if (frames_.size() >= kOpenFoldersMax) {
    frames_[frames_.size() - kOpenFoldersMax].folder.close();
  }
  frames_.push_back(std::move(frame));
}

// The repository is a root of its own from this frame down.
void Walker::start_root(Frame& frame) {
  RootPlace place = *frame.place;
  place.repository = true;
  if (frame.path_bytes == 0) {  // The walk's own root keeps its name.
    frame.place = std::make_shared<RootPlace>(std::move(place));
    return;
  }
  // Under "." it is "./repository": a root always begins with the root above it.
  place.root =
      frame.place->root + (frame.place->root.ends_with('/') ? "" : "/") + relative(*frame.place);
  place.root_path = join_path(frame.place->root_path, relative(*frame.place));
  place.prefix = frame.path_bytes + 1;
  frame.place = std::make_shared<RootPlace>(std::move(place));
}

void Walker::recognise(Frame& frame) {
  if (frame.names.contains(".git") && !is_excluded(join_path(path_, ".git"), true)) {
    const auto link = ask(frame.folder.calls(),
                          [folder = frame.folder.get()] { return look_at_dot_git(folder); });
    if (!link) return unread(*frame.place, kNotAnsweringReason);
    if (link->kind == DotGit::kNone) return;
    start_root(frame);
    frame.repository = link->kind == DotGit::kFolder;
    const std::string& work_tree = frame.place->root_path;
    if (link->kind == DotGit::kFolder) {
      // Last, so that work trees of submodules name their repositories before .git/modules does.
      frame.names.move_to_end(".git");
      announce(frame.place->root, work_tree, join_path(work_tree, ".git"));
    } else if (link->kind == DotGit::kLink) {
      follow_git_link(frame, link->target);
    } else {
      sink_.on_unread(Unread{frame.place->root, ".git", "damaged-repository", 0});
    }
    return;
  }
  recognise_bare(frame);
}

void Walker::recognise_bare(Frame& frame) {
  if (!frame.names.contains("objects")) return;
  std::set<std::string, std::less<>> names;
  for (const char* name : {"objects", "refs", "packed-refs", "reftable", "HEAD", "config"}) {
    if (frame.names.contains(name)) names.emplace(name);
  }
  const auto bare = ask(frame.folder.calls(), [folder = frame.folder.get(),
                                               names = std::move(names)] {
    return is_bare_repository(folder, [&](std::string_view name) { return names.contains(name); });
  });
  if (!bare) return unread(*frame.place, kNotAnsweringReason);
  if (!*bare) return;
  start_root(frame);
  frame.git_folder = true;
  announce(frame.place->root, {}, frame.place->root_path);
}

void Walker::follow_git_link(const Frame& frame, const std::string& target) {
  const std::string& work_tree = frame.place->root_path;
  const auto refuse = [&](std::string_view reason) {
    sink_.on_unread(Unread{frame.place->root, ".git", std::string(reason), 0});
  };
  const auto reason_of = [](int error) -> std::string_view {
    return error == ETIMEDOUT ? kNotAnsweringReason : "damaged-repository";
  };
  const bool named = frame.path_bytes == 0;
  const std::string text = lexical_path(work_tree, target);
  if (!named && !is_inside(real_root_, text)) return refuse("git-folder-outside");
  const auto real = watch_.real_path(text);
  if (!real) return refuse(reason_of(errno));
  std::string git_dir = *real;
  const auto named_common =
      ask(watch_.at(git_dir), [folder = git_dir] { return common_folder(folder); });
  if (!named_common) return refuse(kNotAnsweringReason);
  const std::optional<std::string>& common = *named_common;
  if (common) {
    const auto real_common = watch_.real_path(*common);
    if (!real_common) return refuse(reason_of(errno));
    git_dir = *real_common;
  }
  const bool inside = is_inside(real_root_, git_dir);
  if (!named && !inside) return refuse("git-folder-outside");
  if (common && inside) {
    pending_.push_back({frame.place->root, work_tree, std::move(git_dir)});
  } else {
    announce(frame.place->root, work_tree, git_dir);
  }
}

void Walker::announce(const std::string& root, const std::string& work_tree,
                      const std::string& git_dir) {
  struct stat facts {};
  const CallsPtr calls = watch_.at(git_dir);
  const WatchedHandle folder(open_deep_watched(calls, git_dir, O_PATH | O_DIRECTORY), calls);
  if (!folder.is_open() || !fstat_watched(calls, folder.get(), facts)) {
    sink_.on_unread(Unread{root, ".git", std::string(unread_reason(errno)), 0});
    return;
  }
  if (!repositories_.insert(DeviceInode{facts.st_dev, facts.st_ino}, 1)) return;
  sink_.on_repository(root, work_tree, git_dir);
}

void Walker::announce_pending() {
  for (const Pending& one : pending_) announce(one.root, one.work_tree, one.git_dir);
}

void Walker::leave() {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    path_.resize(frame->path_bytes);
    sink_.on_folder_left(frame->place->root, relative(*frame->place));
  }
  for (const Pending& one : pending_) sink_.on_folder_left(one.root, ".git");
}

bool Walker::reopen(Frame& frame, const Frame& child) const {
  const CallsPtr& calls = frame.folder.calls();
  const auto is_it = [&](FileHandle opened) {
    WatchedHandle folder(std::move(opened), calls);
    struct stat facts {};
    if (!folder.is_open() || !fstat_watched(calls, folder.get(), facts)) return false;
    if (!(frame.id == DeviceInode{facts.st_dev, facts.st_ino})) return false;
    frame.folder = std::move(folder);
    return true;
  };
  const WatchedHandle& below = child.folder;
  if (below.is_open() && is_it(open_watched(below.calls(), below.get(), "..", kFolderFlags))) {
    return true;
  }
  const std::string path = absolute(std::string_view(path_).substr(0, frame.path_bytes));
  return is_it(open_deep_watched(calls, path, kFolderFlags));
}

void Walker::finish() {
  const Frame done = std::move(frames_.back());
  frames_.pop_back();
  if (done.names.complete()) sink_.on_folder_listed(done.place->root, relative(*done.place));
  reopen_parent(done);
}

// Of a mount that does not answer its uppermost folder is named: what was not seen lies below it.
void Walker::give_up() {
  const Frame done = std::move(frames_.back());
  frames_.pop_back();
  if (frames_.empty() || !frames_.back().folder.dead()) unread(*done.place, kNotAnsweringReason);
  reopen_parent(done);
}

void Walker::reopen_parent(const Frame& done) {
  if (frames_.empty() || frames_.back().folder.is_open()) return;
  Frame& parent = frames_.back();
  if (parent.folder.dead() || reopen(parent, done)) return;
  // The tree was moved under us: what is left of this folder cannot be reached any more.
  path_.resize(parent.path_bytes);
  unread(*parent.place, "changed-while-read");
  parent.names.abandon();
}

Result<void> walk_file(const std::string& real, const std::string& root, const WalkOptions& options,
                       WalkSink& sink, const struct stat& facts) {
  const std::size_t slash = real.rfind('/');
  // Nobody looked whether the folder around is a repository.
  RootPlace place{root, slash == 0 ? "/" : real.substr(0, slash), 0, true};
  std::string name = real.substr(slash + 1);
  if (root == name) {
    place.root = ".";
  } else if (root.ends_with("/" + name)) {
    place.root.resize(std::max<std::size_t>(root.size() - name.size() - 1, 1));
  }
  if (std::find(options.never.begin(), options.never.end(), real) != options.never.end()) {
    return {};
  }
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode)) {
    sink.on_unread(Unread{std::move(place.root), std::move(name), "special-file", 0});
  } else if (!options.exclude.match(name).empty()) {
    sink.on_policy("exclude", place.root, name, size);
  } else if (options.file_bytes_max != 0 && size > options.file_bytes_max) {
    sink.on_policy("max-file-size", place.root, name, size);
  } else {
    sink.on_file(make_entry(place, std::move(name), facts));
  }
  return {};
}

std::string working_folder() {
  const std::unique_ptr<char, void (*)(void*)> folder(::getcwd(nullptr, 0), &std::free);
  return folder == nullptr ? "/" : std::string(folder.get());
}

}  // namespace

std::string FileEntry::disk_path() const { return join_path(root_path, path); }

Result<void> walk(const std::string& path, const std::string& root, const WalkOptions& options,
                  WalkSink& sink) {
  MountWatch& watch = MountWatch::of_process();
  MountTable mounts = watch.look_again();
  auto real = watch.real_path(path.starts_with('/') ? path : working_folder() + "/" + path);
  if (!real) return fail(os_error(errno, "cannot look at", path));
  CallsPtr calls = watch.at(*real);
  struct stat facts {};
  if (!stat_watched(calls, AT_FDCWD, real->c_str(), 0, facts)) {
    return fail(os_error(errno, "cannot look at", path));
  }
  if (calls != nullptr) {
    mounts = watch.look_again();  // an automount is mounted now
    calls = watch.add(facts.st_dev);
  }
  if (!S_ISDIR(facts.st_mode)) return walk_file(*real, root, options, sink, facts);
  Walker walker(std::move(*real), root, options, sink, std::move(mounts), std::move(calls));
  return walker.run();
}

}  // namespace nhi

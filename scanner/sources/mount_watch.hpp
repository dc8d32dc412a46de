// mount_watch.hpp - file systems that may stop answering, and the calls that are made on them.
//
// Every call on a network file system, FUSE or automount goes through the WatchedCalls of its
// device. Where that is null the file system is a local one: it is asked directly and pays nothing.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/watched_calls.hpp"
#include "scanner/sources/mounts.hpp"
#include "scanner/sources/name_list.hpp"

namespace nhi {

/// Why a place is unread whose file system did not answer.
inline constexpr std::string_view kNotAnsweringReason = "not-answering";

// Thread-safe. A mount that did not answer once is not asked again by this process.
class MountWatch {
 public:
  MountWatch() = default;
  /// Mounts are the same for all threads: the one that walkers and readers use.
  [[nodiscard]] static MountWatch& of_process();
  /// For mounts that are not yet known. Shapes: above 0.
  void set_limit(std::chrono::milliseconds limit);

  /// Reads the kernel's list of mounts, and returns it.
  MountTable look_again();
  /// Of the mount that `path` lies on, by the list as last read; a relative one is below the
  /// working folder.
  [[nodiscard]] CallsPtr at(std::string_view path);
  /// Of the file system with this st_dev, if at() or add() has named it.
  [[nodiscard]] CallsPtr of_device(std::uint64_t device) const;
  [[nodiscard]] CallsPtr add(std::uint64_t device);
  /// For a place of which nobody knows where it lies.
  [[nodiscard]] CallsPtr once() const;

  /// libgit2 holds locks for the whole process while it touches a file: once this was said, git
  /// on local disks is watched too, so that a repository on a dead mount holds up no other.
  void watch_git() { git_watched_ = true; }
  /// Of libgit2's calls on a repository at `git_dir`.
  [[nodiscard]] CallsPtr for_git(std::string_view git_dir);

  /// realpath(3) of an absolute path, which asks each mount on the way through its own calls.
  /// Nothing on failure; errno says why, ETIMEDOUT for a mount that does not answer.
  [[nodiscard]] std::optional<std::string> real_path(std::string_view path);
  /// Whether real_path() would come to a watched mount, found out without a call on one.
  [[nodiscard]] bool leads_to_watched(std::string_view path);

 private:
  struct Resolved {
    std::optional<std::string> path;
    bool watched = false;  // a watched mount was met
  };
  [[nodiscard]] Resolved resolve(std::string_view path, bool stop_at_watched);
  [[nodiscard]] CallsPtr new_calls() const;

  mutable std::mutex lock_;
  std::chrono::milliseconds limit_ = std::chrono::seconds(kAnswerSecondsMax);  // guarded by lock_
  std::optional<MountTable> table_;                                            // guarded by lock_
  std::unordered_map<std::uint64_t, CallsPtr> devices_;                        // guarded by lock_
  CallsPtr git_;                                                               // guarded by lock_
  std::atomic<bool> any_{false};  // devices_ is not empty
  std::atomic<bool> git_watched_{false};
};

// Owns a descriptor of a file system that may stop answering: closing one may hang as well. What
// is open on a dead mount stays open, because a thread that was left behind may still use it.
class WatchedHandle {
 public:
  WatchedHandle() = default;
  WatchedHandle(FileHandle handle, CallsPtr calls)
      : handle_(std::move(handle)), calls_(std::move(calls)) {}
  WatchedHandle(WatchedHandle&&) noexcept = default;
  WatchedHandle& operator=(WatchedHandle&& other) noexcept;
  ~WatchedHandle() { close(); }
  [[nodiscard]] int get() const { return handle_.get(); }
  [[nodiscard]] bool is_open() const { return handle_.is_open(); }
  [[nodiscard]] const CallsPtr& calls() const { return calls_; }
  void watch(CallsPtr calls) { calls_ = std::move(calls); }
  [[nodiscard]] bool dead() const { return calls_ != nullptr && calls_->dead(); }
  void close();

 private:
  FileHandle handle_;
  CallsPtr calls_;
};

// The calls of walker and reader. Each sets errno on failure, ETIMEDOUT if there was no answer.
[[nodiscard]] FileHandle open_watched(const CallsPtr& calls, int folder, const char* name,
                                      int flags);
/// open_deep() of paths.hpp.
[[nodiscard]] FileHandle open_deep_watched(const CallsPtr& calls, const std::string& path,
                                           int flags);
/// fstatat(2) with `flags`.
[[nodiscard]] bool stat_watched(const CallsPtr& calls, int folder, const char* name, int flags,
                                struct stat& facts);
[[nodiscard]] bool fstat_watched(const CallsPtr& calls, int descriptor, struct stat& facts);
[[nodiscard]] std::optional<std::string> read_link_watched(const CallsPtr& calls, int folder,
                                                           const char* name);
/// NameList::list(): 0, or the errno that ended it early.
[[nodiscard]] int list_watched(const CallsPtr& calls, int folder, NameList& names);

}  // namespace nhi

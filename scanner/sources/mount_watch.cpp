#include "scanner/sources/mount_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr int kLinksMax = 40;  // as the kernel has it: path_resolution(7)
// Local git calls wait for each other, and for a disk that others use first.
constexpr int kGitPatience = 10;

// What a call gave, with its errno: that of the thread which made it is of no use here.
template <class T>
struct Answer {
  T value{};
  int error = 0;
};

template <class T>
T unpack(std::optional<Answer<T>> answer, T failure) {
  errno = answer ? answer->error : ETIMEDOUT;
  return answer ? std::move(answer->value) : std::move(failure);
}

std::optional<std::string> read_link(int folder, const char* name) {
  char target[PATH_MAX];
  const ssize_t length = ::readlinkat(folder, name, target, sizeof target);
  if (length < 0) return std::nullopt;
  return std::string(target, static_cast<std::size_t>(length));
}

}  // namespace

MountWatch& MountWatch::of_process() {
  // Never destroyed: threads that were left behind may come back while the process ends.
  static auto* const watch = new MountWatch;
  return *watch;
}

void MountWatch::set_limit(std::chrono::milliseconds limit) {
  const std::lock_guard lock(lock_);
  limit_ = limit;
}

MountTable MountWatch::look_again() {
  MountTable table = MountTable::load();
  const std::lock_guard lock(lock_);
  table_ = table;
  return table;
}

CallsPtr MountWatch::new_calls() const { return std::make_shared<WatchedCalls>(limit_); }

CallsPtr MountWatch::at(std::string_view path) {
  // The working folder is never asked: the kernel knows its name.
  std::error_code ignored;
  std::string below;
  if (!path.starts_with('/')) {
    below = lexical_path(std::filesystem::current_path(ignored).native(), path);
    path = below;
  }
  const std::lock_guard lock(lock_);
  if (!table_) table_ = MountTable::load();
  const MountTable::Mount* const mount = table_->mount_of(path);
  if (mount == nullptr || mount->kind != FileSystemKind::kNetwork) return nullptr;
  CallsPtr& calls = devices_[mount->device];
  if (calls == nullptr) calls = new_calls();
  any_ = true;
  return calls;
}

CallsPtr MountWatch::of_device(std::uint64_t device) const {
  if (!any_.load(std::memory_order_acquire)) return nullptr;
  const std::lock_guard lock(lock_);
  const auto known = devices_.find(device);
  return known == devices_.end() ? nullptr : known->second;
}

CallsPtr MountWatch::add(std::uint64_t device) {
  const std::lock_guard lock(lock_);
  CallsPtr& calls = devices_[device];
  if (calls == nullptr) calls = new_calls();
  any_ = true;
  return calls;
}

CallsPtr MountWatch::once() const {
  const std::lock_guard lock(lock_);
  return new_calls();
}

CallsPtr MountWatch::for_git(std::string_view git_dir) {
  if (CallsPtr calls = at(git_dir)) return calls;
  if (!git_watched_) return nullptr;
  const std::lock_guard lock(lock_);
  if (git_ == nullptr) git_ = std::make_shared<WatchedCalls>(kGitPatience * limit_);
  return git_;
}

std::optional<std::string> MountWatch::real_path(std::string_view path) {
  return resolve(path, false).path;
}

bool MountWatch::leads_to_watched(std::string_view path) { return resolve(path, true).watched; }

MountWatch::Resolved MountWatch::resolve(std::string_view path, bool stop_at_watched) {
  std::string done;  // without a link; empty is "/"
  std::string rest(path);
  for (int links = 0; !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string part = rest.substr(0, slash);
    rest.erase(0, slash == std::string::npos ? slash : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    std::string next = join_path(done.empty() ? "/" : done, part);
    const CallsPtr calls = at(next);
    if (calls != nullptr && stop_at_watched) return {std::nullopt, true};
    const auto target = read_link_watched(calls, AT_FDCWD, next.c_str());
    if (target) {
      if (++links > kLinksMax) {
        errno = ELOOP;
        return {};
      }
      if (target->starts_with('/')) done.clear();
      rest.insert(0, *target + "/");
    } else if (errno == EINVAL) {  // there, and no link
      done = std::move(next);
    } else {
      return {};
    }
  }
  return {done.empty() ? "/" : done, false};
}

WatchedHandle& WatchedHandle::operator=(WatchedHandle&& other) noexcept {
  if (this == &other) return *this;
  close();
  handle_ = std::move(other.handle_);
  calls_ = std::move(other.calls_);
  return *this;
}

void WatchedHandle::close() {
  if (!handle_.is_open()) return;
  if (calls_ == nullptr) return handle_.close();
  const int descriptor = handle_.release();
  static_cast<void>(calls_->run([descriptor] { ::close(descriptor); }));
}

FileHandle open_watched(const CallsPtr& calls, int folder, const char* name, int flags) {
  if (calls == nullptr) return open_quietly(folder, name, flags);
  return unpack(ask(calls,
                    [folder, path = std::string(name), flags] {
                      FileHandle opened = open_quietly(folder, path.c_str(), flags);
                      return Answer<FileHandle>{std::move(opened), errno};
                    }),
                FileHandle());
}

FileHandle open_deep_watched(const CallsPtr& calls, const std::string& path, int flags) {
  if (calls == nullptr) return open_deep(path, flags);
  return unpack(ask(calls,
                    [path, flags] {
                      FileHandle opened = open_deep(path, flags);
                      return Answer<FileHandle>{std::move(opened), errno};
                    }),
                FileHandle());
}

bool stat_watched(const CallsPtr& calls, int folder, const char* name, int flags,
                  struct stat& facts) {
  if (calls == nullptr) return ::fstatat(folder, name, &facts, flags) == 0;
  using Facts = std::optional<struct stat>;
  const Facts seen = unpack(ask(calls,
                                [folder, path = std::string(name), flags] {
                                  struct stat found {};
                                  const int failed = ::fstatat(folder, path.c_str(), &found, flags);
                                  return Answer<Facts>{failed == 0 ? Facts(found) : Facts(), errno};
                                }),
                            Facts());
  if (seen) facts = *seen;
  return seen.has_value();
}

bool fstat_watched(const CallsPtr& calls, int descriptor, struct stat& facts) {
  if (calls == nullptr) return ::fstat(descriptor, &facts) == 0;
  return stat_watched(calls, descriptor, "", AT_EMPTY_PATH, facts);
}

std::optional<std::string> read_link_watched(const CallsPtr& calls, int folder, const char* name) {
  if (calls == nullptr) return read_link(folder, name);
  using Target = std::optional<std::string>;
  return unpack(ask(calls,
                    [folder, path = std::string(name)] {
                      Target target = read_link(folder, path.c_str());
                      return Answer<Target>{std::move(target), errno};
                    }),
                Target());
}

int list_watched(const CallsPtr& calls, int folder, NameList& names) {
  if (calls == nullptr) return names.list(folder);
  auto listed = ask(calls, [folder] {
    Answer<NameList> answer;
    answer.error = answer.value.list(folder);
    return answer;
  });
  if (!listed) return ETIMEDOUT;
  names = std::move(listed->value);
  return listed->error;
}

}  // namespace nhi

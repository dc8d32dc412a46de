#include "tests/cli/silent_mount.hpp"

#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <fcntl.h>
#include <fuse.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>

namespace nhi::testing {

struct SilentMount::Orders {
  std::atomic<Silence> silence{Silence::kNone};
  std::atomic<std::size_t> length{0};
  char path[512] = {};
};

namespace {

constexpr off_t kReadBefore = off_t{1} << 20;

struct Server {
  std::string content;
  std::atomic<Silence>* silence;
  std::atomic<std::size_t>* length;
  const char* path;
};

const Server& server() { return *static_cast<Server*>(::fuse_get_context()->private_data); }

std::string on_disk(const char* path) { return server().content + path; }

// Comes back only if this question is to be answered.
void answer_or_not(Silence what, const char* path) {
  const Silence now = *server().silence;
  if (now == Silence::kNone || (now != what && now != Silence::kEverything)) return;
  const std::string_view silent(server().path, *server().length);
  const std::string_view asked(path);
  if (!asked.starts_with(silent)) return;
  if (asked.size() != silent.size() && !silent.empty() && asked[silent.size()] != '/') return;
  while (true) ::pause();
}

int outcome(int result) { return result < 0 ? -errno : 0; }

int do_getattr(const char* path, struct stat* facts, fuse_file_info* /*file*/) {
  answer_or_not(Silence::kAttributes, path);
  return outcome(::lstat(on_disk(path).c_str(), facts));
}

int do_readdir(const char* path, void* into, fuse_fill_dir_t fill, off_t /*offset*/,
               fuse_file_info* /*file*/, fuse_readdir_flags /*flags*/) {
  answer_or_not(Silence::kListing, path);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(on_disk(path).c_str()), ::closedir);
  if (!folder) return -errno;
  while (const dirent* entry = ::readdir(folder.get())) {
    fill(into, entry->d_name, nullptr, 0, fuse_fill_dir_flags{});
  }
  return 0;
}

int do_open(const char* path, fuse_file_info* file) {
  answer_or_not(Silence::kOpening, path);
  const int opened = ::open(on_disk(path).c_str(), file->flags & ~(O_NOFOLLOW | O_NOATIME));
  if (opened < 0) return -errno;
  file->fh = static_cast<std::uint64_t>(opened);
  return 0;
}

int do_read(const char* path, char* into, std::size_t bytes, off_t offset, fuse_file_info* file) {
  if (offset >= kReadBefore) answer_or_not(Silence::kReading, path);
  const ssize_t got = ::pread(static_cast<int>(file->fh), into, bytes, offset);
  return got < 0 ? -errno : static_cast<int>(got);
}

int do_release(const char* /*path*/, fuse_file_info* file) {
  return outcome(::close(static_cast<int>(file->fh)));
}

int do_readlink(const char* path, char* into, std::size_t bytes) {
  answer_or_not(Silence::kAttributes, path);
  const ssize_t got = ::readlink(on_disk(path).c_str(), into, bytes - 1);
  if (got < 0) return -errno;
  into[got] = '\0';
  return 0;
}

int do_statfs(const char* path, struct statvfs* /*facts*/) {
  answer_or_not(Silence::kAttributes, path);
  return 0;
}

void* do_init(fuse_conn_info* /*connection*/, fuse_config* config) {
  config->attr_timeout = 0;  // every question reaches the server
  config->entry_timeout = 0;
  config->negative_timeout = 0;
  return ::fuse_get_context()->private_data;
}

// The server's whole life. Tells `ready` "" once it is mounted, or what is in the way.
[[noreturn]] void serve(Server& own, const std::string& mount_point, int ready) {
  fuse_operations answers{};
  answers.init = do_init;
  answers.getattr = do_getattr;
  answers.readdir = do_readdir;
  answers.open = do_open;
  answers.read = do_read;
  answers.release = do_release;
  answers.readlink = do_readlink;
  answers.statfs = do_statfs;
  char name[] = "silent";
  char* argv[] = {name, nullptr};
  fuse_args args = FUSE_ARGS_INIT(1, argv);
  fuse* const session = ::fuse_new(&args, &answers, sizeof answers, &own);
  if (session == nullptr || ::fuse_mount(session, mount_point.c_str()) != 0) {
    const std::string why = std::string("FUSE is refused here: ") + std::strerror(errno);
    static_cast<void>(!::write(ready, why.data(), why.size()));
    ::_exit(1);
  }
  ::close(ready);
  fuse_loop_config* const loop = ::fuse_loop_cfg_create();
  ::fuse_loop_cfg_set_max_threads(loop, 64);  // each silence takes one
  ::_exit(::fuse_loop_mt(session, loop) == 0 ? 0 : 1);
}

bool put(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

std::string SilentMount::prepare() {
  const uid_t uid = ::getuid();
  const gid_t gid = ::getgid();
  const int spaces = CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER);
  if (::unshare(spaces) != 0) {
    return std::string("no mount name space of one's own here: ") + std::strerror(errno);
  }
  if (uid != 0 && !(put("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1\n") &&
                    put("/proc/self/setgroups", "deny") &&
                    put("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1\n"))) {
    return "no user name space of one's own here";
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return std::string("mounts cannot be made private here: ") + std::strerror(errno);
  }
  if (::access("/dev/fuse", R_OK | W_OK) != 0) return "/dev/fuse may not be opened here";
  return {};
}

SilentMount::SilentMount(std::string content, std::string mount_point)
    : content_(std::move(content)),
      mount_point_(std::move(mount_point)),
      orders_(static_cast<Orders*>(::mmap(nullptr, sizeof(Orders), PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
  new (orders_) Orders;
  mount();
}

SilentMount::~SilentMount() {
  end();
  ::munmap(orders_, sizeof(Orders));
}

void SilentMount::mount() {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) {
    refused_ = "no pipe";
    return;
  }
  server_ = ::fork();
  if (server_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    Server own{content_, &orders_->silence, &orders_->length, orders_->path};
    ::close(ready[0]);
    serve(own, mount_point_, ready[1]);
  }
  ::close(ready[1]);
  char block[256];
  for (ssize_t got = 0; (got = ::read(ready[0], block, sizeof block)) > 0;) {
    refused_.append(block, static_cast<std::size_t>(got));
  }
  ::close(ready[0]);
}

void SilentMount::end() {
  if (server_ <= 0) return;
  ::kill(server_, SIGKILL);
  ::waitpid(server_, nullptr, 0);
  ::umount2(mount_point_.c_str(), MNT_DETACH);
  server_ = -1;
}

void SilentMount::fall_silent(Silence what, std::string_view path) {
  std::memcpy(orders_->path, path.data(), std::min(path.size(), sizeof orders_->path));
  orders_->length = path.size();
  orders_->silence = what;
}

void SilentMount::answer_again() {
  end();
  orders_->silence = Silence::kNone;
  mount();
}

}  // namespace nhi::testing

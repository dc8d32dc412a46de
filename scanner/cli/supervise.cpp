#include "scanner/cli/supervise.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "scanner/base/file.hpp"
#include "scanner/base/time_span.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// How long the other process may take to end after its last word, or after a signal.
constexpr std::chrono::seconds kGrace{2};
constexpr std::array<int, 4> kHandedOn = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// Our own are opened first and have low numbers; those of swept files come behind.
constexpr int kDescriptorsMax = 256;

// Where the last word goes; none without a supervisor.
int last_word = -1;

[[noreturn]] void die_by(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  ::raise(signal);
  ::_exit(128 + signal);
}

// Ends by `signal`, as without a handler, but lets go of every descriptor first: the locks of the
// inventory, and the pipes whose readers wait for their end. A thread in the kernel would keep
// them. Each number stays taken, so that no thread writes into what another opens meanwhile.
void let_go_and_die(int signal) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (int descriptor = 0; descriptor < kDescriptorsMax; ++descriptor) {
    if (descriptor != nothing && ::fcntl(descriptor, F_GETFD) >= 0) ::dup2(nothing, descriptor);
  }
  die_by(signal);
}

// The kernel's own, and what desktops and containers put there for themselves.
bool is_nobodys_business(const std::string& path) {
  return std::ranges::any_of(std::array{"/proc", "/sys", "/dev", "/run"},
                             [&](const char* folder) { return is_inside(folder, path); });
}

// True where the first thread has ended and others cannot.
bool is_undead(pid_t child) {
  const auto stat = read_small_file(fmt::format("/proc/{}/stat", child), 4096);
  if (!stat) return false;
  const std::size_t name_ends = stat->rfind(") ");
  return name_ends != std::string::npos && stat->compare(name_ends + 2, 1, "Z") == 0;
}

void end_as(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, WNOHANG) != child) return;
  if (WIFSIGNALED(status)) die_by(WTERMSIG(status));
  ::_exit(WEXITSTATUS(status));
}

// Signals to be handed on: those that somebody does not have ignored, as nohup(1) does.
sigset_t signals_of_interest() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int signal : kHandedOn) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler != SIG_IGN) sigaddset(&set, signal);
  }
  return set;
}

[[noreturn]] void supervise(pid_t child, int word, int signals) {
  std::optional<int> status;
  std::optional<int> signal;
  std::optional<Clock::time_point> until;
  std::array<pollfd, 2> waiting = {pollfd{signals, POLLIN, 0}, pollfd{word, POLLIN, 0}};
  while (true) {
    ::poll(waiting.data(), waiting.size(), 500);
    signalfd_siginfo got{};
    if ((waiting[0].revents & POLLIN) != 0 && ::read(signals, &got, sizeof got) == sizeof got &&
        got.ssi_signo != SIGCHLD) {
      signal = static_cast<int>(got.ssi_signo);
      ::kill(child, *signal);
      until = Clock::now() + kGrace;
    }
    end_as(child);
    unsigned char told = 0;
    if (waiting[1].revents != 0) {
      if (::read(word, &told, 1) == 1) {
        status = told;
        until = Clock::now() + kGrace;
      } else {
        waiting[1].fd = -1;  // nothing more comes from there
      }
    }
    if (!until && is_undead(child)) {
      status = kStatusFailed;
      until = Clock::now() + kGrace;
    }
    if (!until || Clock::now() < *until) continue;
    if (status) ::_exit(*status);
    die_by(*signal);
  }
}

}  // namespace

Result<void> set_io_timeout(const Options& options) {
  if (options.io_timeout.empty()) return {};
  auto limit = parse_span(options.io_timeout);
  if (!limit) {
    limit.error().subject = "--io-timeout " + options.io_timeout;
    limit.error().hint = "write 30s or 2m";
    return fail(std::move(limit.error()));
  }
  MountWatch::of_process().set_limit(std::chrono::seconds(*limit));
  return {};
}

bool needs_supervision(const Options& options) {
  constexpr std::array kReaders = {Command::kScan, Command::kSweep, Command::kCollect,
                                   Command::kDoctor, Command::kInit};
  if (std::ranges::find(kReaders, options.command) == kReaders.end()) return false;
  MountWatch& watch = MountWatch::of_process();
  const MountTable table = watch.look_again();
  const bool any = std::ranges::any_of(table.mounts(), [](const MountTable::Mount& mount) {
    return mount.kind == FileSystemKind::kNetwork && !is_nobodys_business(mount.path);
  });
  // What an estate names is read under supervision as well: its patterns may cross anything.
  if (any && !options.estate.empty()) return true;
  return std::ranges::any_of(options.paths, [&](const std::string& path) {
    std::error_code ignored;
    return watch.leads_to_watched(fs::absolute(path, ignored).string());
  });
}

void go_on_supervised() {
  int word[2];
  const sigset_t set = signals_of_interest();
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0 || ::pipe2(word, O_CLOEXEC) != 0) {
    if (signals >= 0) ::close(signals);
    return;
  }
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &set, &before);
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child > 0) {
    ::close(word[1]);
    supervise(child, word[0], signals);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::close(signals);
  ::close(word[0]);
  if (child < 0) {
    ::close(word[1]);
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != self) ::_exit(kStatusFailed);
  last_word = word[1];
  struct sigaction end {};
  end.sa_handler = let_go_and_die;
  for (const int signal : kHandedOn) {
    if (sigismember(&set, signal) == 1) ::sigaction(signal, &end, nullptr);
  }
}

void end_without_waiting(int status) {
  if (threads_left_behind() == 0) return;
  std::fflush(nullptr);
  // Whoever reads what this process writes waits for the end of it; a thread in the kernel keeps
  // every descriptor of the process open.
  for (const int stream : {0, 1, 2}) ::close(stream);
  if (last_word >= 0) {
    const auto told = static_cast<unsigned char>(status);
    static_cast<void>(!::write(last_word, &told, 1));
  }
  ::_exit(status);
}

}  // namespace nhi

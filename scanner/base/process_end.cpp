#include "scanner/base/process_end.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <thread>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{5};

bool has_ended(pid_t child) {
  siginfo_t told{};
  return ::waitid(P_PID, static_cast<id_t>(child), &told, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         told.si_pid == child;
}

}  // namespace

bool ends_within(pid_t child, std::chrono::milliseconds limit) {
  const auto until = Clock::now() + limit;
  const FileHandle watch(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  for (;;) {
    if (has_ended(child)) return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    if (watch.is_open()) {
      pollfd ready{watch.get(), POLLIN, 0};
      ::poll(&ready, 1, static_cast<int>(left.count()));
    } else {
      std::this_thread::sleep_for(std::min(kLook, left));  // before Linux 5.3
    }
  }
}

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace nhi

#include "scanner/cli/background.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace nhi {
namespace {

// The C library has no call for I/O classes; numbers of linux/ioprio.h, which old headers lack.
constexpr int kWhoProcess = 1;
constexpr int kClassIdle = 3;
constexpr int kClassShift = 13;

bool lower_cpu() {
  const sched_param none{};
  if (::sched_setscheduler(0, SCHED_IDLE, &none) == 0) return true;
  return ::setpriority(PRIO_PROCESS, 0, 19) == 0;
}

bool lower_io() {
  return ::syscall(SYS_ioprio_set, kWhoProcess, 0, kClassIdle << kClassShift) == 0;
}

}  // namespace

std::vector<std::string> enter_background() {
  std::vector<std::string> refused;
  if (!lower_cpu()) {
    refused.push_back(std::string("idle CPU class refused: ") + std::strerror(errno));
  }
  if (!lower_io()) {
    refused.push_back(std::string("idle I/O class refused: ") + std::strerror(errno));
  }
  return refused;
}

}  // namespace nhi

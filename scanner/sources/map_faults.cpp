#include "scanner/sources/map_faults.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <mutex>

namespace nhi {
namespace {

constinit thread_local volatile std::sig_atomic_t within = 0;
constinit thread_local volatile std::sig_atomic_t faults = 0;
std::uintptr_t page_bytes = 0;

// Only what POSIX or Linux makes a plain system call. Nothing else can be done for a page outside
// of a scope, or one that memory failed: the instruction is repeated, and dies by the default.
void put_zeros(int signal, siginfo_t* info, void* /*context*/) {
  const auto within_page = reinterpret_cast<std::uintptr_t>(info->si_addr) & (page_bytes - 1);
  void* const page = static_cast<char*>(info->si_addr) - within_page;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  if (within == 0 || info->si_code != BUS_ADRERR ||
      ::mmap(page, page_bytes, PROT_READ, kFlags, -1, 0) == MAP_FAILED) {
    std::signal(signal, SIG_DFL);
    return;
  }
  faults = faults + 1;
}

void install() {
  page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = put_zeros;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

MapFaults::MapFaults() {
  static std::once_flag once;
  std::call_once(once, install);
  faults = 0;
  within = 1;
}

MapFaults::~MapFaults() { within = 0; }

unsigned MapFaults::count() const { return static_cast<unsigned>(faults); }

}  // namespace nhi

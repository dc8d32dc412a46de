// shims.cpp - what a portable program and the archives in it take from a glibc later than 2.28, in
// terms of what 2.28 has (make_stubs.sh). For x86-64: versions and structures are those.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

#if !defined(__x86_64__)
#error "a portable program is made for x86-64 only"
#endif

#define NHI_SHIM extern "C" __attribute__((visibility("hidden")))

// stat() and its family are functions since 2.33; before, headers made them calls of these.
extern "C" {
int __xstat(int version, const char* path, struct stat* facts);
int __lxstat(int version, const char* path, struct stat* facts);
int __fxstat(int version, int descriptor, struct stat* facts);
int __fxstatat(int version, int folder, const char* path, struct stat* facts, int flags);
int __xmknod(int version, const char* path, mode_t mode, dev_t* device);
int __real___libc_start_main(int (*program)(int, char**, char**), int argc, char** argv,
                             void (*init)(int, char**, char**), void (*fini)(), void (*rtld_fini)(),
                             void* stack_end);
void _init();
extern void (*__init_array_start[])(int, char**, char**);
extern void (*__init_array_end[])(int, char**, char**);
}

namespace {

constexpr int kStatVersion = 1;  // _STAT_VER of x86-64
static_assert(sizeof(struct stat) == 144 && sizeof(struct stat64) == 144);
struct stat* same(struct stat64* facts) {
  return reinterpret_cast<struct stat*>(facts);
}

// Up to 2.33 the program ran its own constructors, by a function that its start-up code brought.
void run_constructors(int argc, char** argv, char** environment) {
  _init();
  for (auto* constructor = __init_array_start; constructor != __init_array_end; ++constructor) {
    (*constructor)(argc, argv, environment);
  }
}

struct Wanted {
  std::uintptr_t address;
  dl_find_object* result;
};

int look_into(dl_phdr_info* object, std::size_t /*size*/, void* data) {
  const Wanted& wanted = *static_cast<Wanted*>(data);
  const ElfW(Phdr)* frames = nullptr;
  bool here = false;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    const std::uintptr_t start = object->dlpi_addr + part.p_vaddr;
    if (part.p_type == PT_GNU_EH_FRAME) frames = &part;
    if (part.p_type != PT_LOAD || wanted.address < start) continue;
    if (wanted.address - start >= part.p_memsz) continue;
    here = true;
    wanted.result->dlfo_map_start = reinterpret_cast<void*>(start);
    wanted.result->dlfo_map_end = reinterpret_cast<void*>(start + part.p_memsz);
  }
  if (!here || frames == nullptr) return 0;
  wanted.result->dlfo_flags = 0;
  wanted.result->dlfo_link_map = nullptr;
  wanted.result->dlfo_eh_frame = reinterpret_cast<void*>(object->dlpi_addr + frames->p_vaddr);
  return 1;
}

// The same moment on the wall clock, which pthread_cond_timedwait() goes by. A step of that clock
// in between moves the end of the wait; callers look at their own clock and wait again.
timespec on_wall_clock(clockid_t clock, const timespec& end) {
  timespec now{};
  timespec wall{};
  clock_gettime(clock, &now);
  clock_gettime(CLOCK_REALTIME, &wall);
  constexpr long kNanos = 1'000'000'000;
  const long nanos = wall.tv_nsec + end.tv_nsec - now.tv_nsec;  // between -1 and 2 seconds
  const long carry = nanos < 0 ? -1 : nanos / kNanos;
  return {wall.tv_sec + end.tv_sec - now.tv_sec + carry, nanos - carry * kNanos};
}

}  // namespace

NHI_SHIM int stat(const char* path, struct stat* facts) noexcept {
  return __xstat(kStatVersion, path, facts);
}
NHI_SHIM int lstat(const char* path, struct stat* facts) noexcept {
  return __lxstat(kStatVersion, path, facts);
}
NHI_SHIM int fstat(int descriptor, struct stat* facts) noexcept {
  return __fxstat(kStatVersion, descriptor, facts);
}
NHI_SHIM int fstatat(int folder, const char* path, struct stat* facts, int flags) noexcept {
  return __fxstatat(kStatVersion, folder, path, facts, flags);
}
NHI_SHIM int stat64(const char* path, struct stat64* facts) noexcept {
  return __xstat(kStatVersion, path, same(facts));
}
NHI_SHIM int lstat64(const char* path, struct stat64* facts) noexcept {
  return __lxstat(kStatVersion, path, same(facts));
}
NHI_SHIM int fstat64(int descriptor, struct stat64* facts) noexcept {
  return __fxstat(kStatVersion, descriptor, same(facts));
}

NHI_SHIM int __wrap___libc_start_main(int (*program)(int, char**, char**), int argc, char** argv,
                                      void (* /*init*/)(int, char**, char**), void (*fini)(),
                                      void (*rtld_fini)(), void* stack_end) {
  return __real___libc_start_main(program, argc, argv, run_constructors, fini, rtld_fini,
                                  stack_end);
}

// std::condition_variable waits by this one (2.30).
NHI_SHIM int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                    clockid_t clock, const timespec* end) {
  const timespec wall = on_wall_clock(clock, *end);
  return pthread_cond_timedwait(condition, mutex, &wall);
}

// Reference counts of libstdc++ ask it (2.32): never sure means always atomic.
extern "C" {
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;
}

// What the unwinder of GCC 12 asks for the frames of a place in the program (2.35).
NHI_SHIM int _dl_find_object(void* address, dl_find_object* result) noexcept {
  Wanted wanted{reinterpret_cast<std::uintptr_t>(address), result};
  return dl_iterate_phdr(look_into, &wanted) == 1 ? 0 : -1;
}

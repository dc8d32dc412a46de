#include "plugins/host/confine.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "plugins/host/descriptors.hpp"
#include "scanner/base/memory_file.hpp"

namespace nhi {
namespace {

// Of later kernels than the headers of Debian 12. Source: include/uapi/linux/landlock.h of Linux.
constexpr std::uint64_t kRefer = 1ULL << 13U;             // version 2
constexpr std::uint64_t kTruncate = 1ULL << 14U;          // 3
constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;       // 5
constexpr std::uint64_t kBindTcp = 1ULL << 0U;            // 4
constexpr std::uint64_t kConnectTcp = 1ULL << 1U;         // 4
constexpr std::uint64_t kScopeAbstractUnix = 1ULL << 0U;  // 6
constexpr std::uint64_t kScopeSignal = 1ULL << 1U;        // 6
constexpr int kRuleNetPort = 2;
struct RulesetAttribute {
  std::uint64_t files = 0;
  std::uint64_t net = 0;
  std::uint64_t scoped = 0;
};
struct NetPortAttribute {
  std::uint64_t allowed = 0;
  std::uint64_t port = 0;
};

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReadAll =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kFirstVersion = (1ULL << 13U) - 1;  // all thirteen of version 1
// What makes sense for a single file; others are refused by the kernel.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_READ_FILE | kTruncate | kIoctlDevice;

struct Place {
  const char* path;
  std::uint64_t access;
};
// What programs of any language need to start, to look up names and to check certificates.
constexpr Place kSystem[] = {
    {"/usr", kReadAll},
    {"/lib", kReadAll},
    {"/lib32", kReadAll},
    {"/lib64", kReadAll},
    {"/bin", kReadAll},
    {"/sbin", kReadAll},
    {"/etc/ld.so.cache", kReadFile},
    {"/etc/ld.so.preload", kReadFile},
    {"/etc/alternatives", kReadAll},
    {"/etc/ssl/certs", kReadAll},
    {"/etc/ssl/openssl.cnf", kReadFile},
    {"/etc/ca-certificates", kReadAll},
    {"/etc/pki/tls", kReadAll},
    {"/etc/pki/ca-trust", kReadAll},
    {"/etc/crypto-policies", kReadAll},
    {"/etc/resolv.conf", kReadFile},
    {"/run/systemd/resolve", kReadAll},
    {"/etc/hosts", kReadFile},
    {"/etc/host.conf", kReadFile},
    {"/etc/nsswitch.conf", kReadFile},
    {"/etc/gai.conf", kReadFile},
    {"/etc/services", kReadFile},
    {"/etc/protocols", kReadFile},
    {"/etc/passwd", kReadFile},
    {"/etc/group", kReadFile},
    {"/etc/localtime", kReadFile},
    {"/dev/null", kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE},
    {"/dev/zero", kReadFile},
    {"/dev/full", kReadFile},
    {"/dev/random", kReadFile},
    {"/dev/urandom", kReadFile},
    {"/proc/sys/kernel", kReadAll},
    {"/proc/sys/vm", kReadAll},
    {"/proc/cpuinfo", kReadFile},
    {"/proc/meminfo", kReadFile},
    {"/sys/devices/system/cpu", kReadAll},
};

int landlock_create(const RulesetAttribute* attribute, std::size_t size, unsigned flags) {
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, attribute, size, flags));
}

class LandlockRules {
 public:
  LandlockRules(FileHandle ruleset, std::uint64_t handled)
      : ruleset_(std::move(ruleset)), handled_(handled) {}

  Result<void> allow_path(const std::string& path, std::uint64_t access, bool required) {
    const FileHandle place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!place.is_open()) {
      if (!required) return {};
      return fail(os_error(errno, "cannot open what a rotator is granted", path));
    }
    return allow(place.get(), access, path);
  }
  Result<void> allow(int descriptor, std::uint64_t access, const std::string& name) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return fail(os_error(errno, "cannot look at", name));
    if (!S_ISDIR(status.st_mode)) access &= kOfFiles;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = access & handled_;
    rule.parent_fd = descriptor;
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) !=
        0) {
      return fail(os_error(errno, "landlock refuses a rule for", name));
    }
    return {};
  }
  Result<void> allow_port(std::uint16_t port) {
    const NetPortAttribute rule{kConnectTcp, port};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), kRuleNetPort, &rule, 0) != 0) {
      return fail(os_error(errno, "landlock refuses a rule for port", std::to_string(port)));
    }
    return {};
  }
  FileHandle take() { return std::move(ruleset_); }

 private:
  FileHandle ruleset_;
  std::uint64_t handled_;
};

RulesetAttribute handled_by(const Grants& grants, const Enforcement& can) {
  RulesetAttribute attribute;
  attribute.files = kFirstVersion;
  if (can.landlock >= 2) attribute.files |= kRefer;
  if (can.landlock >= 3) attribute.files |= kTruncate;
  if (can.landlock >= 5) attribute.files |= kIoctlDevice;
  // Without `net` there are no sockets at all; with it and without ports all of them.
  if (can.ports() && grants.net && !grants.ports.empty()) attribute.net = kBindTcp | kConnectTcp;
  if (can.signals()) attribute.scoped = kScopeAbstractUnix | kScopeSignal;
  return attribute;
}

std::size_t size_of_attribute(const Enforcement& can) {
  if (can.signals()) return sizeof(RulesetAttribute);
  return can.ports() ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

Result<FileHandle> make_landlock(const Grants& grants, const std::vector<int>& programs) {
  const Enforcement can = enforcement();
  if (!can.files()) return FileHandle();
  const RulesetAttribute attribute = handled_by(grants, can);
  FileHandle ruleset(landlock_create(&attribute, size_of_attribute(can), 0));
  if (!ruleset.is_open()) return fail(os_error(errno, "landlock refuses a set of rules", {}));
  LandlockRules rules(std::move(ruleset), attribute.files);
  for (const Place& place : kSystem) {
    NHI_CHECK_OK(rules.allow_path(place.path, place.access, /*required=*/false));
  }
  for (const int program : programs) NHI_CHECK_OK(rules.allow(program, kReadAll, "a program"));
  for (const std::string& path : grants.read) {
    NHI_CHECK_OK(rules.allow_path(path, kReadAll, /*required=*/true));
  }
  for (const std::string& path : grants.write) {
    NHI_CHECK_OK(rules.allow_path(path, attribute.files, /*required=*/true));
  }
  if (attribute.net != 0) {
    for (const std::uint16_t port : grants.ports) NHI_CHECK_OK(rules.allow_port(port));
  }
  return moved_up(rules.take());
}

// Of no use to a rotator, and to an attacker the way out or in: other processes, other namespaces,
// the kernel itself. io_uring is a second way to nearly every call.
constexpr const char* kNever[] = {
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "pidfd_getfd",
    "pidfd_send_signal",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "pivot_root",
    "chroot",
    "swapon",
    "swapoff",
    "reboot",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "acct",
    "quotactl",
    "nfsservctl",
    "syslog",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "iopl",
    "ioperm",
    "mknod",
    "mknodat",
    "name_to_handle_at",
    "open_by_handle_at",
    "fanotify_init",
    "lookup_dcookie",
    "vhangup",
    "setsid",
    "setpgid",
    "personality",
};
constexpr std::uint64_t kFamiliesEnd = 64;  // behind all that Linux has
constexpr const char* kSockets[] = {"socket",  "socketpair", "bind",   "listen",
                                    "connect", "accept",     "accept4"};

class SeccompRules {
 public:
  static Result<SeccompRules> create() {
    SeccompRules rules;
    rules.context_.reset(::seccomp_init(SCMP_ACT_ALLOW));
    if (!rules.context_) return fail(ErrorCode::kInternal, "libseccomp gives no filter");
    return rules;
  }
  // Names that this machine's architecture does not have are no calls to forbid.
  void forbid(const char* name, int error = EPERM) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call != __NR_SCMP_ERROR) note(::seccomp_rule_add(get(), action(error), call, 0));
  }
  void forbid_if(const char* name, const scmp_arg_cmp& condition) {
    const int call = ::seccomp_syscall_resolve_name(name);
    note(::seccomp_rule_add_array(get(), action(EPERM), call, 1, &condition));
  }
  Result<std::vector<sock_filter>> program() {
    if (failure_ != 0) return fail(os_error(-failure_, "libseccomp refuses a rule", {}));
    NHI_TRY(const FileHandle file, memory_file({}));
    const int exported = ::seccomp_export_bpf(get(), file.get());
    if (exported != 0) return fail(os_error(-exported, "libseccomp cannot write a filter", {}));
    const off_t bytes = ::lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> filter(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
    if (::pread(file.get(), filter.data(), filter.size() * sizeof(sock_filter), 0) != bytes) {
      return fail(ErrorCode::kIo, "cannot read a filter back");
    }
    return filter;
  }

 private:
  static std::uint32_t action(int error) {
    return SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error));
  }
  void* get() { return context_.get(); }
  void note(int status) {
    // The same call by two names, or one of another architecture: already as wanted.
    if (status != 0 && status != -EEXIST && status != -EDOM && failure_ == 0) failure_ = status;
  }
  std::unique_ptr<void, void (*)(void*)> context_{nullptr, ::seccomp_release};
  int failure_ = 0;
};

Result<std::vector<sock_filter>> make_seccomp(const Grants& grants) {
  NHI_TRY(SeccompRules rules, SeccompRules::create());
  for (const char* const name : kNever) rules.forbid(name);
  // Its own limits it may lower: without capabilities nobody lifts a hard one. Ours it must not.
  rules.forbid_if("prlimit64", SCMP_A0(SCMP_CMP_NE, 0));
  // One thread makes another with clone; a namespace of its own it does not need.
  for (const std::uint64_t flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
                                   CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP}) {
    rules.forbid_if("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
  }
  // Its flags lie in memory, where no filter sees them; libraries then take clone.
  rules.forbid("clone3", ENOSYS);
  if (!grants.exec) {
    rules.forbid("fork");
    rules.forbid("vfork");
    rules.forbid("kill");
    rules.forbid_if("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  }
  if (!grants.net) {
    for (const char* const name : kSockets) rules.forbid(name, EACCES);
  } else {
    // AF_NETLINK: getaddrinfo() asks the kernel for the machine's own addresses.
    for (std::uint64_t family = 0; family < kFamiliesEnd; ++family) {
      if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && family != AF_NETLINK) {
        rules.forbid_if("socket", SCMP_A0(SCMP_CMP_EQ, family));
      }
    }
    rules.forbid_if("socket", SCMP_A0(SCMP_CMP_GE, kFamiliesEnd));
  }
  return rules.program();
}

}  // namespace

Enforcement enforcement() {
  const int version = landlock_create(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return {version < 0 ? 0 : version};
}

std::vector<std::string> blind_spots(const Grants& grants, const Enforcement& can) {
  std::vector<std::string> spots;
  if (!can.files()) {
    spots.emplace_back(
        "this kernel has no Landlock: a rotator can read and write every file that its user can");
  }
  if (grants.net && grants.ports.empty()) {
    spots.emplace_back("it may use the network: every host and port that this machine can reach");
  } else if (grants.net && !can.ports()) {
    spots.emplace_back(
        "this kernel cannot tell ports apart (Linux 6.7 can): it can reach every host and port");
  } else if (grants.net) {
    spots.emplace_back("it can reach every host at the ports it is granted");
  }
  if (grants.exec) {
    spots.emplace_back("it may start other programs of the system, held in as it is itself");
  }
  return spots;
}

Result<Confinement> Confinement::create(const Grants& grants, const std::vector<int>& programs) {
  Confinement confinement;
  NHI_TRY(confinement.landlock_, make_landlock(grants, programs));
  NHI_TRY(confinement.seccomp_, make_seccomp(grants));
  confinement.keep_file_rights_ = !grants.write.empty();
  return confinement;
}

int Confinement::enter() const noexcept {
  // root without capabilities owns root's files and nothing more. A later exec gives none back.
  for (int capability = 0; capability < 64; ++capability) {
    const bool of_files =
        capability == CAP_CHOWN || capability == CAP_DAC_OVERRIDE || capability == CAP_FOWNER;
    if (!(keep_file_rights_ && of_files)) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (landlock_.is_open()) {
    // Its own process, which runtimes look at, and no other's. It has no number before the fork.
    landlock_path_beneath_attr self{};
    self.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    self.parent_fd = ::open("/proc/self", O_PATH | O_CLOEXEC);
    if (self.parent_fd >= 0) {
      ::syscall(SYS_landlock_add_rule, landlock_.get(), LANDLOCK_RULE_PATH_BENEATH, &self, 0);
    }
    if (::syscall(SYS_landlock_restrict_self, landlock_.get(), 0) != 0) return errno;
  }
  sock_fprog program{};
  program.len = static_cast<unsigned short>(seccomp_.size());
  program.filter = const_cast<sock_filter*>(seccomp_.data());
  if (::prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &program, 0, 0) != 0) return errno;
  return 0;
}

}  // namespace nhi

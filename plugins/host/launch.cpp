#include "plugins/host/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "plugins/host/confine.hpp"
#include "plugins/host/descriptors.hpp"
#include "scanner/base/private_folder.hpp"
#include "scanner/base/process_end.hpp"

namespace nhi {
namespace {

namespace bp = boost::process;

constexpr int kSignalled = 128;
constexpr rlim_t kClosedByHandMax = 65536;
constexpr unsigned kCloseRangeCloexec = 1U << 2U;

struct Pair {
  FileHandle ours;
  FileHandle theirs;
};

Result<Pair> pair_of(int ours, int theirs) {
  Pair pair;
  FileHandle first(ours);
  FileHandle second(theirs);
  NHI_TRY(pair.ours, moved_up(std::move(first)));
  NHI_TRY(pair.theirs, moved_up(std::move(second)));
  if (::fcntl(pair.ours.get(), F_SETFL, O_NONBLOCK) != 0) {
    return fail(os_error(errno, "cannot set up a channel", {}));
  }
  return pair;
}

Result<Pair> make_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(os_error(errno, "cannot make a channel", {}));
  }
  return pair_of(ends[0], ends[1]);
}

Result<Pair> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(os_error(errno, "cannot make a pipe", {}));
  return pair_of(ends[0], ends[1]);
}

// Occupies the numbers to be placed while Boost makes the pipe that it tells a failed exec by: in
// the child that pipe must not lie where we put something else.
Result<std::vector<FileHandle>> occupy_low_numbers() {
  std::vector<FileHandle> occupied;
  for (;;) {
    FileHandle file(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!file.is_open()) return fail(os_error(errno, "cannot open", "/dev/null"));
    if (file.get() >= kFirstOurs) return occupied;
    occupied.push_back(std::move(file));
  }
}

// All that happens between fork and exec: system calls, no memory, no locks. Each failure ends the
// child with the error that Boost passes on.
struct ChildSetup : bp::extend::handler {
  int null = -1;
  int output = -1;
  int errors = -1;
  int control = -1;
  int secrets = -1;
  int script = -1;
  int interpreter = -1;
  const char* folder = "/";
  std::vector<char*> arguments;
  const Confinement* confinement = nullptr;
  LaunchLimits limits;
  std::size_t file_bytes = 0;
  pid_t parent = 0;

  template <class Executor>
  void on_exec_setup(Executor& executor) const {
    executor.cmd_line = arguments.data();  // argv[0] is not where the program lies
    const int error = set_up();
    if (error == 0) return;
    executor.set_error(std::error_code(error, std::system_category()), "");
    ::_exit(EXIT_FAILURE);
  }
  // A child whose exec failed is Boost's no more, and would stay a zombie.
  template <class Executor>
  void on_error(Executor& executor, const std::error_code&) const {
    if (executor.pid > 0) ::waitpid(executor.pid, nullptr, 0);
  }

 private:
  [[nodiscard]] int set_up() const {
    if (::setsid() < 0) return errno;  // a group of its own, without a terminal
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    if (::getppid() != parent) return ESRCH;  // the parent died before the line above
    if (const int error = place(); error != 0) return error;
    if (const int error = set_limits(); error != 0) return error;
    ::umask(077);
    if (::chdir(folder) != 0) return errno;
    reset_signals();
    return confinement->enter();
  }
  [[nodiscard]] int place() const {
    const std::array<std::pair<int, int>, 7> places = {{
        {null, 0},
        {output, 1},
        {errors, 2},
        {control, kControlDescriptor},
        {secrets, kSecretsDescriptor},
        {script >= 0 ? script : null, kScriptDescriptor},
        {interpreter >= 0 ? interpreter : null, kInterpreterDescriptor},
    }};
    for (const auto& [from, to] : places) {
      if (::dup2(from, to) < 0) return errno;
    }
    if (script < 0) ::close(kScriptDescriptor);
    if (interpreter < 0) ::close(kInterpreterDescriptor);
    // Nothing else is handed over. Close-on-exec, not closed: Boost's pipe is still needed.
    if (::syscall(SYS_close_range, kFirstNotGiven, ~0U, kCloseRangeCloexec) == 0) return 0;
    // Before Linux 5.11. Ours are all close-on-exec already; where the limit is endless the loop
    // must not be.
    rlimit open_files{};
    ::getrlimit(RLIMIT_NOFILE, &open_files);
    const auto end = static_cast<int>(std::min<rlim_t>(open_files.rlim_cur, kClosedByHandMax));
    for (int file = kFirstNotGiven; file < end; ++file) {
      ::fcntl(file, F_SETFD, FD_CLOEXEC);
    }
    return 0;
  }
  [[nodiscard]] int set_limits() const {
    const auto set = [](__rlimit_resource what, rlim_t value) {
      const rlimit limit{value, value};
      return ::setrlimit(what, &limit) == 0;
    };
    const bool good = set(RLIMIT_CORE, 0) && set(RLIMIT_FSIZE, file_bytes) &&
                      set(RLIMIT_NOFILE, kPluginOpenFilesMax) &&
                      (limits.memory_bytes == 0 || set(RLIMIT_DATA, limits.memory_bytes));
    return good ? 0 : errno;
  }
  static void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }
};

struct Programs {
  FileHandle run;          // the shim, the interpreter, or the program itself
  FileHandle script;       // closed unless it is one
  FileHandle interpreter;  // for the shim
  std::string name;        // argv[0]
  std::vector<std::string> arguments;
};

Result<Programs> open_programs(const PluginPin& pin) {
  Programs programs;
  NHI_TRY(FileHandle program, open_pinned(pin.program));
  NHI_TRY(const bool script, is_script(program));
  if (!pin.interpreter) {
    if (script) {
      return fail(ErrorCode::kBadUse, "a script is registered without its interpreter",
                  pin.program.path, "name and pin the interpreter as well");
    }
    NHI_TRY(programs.run, moved_up(std::move(program)));
    programs.name = pin.name;
    return programs;
  }
  NHI_TRY(programs.script, moved_up(std::move(program)));
  NHI_TRY(FileHandle interpreter, open_pinned(*pin.interpreter));
  if (!pin.shim.empty()) {
    NHI_TRY(programs.interpreter, moved_up(std::move(interpreter)));
    NHI_TRY(FileHandle shim, open_own(pin.shim));
    NHI_TRY(programs.run, moved_up(std::move(shim)));
    programs.name = pin.name;
    programs.arguments = {pin.interpreter->path};
    programs.arguments.insert(programs.arguments.end(), pin.arguments.begin(), pin.arguments.end());
    return programs;
  }
  NHI_TRY(programs.run, moved_up(std::move(interpreter)));
  programs.name = pin.interpreter->path;  // by which interpreters find their libraries
  programs.arguments = pin.arguments;
  programs.arguments.push_back(fmt::format("/proc/self/fd/{}", kScriptDescriptor));
  return programs;
}

}  // namespace

struct PluginProcess::State {
  bp::child child;
  Pair control;
  Pair secrets;
  Pair output;
  Pair errors;
  PrivateFolder folder;
  std::optional<int> status;  // once it was reaped: 128 + n for a signal

  // False if it is still there after `limit`. Its number stays its own: it is not reaped.
  bool wait(std::chrono::milliseconds limit) { return status || ends_within(child.id(), limit); }
  void end() {
    child.detach();                      // Boost would end it and wait for it without a limit
    if (!wait(kTerminateGrace)) return;  // it hangs in the kernel: init takes it later
    if (!status) status = reap(child.id());
  }
};

Result<PluginProcess> PluginProcess::start(const PluginPin& pin, const LaunchLimits& limits) {
  NHI_TRY(Programs programs, open_programs(pin));
  NHI_TRY(Pair control, make_channel());
  NHI_TRY(Pair secrets, make_channel());
  NHI_TRY(Pair output, make_pipe());
  NHI_TRY(Pair errors, make_pipe());
  NHI_TRY(PrivateFolder folder, PrivateFolder::make());
  // A rotator begins in a folder of its own, and makes nothing there.
  ::chmod(folder.path().c_str(), S_IRUSR | S_IXUSR);
  NHI_TRY(FileHandle null, moved_up(FileHandle(::open("/dev/null", O_RDWR | O_CLOEXEC))));
  std::vector<int> readable = {programs.run.get()};
  for (const FileHandle* const file : {&programs.script, &programs.interpreter}) {
    if (file->is_open()) readable.push_back(file->get());
  }
  NHI_TRY(const Confinement confinement, Confinement::create(pin.grants, readable));
  NHI_TRY(const std::vector<FileHandle> occupied, occupy_low_numbers());

  ChildSetup setup;
  setup.null = null.get();
  setup.output = output.theirs.get();
  setup.errors = errors.theirs.get();
  setup.control = control.theirs.get();
  setup.secrets = secrets.theirs.get();
  setup.script = programs.script.get();
  setup.interpreter = programs.interpreter.get();
  setup.folder = folder.path().c_str();
  setup.confinement = &confinement;
  setup.limits = limits;
  setup.file_bytes = pin.grants.write.empty() ? 0 : kPluginFileBytesMax;
  setup.parent = ::getpid();
  bp::environment environment;
  environment["LANG"] = "C.UTF-8";
  environment["PATH"] = "/usr/bin:/bin";
  environment["TZ"] = "UTC";
  setup.arguments.push_back(programs.name.data());
  for (std::string& argument : programs.arguments) setup.arguments.push_back(argument.data());
  setup.arguments.push_back(nullptr);
  std::error_code failure;
  bp::child child(bp::exe = fmt::format("/proc/self/fd/{}", programs.run.get()), environment, setup,
                  failure);
  if (failure) return fail(os_error(failure.value(), "cannot start rotator", pin.name));

  for (Pair* const pair : {&control, &secrets, &output, &errors}) pair->theirs.close();
  auto state = std::make_unique<State>(State{std::move(child), std::move(control),
                                             std::move(secrets), std::move(output),
                                             std::move(errors), std::move(folder), std::nullopt});
  return PluginProcess(std::move(state));
}

PluginProcess::PluginProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
PluginProcess::PluginProcess(PluginProcess&&) noexcept = default;
PluginProcess& PluginProcess::operator=(PluginProcess&&) noexcept = default;
PluginProcess::~PluginProcess() {
  if (state_ != nullptr) terminate(std::chrono::milliseconds(0));
}

int PluginProcess::control() const { return state_->control.ours.get(); }
int PluginProcess::secrets() const { return state_->secrets.ours.get(); }
int PluginProcess::output() const { return state_->output.ours.get(); }
int PluginProcess::errors() const { return state_->errors.ours.get(); }
pid_t PluginProcess::id() const { return state_->child.id(); }
bool PluginProcess::wait(std::chrono::milliseconds limit) { return state_->wait(limit); }

std::string PluginProcess::status() {
  if (!ended()) return "running";
  int status = state_->status.value_or(0);
  if (!state_->status) {
    siginfo_t told{};
    ::waitid(P_PID, static_cast<id_t>(id()), &told, WEXITED | WNOWAIT);
    status = told.si_code == CLD_EXITED ? told.si_status : kSignalled + told.si_status;
  }
  return status < kSignalled ? fmt::format("status {}", status)
                             : fmt::format("signal {}", status - kSignalled);
}

void PluginProcess::terminate(std::chrono::milliseconds grace) {
  if (state_->status) return;
  const pid_t group = state_->child.id();
  if (grace.count() > 0) {
    ::kill(-group, SIGTERM);
    state_->wait(grace);
  }
  // Also where it ended by itself: what it started may live on. The number is the group's until its
  // first member is reaped.
  ::kill(-group, SIGKILL);
  state_->end();
}

}  // namespace nhi

#include "tests/cli/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "scanner/base/hash.hpp"

#ifndef NHI_PROGRAM
#error "the build says where the program is"
#endif

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return {ends[0], ends[1]};
}

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::string>& environment, const RunOptions& options,
                         const std::string& cwd) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  envp.reserve(environment.size() + 1);
  for (const std::string& word : environment) envp.push_back(const_cast<char*>(word.c_str()));
  envp.push_back(nullptr);
  if (::chdir(cwd.c_str()) != 0) ::_exit(126);
  const rlimit cores{RLIM_INFINITY, RLIM_INFINITY};  // what the program does about them is tested
  ::setrlimit(RLIMIT_CORE, &cores);
  if (options.uid && (::setgid(*options.uid) != 0 || ::setuid(*options.uid) != 0)) ::_exit(126);
  ::execvpe(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

// Feeds standard input and drains both outputs until the child closes them or time is up.
void exchange(pid_t child, Pipe& in, Pipe& out, Pipe& err, const RunOptions& options,
              Outcome& outcome) {
  std::string_view input = options.input;
  const auto start = std::chrono::steady_clock::now();
  bool killed = options.kill_after_ms == 0;
  while (out.read_end >= 0 || err.read_end >= 0) {
    std::array<pollfd, 3> waits = {pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0},
                                   pollfd{in.write_end, POLLOUT, 0}};
    ::poll(waits.data(), waits.size(), 5);
    const auto passed = std::chrono::steady_clock::now() - start;
    if (!killed && passed >= std::chrono::milliseconds(options.kill_after_ms)) {
      ::kill(child, SIGKILL);
      killed = true;
    }
    if (in.write_end >= 0 && (waits[2].revents != 0 || input.empty())) {
      const ssize_t put = input.empty() ? 0 : ::write(in.write_end, input.data(), input.size());
      if (put > 0) input.remove_prefix(static_cast<std::size_t>(put));
      if (input.empty() || put < 0) {
        ::close(in.write_end);
        in.write_end = -1;
      }
    }
    for (auto [pipe, text, wait] :
         {std::tuple{&out, &outcome.out, &waits[0]}, std::tuple{&err, &outcome.err, &waits[1]}}) {
      if (wait->revents == 0) continue;
      std::array<char, 65536> block{};
      const ssize_t got = ::read(pipe->read_end, block.data(), block.size());
      if (got > 0) text->append(block.data(), static_cast<std::size_t>(got));
      if (got <= 0) {
        ::close(pipe->read_end);
        pipe->read_end = -1;
      }
    }
  }
}

// The leak checker cannot look into a process that hides its memory.
constexpr const char* kSanitizers = "ASAN_OPTIONS=detect_leaks=0:abort_on_error=1";

struct Child {
  pid_t pid = -1;
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
};

Child spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            const RunOptions& options, const std::string& cwd) {
  Child started;
  auto& [child, in, out, err] = started;
  child = ::fork();
  if (child == 0) {
    ::dup2(in.read_end, 0);
    const int file = options.out_path.empty()
                         ? out.write_end
                         : ::open(options.out_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(file, 1);
    ::dup2(err.write_end, 2);
    become(command, environment, options, cwd);
  }
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  ::signal(SIGPIPE, SIG_IGN);
  return started;
}

void reap(pid_t child, Outcome& outcome) {
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  outcome.peak_kib = usage.ru_maxrss;
  outcome.dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
  outcome.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Outcome run_command(const std::vector<std::string>& command,
                    const std::vector<std::string>& environment, const RunOptions& options,
                    const std::string& cwd) {
  Child child = spawn(command, environment, options, cwd);
  Outcome outcome;
  exchange(child.pid, child.in, child.out, child.err, options, outcome);
  if (child.in.write_end >= 0) ::close(child.in.write_end);
  reap(child.pid, outcome);
  return outcome;
}

std::vector<std::string> program(const std::vector<std::string>& args) {
  std::vector<std::string> command = {NHI_PROGRAM};
  command.insert(command.end(), args.begin(), args.end());
  return command;
}

std::string drained(int descriptor) {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return text;
}

}  // namespace

Running::Running(Running&& other) noexcept
    : child_(std::exchange(other.child_, -1)),
      input_(std::exchange(other.input_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)) {}

Running::~Running() {
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  finish();
}

void Running::feed(std::string_view bytes) const {
  EXPECT_EQ(::write(input_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

Outcome Running::finish() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
  return wait();
}

// Outputs of these programs are short: one pipe cannot fill while the other is read.
Outcome Running::wait() {
  Outcome outcome;
  outcome.out = drained(std::exchange(out_, -1));
  outcome.err = drained(std::exchange(err_, -1));
  reap(std::exchange(child_, -1), outcome);
  if (input_ >= 0) ::close(std::exchange(input_, -1));
  return outcome;
}

Sandbox::Sandbox() {
  std::string name = ::testing::TempDir() + "nhi-cli-XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  fs::create_directories(folder_ + "/home");
  fs::permissions(folder_, fs::perms::all);  // other users of a test may enter
}

Sandbox::~Sandbox() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Sandbox::path(std::string_view relative) const {
  return folder_ + "/" + std::string(relative);
}

void Sandbox::write(std::string_view relative, std::string_view content) const {
  const fs::path full = path(relative);
  fs::create_directories(full.parent_path());
  std::ofstream(full, std::ios::binary) << content;
}

std::string Sandbox::read(std::string_view relative) const {
  std::ifstream file(path(relative), std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Outcome Sandbox::run(const std::vector<std::string>& args, const RunOptions& options) const {
  return run_command(program(args), program_environment(options), options,
                     options.cwd.empty() ? folder_ : options.cwd);
}

Running Sandbox::start(const std::vector<std::string>& args, const RunOptions& options) const {
  const Child child = spawn(program(args), program_environment(options), options,
                            options.cwd.empty() ? folder_ : options.cwd);
  return {child.pid, child.in.write_end, child.out.read_end, child.err.read_end};
}

std::vector<std::string> Sandbox::program_environment(const RunOptions& options) const {
  const std::string home = options.home.empty() ? folder_ + "/home" : options.home;
  return {"PATH=/usr/bin:/bin",
          "HOME=" + home,
          "LC_ALL=C.UTF-8",
          "TERM=dumb",
          "NHISWEEP_KEY_FILE=" + home + "/fingerprint.key",
          "NHISWEEP_AUDIT_KEY_FILE=" + home + "/audit.key",
          "NHISWEEP_JOURNAL=" + home + "/journal.db",
          kSanitizers};
}

void Sandbox::must(const std::vector<std::string>& command, const std::string& cwd) const {
  const Outcome outcome = other(command, cwd);
  ASSERT_EQ(outcome.exit_status, 0) << command[0] << ": " << outcome.err;
}

Outcome Sandbox::other(const std::vector<std::string>& command, const std::string& cwd) const {
  const std::vector<std::string> environment = {
      "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + folder_ + "/home", "GIT_CONFIG_NOSYSTEM=1",
      "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org",
      "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org",
      "GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000",
      // Of hooks that call nhisweep.
      "NHISWEEP_KEY_FILE=" + folder_ + "/home/fingerprint.key",
      "NHISWEEP_AUDIT_KEY_FILE=" + folder_ + "/home/audit.key",
      "NHISWEEP_JOURNAL=" + folder_ + "/home/journal.db", kSanitizers};
  return run_command(command, environment, {}, cwd.empty() ? folder_ : cwd);
}

bool eventually(const std::function<bool()>& holds) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::seconds(20);
  while (steady_clock::now() < end) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

std::string fake(std::string_view name, std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (int round = 0; text.size() < length; ++round) {
    const Digest digest = sha256(std::string(name) + std::to_string(round));
    for (const std::uint8_t byte : digest) text += kAlphabet[byte % kAlphabet.size()];
  }
  return text.substr(0, length);
}

std::vector<std::string> json_strings(std::string_view json, std::string_view key) {
  std::vector<std::string> values;
  const std::string label = "\"" + std::string(key) + "\":";
  for (std::size_t at = json.find(label); at != std::string_view::npos;
       at = json.find(label, at + 1)) {
    std::size_t start = at + label.size();
    while (start < json.size() && json[start] == ' ') ++start;
    if (start >= json.size() || json[start] != '"') continue;
    std::size_t end = start + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    values.emplace_back(json.substr(start + 1, end - start - 1));
  }
  return values;
}

std::optional<std::string> corpus_folder() {
  const char* named = std::getenv("NHISWEEP_CORPUS");
  const std::string folder = named != nullptr ? named : NHI_SOURCE_DIR "/../shared/corpus";
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return folder;
  return std::nullopt;
}

}  // namespace nhi::testing

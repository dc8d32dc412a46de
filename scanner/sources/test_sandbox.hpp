// test_sandbox.hpp - a temporary folder for one test, with git confined to it.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scanner/base/file.hpp"

namespace nhi {

class Sandbox {
 public:
  Sandbox() : Sandbox(temporary_base()) {}
  explicit Sandbox(const std::string& base) {
    path_ = base + "/nhisweep-sources-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
    char real[4096];
    if (!path_.empty() && ::realpath(path_.c_str(), real) != nullptr) path_ = real;
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox() {
    // rm goes as deep as the tests do; std::filesystem::remove_all does not.
    if (!path_.empty()) run({"rm", "-rf", path_}, "/");
  }

  /// A base in memory where there is one: for many small entries, never for large files.
  static std::string memory_base() {
    return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : temporary_base();
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(const std::string& relative) const {
    return relative.empty() ? path_ : path_ + "/" + relative;
  }
  void folder(const std::string& relative) const {
    for (std::size_t at = relative.find('/'); at != std::string::npos;
         at = relative.find('/', at + 1)) {
      ::mkdir(path(relative.substr(0, at)).c_str(), 0755);
    }
    ::mkdir(path(relative).c_str(), 0755);
  }
  void write(const std::string& relative, const std::string& bytes) const {
    const std::size_t slash = relative.rfind('/');
    if (slash != std::string::npos) folder(relative.substr(0, slash));
    std::ofstream(path(relative), std::ios::binary) << bytes;
  }
  void link(const std::string& target, const std::string& relative) const {
    ASSERT_EQ(::symlink(target.c_str(), path(relative).c_str()), 0);
  }

  struct Outcome {
    int status = -1;
    std::string out;
  };
  /// Runs a program in `folder` with nothing of the caller's environment but PATH.
  Outcome run(const std::vector<std::string>& words, const std::string& folder,
              const std::string& input = {}) const {
    const std::string in_path = path_ + "/.stdin";
    if (!input.empty()) std::ofstream(in_path, std::ios::binary) << input;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    const std::vector<std::string> environment = environment_of_git();
    std::vector<char*> arguments = pointers(words);
    std::vector<char*> settings = pointers(environment);
    const pid_t child = ::fork();
    if (child == 0) {
      const int in = ::open(input.empty() ? "/dev/null" : in_path.c_str(), O_RDONLY);
      ::dup2(in, 0);
      ::dup2(ends[1], 1);
      if (::chdir(folder.c_str()) != 0) ::_exit(126);
      ::execvpe(arguments[0], arguments.data(), settings.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    Outcome outcome;
    char block[65536];
    while (true) {
      const ssize_t got = ::read(ends[0], block, sizeof block);
      if (got <= 0) break;
      outcome.out.append(block, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (!input.empty()) ::unlink(in_path.c_str());
    return outcome;
  }
  /// git in `repository` (relative); its output without the last newline. A failure fails the test.
  std::string git(const std::string& repository, std::vector<std::string> words,
                  const std::string& input = {}) const {
    words.insert(words.begin(), "git");
    Outcome outcome = run(words, path(repository), input);
    EXPECT_EQ(outcome.status, 0) << testing::PrintToString(words);
    if (outcome.out.ends_with('\n')) outcome.out.pop_back();
    return outcome.out;
  }
  /// A new repository with a main branch.
  void init(const std::string& repository, std::vector<std::string> flags = {}) const {
    folder(repository);
    flags.insert(flags.begin(), {"init", "-q", "-b", "main"});
    git(repository, flags);
  }
  /// Commits the whole work tree; returns the commit's id. Dates rise by a minute each call.
  std::string commit(const std::string& repository, const std::string& message) const {
    git(repository, {"add", "-A"});
    ++minutes_;
    git(repository, {"commit", "-q", "--allow-empty", "-m", message});
    return git(repository, {"rev-parse", "HEAD"});
  }
  void tick() const { ++minutes_; }

 private:
  static std::string temporary_base() {
    const char* base = std::getenv("TMPDIR");
    return base == nullptr ? "/tmp" : base;
  }
  [[nodiscard]] std::vector<std::string> environment_of_git() const {
    const char* search = std::getenv("PATH");
    const std::string date = std::to_string(1'700'000'000 + minutes_ * 60) + " +0000";
    return {std::string("PATH=") + (search == nullptr ? "/usr/bin:/bin" : search),
            "HOME=" + path_,
            "XDG_CONFIG_HOME=" + path_ + "/.config",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_CONFIG_COUNT=4",
            "GIT_CONFIG_KEY_0=protocol.file.allow",
            "GIT_CONFIG_VALUE_0=always",
            "GIT_CONFIG_KEY_1=safe.directory",
            "GIT_CONFIG_VALUE_1=*",
            "GIT_CONFIG_KEY_2=gc.auto",
            "GIT_CONFIG_VALUE_2=0",
            "GIT_CONFIG_KEY_3=uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_3=true",
            "GIT_AUTHOR_NAME=Ann Author",
            "GIT_AUTHOR_EMAIL=ann@example.org",
            "GIT_COMMITTER_NAME=Carl Committer",
            "GIT_COMMITTER_EMAIL=carl@example.org",
            "GIT_AUTHOR_DATE=" + date,
            "GIT_COMMITTER_DATE=" + date};
  }
  static std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> list;
    list.reserve(words.size() + 1);
    for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    return list;
  }

  std::string path_;
  mutable int minutes_ = 0;
};

/// Runs `check` in a child without any privilege. False if it says so; skips nothing by itself.
inline bool holds_for_nobody(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0);
    ::_exit(dropped ? (check() ? 0 : 1) : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace nhi

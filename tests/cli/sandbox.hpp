// sandbox.hpp - drives the real program in a folder of its own: HOME, key and git configuration
// point inside it, nothing outside is touched.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nhi::testing {

struct Outcome {
  int exit_status = -1;  // 128 + n after a signal
  std::string out;
  std::string err;
  long peak_kib = 0;  // largest resident set
  bool dumped_core = false;
};

struct RunOptions {
  std::string cwd;           // default: the sandbox folder
  std::string input;         // standard input
  std::optional<uid_t> uid;  // run as this user (needs root)
  int kill_after_ms = 0;     // SIGKILL then; 0 = never
  std::string out_path;      // standard output goes there, not to `out`
  std::string home;          // HOME, the key in it; default: `home` in the sandbox folder
};

// The program while it runs, its standard input held open. Ends it if nobody did.
class Running {
 public:
  Running(pid_t child, int input, int out, int err)
      : child_(child), input_(input), out_(out), err_(err) {}
  Running(Running&& other) noexcept;
  Running& operator=(Running&&) = delete;
  ~Running();

  [[nodiscard]] pid_t pid() const { return child_; }
  void feed(std::string_view bytes) const;
  /// Closes standard input and waits for the end.
  Outcome finish();
  /// Waits for the end with standard input open.
  Outcome wait();

 private:
  pid_t child_;
  int input_;
  int out_;
  int err_;
};

class Sandbox {
 public:
  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string path(std::string_view relative) const;
  /// Makes the file and its folders.
  void write(std::string_view relative, std::string_view content) const;
  [[nodiscard]] std::string read(std::string_view relative) const;

  /// Runs nhisweep. `args` as on the command line.
  Outcome run(const std::vector<std::string>& args, const RunOptions& options = {}) const;
  /// The same with standard input held open; of the options only `cwd` and `uid` count.
  [[nodiscard]] Running start(const std::vector<std::string>& args,
                              const RunOptions& options = {}) const;
  /// Runs any program of the PATH, for git and friends; fails the test unless it ends with 0.
  void must(const std::vector<std::string>& command, const std::string& cwd = {}) const;
  /// The same, however it ends.
  Outcome other(const std::vector<std::string>& command, const std::string& cwd = {}) const;

 private:
  [[nodiscard]] std::vector<std::string> program_environment(const RunOptions& options) const;

  std::string folder_;
};

/// Looks again every few milliseconds; false after 20 seconds.
[[nodiscard]] bool eventually(const std::function<bool()>& holds);

/// A value that looks random and opens nothing: the same for the same name, made at run time.
[[nodiscard]] std::string fake(std::string_view name, std::size_t length);

/// The string values of every `"key": "…"` in JSON or JSONL text, in order.
[[nodiscard]] std::vector<std::string> json_strings(std::string_view json, std::string_view key);

/// The corpora beside the project, or nothing: tests on them carry the label `corpus`.
[[nodiscard]] std::optional<std::string> corpus_folder();

}  // namespace nhi::testing

#include "plugins/shim/script_call.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "plugins/protocol/limits.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/memory_file.hpp"
#include "scanner/base/process_end.hpp"

extern char** environ;

namespace nhi {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr int kControl = 3;
constexpr int kSecrets = 4;

SecretText text_of(int file, std::size_t bytes_max) {
  std::string text(bytes_max, '\0');
  const ssize_t count = ::pread(file, text.data(), text.size(), 0);
  SecretText secret(
      std::string_view(text).substr(0, count > 0 ? static_cast<std::size_t>(count) : 0));
  wipe(text);
  return secret;
}

// A file under a number that the script is told; its own is closed when the call is over.
Result<FileHandle> placed(FileHandle file, int number) {
  if (::dup2(file.get(), number) != number) {
    return fail(os_error(errno, "cannot place a descriptor", {}));
  }
  return FileHandle(number);
}

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  void place(const FileHandle& file, int number) {
    ::posix_spawn_file_actions_adddup2(&actions_, file.get(), number);
  }
  void close(int number) { ::posix_spawn_file_actions_addclose(&actions_, number); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// Ends the child where it has to be ended; its status.
int wait_for(pid_t child, const std::function<bool()>& stop, bool& stopped) {
  while (!ends_within(child, kTick)) {
    if (!stop()) continue;
    stopped = true;
    ::kill(child, SIGTERM);
    if (!ends_within(child, kTerminateGrace)) ::kill(child, SIGKILL);
    break;
  }
  return reap(child);
}

Result<pid_t> spawn(const ScriptStart& start, const std::string& method, const FileHandle& input,
                    const FileHandle& output) {
  FileActions actions;
  actions.place(input, 0);
  actions.place(output, 1);
  // The channels are the shim's alone.
  actions.close(kControl);
  actions.close(kSecrets);
  std::vector<std::string> words = {start.name};
  words.insert(words.end(), start.arguments.begin(), start.arguments.end());
  words.push_back(start.script);
  words.push_back(method);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, start.program.c_str(), actions.get(), nullptr,
                                  arguments.data(), environ);
  if (error != 0) return fail(os_error(error, "cannot start the interpreter", start.name));
  return child;
}

}  // namespace

Result<ScriptAnswer> run_script(const ScriptStart& start, const ScriptCall& call,
                                const std::function<bool()>& stop) {
  std::vector<FileHandle> given;
  int number = kFirstScriptSecret;
  for (std::size_t i = 0; i < call.secrets.size() + call.slots; ++i) {
    const std::string_view value =
        i < call.secrets.size() ? call.secrets[i].reveal() : std::string_view();
    NHI_TRY(FileHandle file, memory_file(value));
    NHI_TRY(FileHandle at, placed(std::move(file), number++));
    given.push_back(std::move(at));
  }
  NHI_TRY(const FileHandle input, memory_file(call.params.dump() + "\n"));
  NHI_TRY(const FileHandle output, memory_file({}));
  NHI_TRY(const pid_t child, spawn(start, call.method, input, output));
  ScriptAnswer answer;
  answer.status = wait_for(child, stop, answer.stopped);
  answer.output = std::string(text_of(output.get(), kControlBodyBytesMax).reveal());
  for (std::size_t i = call.secrets.size(); i < given.size(); ++i) {
    answer.made.push_back(text_of(given[i].get(), kSecretBytesMax));
  }
  return answer;
}

}  // namespace nhi

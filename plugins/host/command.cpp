#include "plugins/host/command.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/process.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>

#include "scanner/base/file.hpp"
#include "scanner/base/memory_file.hpp"
#include "scanner/base/process_end.hpp"

namespace nhi {
namespace {

namespace bp = boost::process;

// A file in memory, as Boost takes it.
class MemoryFile {
 public:
  static Result<MemoryFile> create(std::string_view text) {
    NHI_TRY(FileHandle file, memory_file(text));
    MemoryFile memory;
    memory.stream_.reset(::fdopen(file.get(), "r+"));
    if (memory.stream_ == nullptr) return fail(os_error(errno, "cannot open a file in memory", {}));
    static_cast<void>(file.release());
    return memory;
  }
  [[nodiscard]] FILE* stream() const { return stream_.get(); }
  [[nodiscard]] std::string text() const {
    std::string text(kCommandOutputBytesMax, '\0');
    const ssize_t count = ::pread(::fileno(stream()), text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

 private:
  struct Close {
    void operator()(FILE* stream) const { static_cast<void>(std::fclose(stream)); }
  };
  std::unique_ptr<FILE, Close> stream_;
};

}  // namespace

Result<CommandResult> run_command(const std::vector<std::string>& words, const SecretText& input,
                                  std::chrono::milliseconds timeout) {
  if (words.empty() || words[0].find('/') == std::string::npos) {
    return fail(ErrorCode::kBadUse, "a command needs the path of its program",
                words.empty() ? "" : words[0]);
  }
  // Boost.Process 1.74 looks at the first byte of each argument, whether there is one or not.
  if (std::any_of(words.begin(), words.end(), [](const auto& word) { return word.empty(); })) {
    return fail(ErrorCode::kBadUse, "an argument of a command is empty", words[0]);
  }
  NHI_TRY(const MemoryFile in, MemoryFile::create(input.reveal()));
  NHI_TRY(const MemoryFile out, MemoryFile::create({}));
  NHI_TRY(const MemoryFile errors, MemoryFile::create({}));
  std::error_code failure;
  bp::child child(
      bp::exe = words[0], bp::args = std::vector<std::string>(words.begin() + 1, words.end()),
      bp::std_in<in.stream(), bp::std_out> out.stream(), bp::std_err > errors.stream(), failure);
  if (failure) return fail(os_error(failure.value(), "cannot start", words[0]));
  const bool ended = ends_within(child.id(), timeout);
  if (!ended) ::kill(child.id(), SIGKILL);
  const int status = reap(child.id());
  child.detach();  // waited for already, with a limit, which Boost has none of
  if (!ended) return fail(ErrorCode::kNotAnswering, "command took too long", words[0]);
  return CommandResult{status, out.text(), errors.text()};
}

}  // namespace nhi

#include "scanner/cli/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

bool decide(const std::string& word, bool automatic) {
  if (word == "always") return true;
  if (word == "never") return false;
  return automatic;
}

std::string line_of(const Progress& progress, double seconds) {
  const std::uint64_t files = progress.files;
  const std::uint64_t seen = progress.files_seen;
  const std::uint64_t objects = progress.git_objects;
  std::string text = fmt::format("{} files", files);
  if (objects > 0) text += fmt::format(", {} git objects", objects);
  const std::uint64_t bytes = progress.bytes.load();
  const auto each_second = static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds);
  text += fmt::format(", {} at {}/s", human_bytes(bytes), human_bytes(each_second));
  if (seen <= files) return text;
  text += fmt::format(", {} files to go{}", seen - files, progress.walked ? "" : " so far");
  if (progress.walked && files > 0) {
    const double left = static_cast<double>(seen - files) * seconds / static_cast<double>(files);
    text += fmt::format(", about {:.0f} s", left);
  }
  return text;
}

void write_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

int report_error(const Error& error) {
  write_error(
      fmt::format("nhisweep: error[{}]: {}\n", to_string(error.code), printable(error.message())));
  if (!error.hint.empty()) write_error(fmt::format("nhisweep: hint: {}\n", printable(error.hint)));
  return error.code == ErrorCode::kBadUse || error.code == ErrorCode::kBadRule ? kStatusBadUse
                                                                               : kStatusFailed;
}

void note(const Options& options, std::string_view text) {
  if (!options.quiet) write_error(fmt::format("nhisweep: {}\n", text));
}

bool wants_colour(const Options& options) {
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  const bool automatic = options.output.empty() && ::isatty(STDOUT_FILENO) != 0 && !dumb &&
                         std::getenv("NO_COLOR") == nullptr;
  return decide(options.color, automatic);
}

unsigned terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

Result<void> write_result(const Options& options, std::string_view text) {
  if (!options.output.empty()) return write_file_atomically(options.output, text);
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(os_error(errno, "cannot write to", "standard output"));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> check_reveal_target(const Options& options) {
  if (!options.output.empty()) return {};  // made with mode 0600
  struct stat facts {};
  if (::fstat(STDOUT_FILENO, &facts) != 0) return {};
  if (S_ISREG(facts.st_mode) && (facts.st_mode & 077) != 0) {
    return fail(ErrorCode::kBadUse, "--reveal would write secrets to a file that others can read",
                "standard output", "use --output FILE, which is made with mode 0600");
  }
  return {};
}

ProgressBar::ProgressBar(const Options& options, const Progress& progress) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (options.quiet || options.progress == "never") return;
  const auto step = terminal ? std::chrono::milliseconds(200) : std::chrono::seconds(60);
  thread_ = std::jthread([&progress, terminal, step](const std::stop_token& stop) {
    std::mutex lock;
    std::condition_variable_any wake;
    std::unique_lock guard(lock);
    const auto start = std::chrono::steady_clock::now();
    while (!wake.wait_for(guard, stop, step, [&] { return stop.stop_requested(); })) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
      const std::string line = line_of(progress, passed.count());
      write_error(terminal ? "\r\033[K" + line : "nhisweep: " + line + "\n");
    }
    if (terminal) write_error("\r\033[K");
  });
}

ProgressBar::~ProgressBar() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

}  // namespace nhi

// console.hpp - what goes where: results to standard output or a file, everything else to standard
// error; colours and the progress bar only where a person looks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/sweep/pipeline.hpp"

namespace nhi {

inline constexpr int kStatusClean = 0;
inline constexpr int kStatusFindings = 1;
inline constexpr int kStatusBadUse = 2;
inline constexpr int kStatusIncomplete = 3;
inline constexpr int kStatusNeedsPerson = 4;
inline constexpr int kStatusFailed = 5;

/// Prints "nhisweep: error[code]: what: 'subject'" and a hint; returns the exit status for it.
int report_error(const Error& error);
void note(const Options& options, std::string_view text);  // standard error, unless --quiet

[[nodiscard]] bool wants_colour(const Options& options);
[[nodiscard]] unsigned terminal_columns();

/// Writes `text` to --output (0600, replaced as a whole) or to standard output.
/// Errors: kIo for a full disk, a closed pipe or a read-only folder.
[[nodiscard]] Result<void> write_result(const Options& options, std::string_view text);

/// --reveal is refused where others can read what is printed.
[[nodiscard]] Result<void> check_reveal_target(const Options& options);

// A bar on a terminal, a line a minute otherwise; silent with --quiet or --progress never.
class ProgressBar {
 public:
  ProgressBar(const Options& options, const Progress& progress);
  ~ProgressBar();  // stops and clears the bar
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace nhi

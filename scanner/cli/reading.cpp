#include "scanner/cli/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "scanner/base/deadline.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/pool.hpp"
#include "scanner/base/rate_limit.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/background.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/decode/containers.hpp"
#include "scanner/report/baseline.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/page_cache.hpp"

namespace nhi {
namespace {

constexpr std::size_t kUnreadShown = 10;

// Our own files must not be found by a sweep of the folder they lie in.
void add_own(std::vector<std::string>& never, const std::string& path) {
  if (path.empty()) return;
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(path, ignored);
  if (!ignored) never.push_back(real.string());
}

Result<void> add_kindness(RunOptions& run, const Options& options) {
  if (!options.until.empty()) {
    auto until = parse_deadline(options.until, system_now());
    if (!until) {
      until.error().subject = "--until " + options.until;
      return fail(std::move(until.error()));
    }
    run.until = Deadline(*until, system_now);
  }
  if (!options.max_read_rate.empty()) {
    NHI_TRY(run.read_bytes_a_second, parse_size(options.max_read_rate));
    if (run.read_bytes_a_second < RateLimit::kLeastBytesASecond) {
      return fail(ErrorCode::kBadUse, "a read rate below 4KiB a second",
                  "--max-read-rate " + options.max_read_rate, "write it as 512KiB or 10MiB");
    }
  }
  if (!options.background) return {};
  restore_page_cache();
  if (options.jobs == 0) run.jobs = background_jobs(usable_cores());
  for (const std::string& refused : enter_background()) note(options, "--background: " + refused);
  return {};
}

}  // namespace

Result<RunOptions> run_options(const Options& options) {
  RunOptions run;
  run.jobs = options.jobs;
  run.memory_mib = options.memory_mib;
  run.git_history = !options.no_git_history;
  run.exclude = options.exclude;
  run.one_file_system = options.one_file_system;
  if (!options.max_file_size.empty()) {
    NHI_TRY(run.file_bytes_max, parse_size(options.max_file_size));
  }
  run.accepted.accept_closed(kinds_left_closed(options));
  add_own(run.never, options.output);
  add_own(run.never, options.html);
  if (const auto key = AuditSigningKey::usual_path()) add_own(run.never, *key);
  if (const auto journal = journal_path(options)) keep_out_store(run, *journal);
  NHI_CHECK_OK(add_kindness(run, options));
  return run;
}

void keep_out_store(RunOptions& run, const std::string& store) {
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(store, ignored).string();
  if (ignored) return;
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"}) {
    run.never.push_back(real + suffix);
  }
}

std::vector<std::string> kinds_left_closed(const Options& options) {
  const auto& asked = options.accept_closed;
  if (std::find(asked.begin(), asked.end(), "all") == asked.end()) return asked;
  const auto kinds = container_kinds();
  return {kinds.begin(), kinds.end()};
}

Result<void> write_report(const Options& options, const ReportData& data) {
  const auto format = parse_report_format(options.format);
  if (!format) return fail(ErrorCode::kBadUse, "unknown format", options.format);
  const TextStyle style{wants_colour(options), options.output.empty() ? terminal_columns() : 80};
  NHI_TRY(const std::string text, render(*format, data, style));
  NHI_CHECK_OK(write_result(options, text));
  if (*format == ReportFormat::kCsv && !options.output.empty()) {
    return write_file_atomically(options.output + kBesideCsv, coverage_json(data) + "\n");
  }
  return {};
}

void print_stats(const MatchStats& stats) {
  fmt::print(stderr, "stats: {} views, {} bytes, {} windows, {} matches\n", stats.views,
             stats.bytes, stats.windows, stats.matches);
  for (const auto& [reason, count] : stats.rejected) {
    fmt::print(stderr, "stats: rejected {} {}\n", reason, count);
  }
}

namespace {

struct Advice {
  bool (*concerns)(const Unread&);
  std::string what_to_do;
};

// What a person is told about unread places beside their list, once a kind.
std::vector<Advice> unread_advice(const Options& options) {
  return {
      {is_closed,
       "closed containers are not opened by this version: what is in them is unread; "
       "--accept-closed KIND leaves a kind out, counted"},
      {[](const Unread& place) { return place.reason == "unfinished-pack"; },
       "a fetch goes on or broke off there: what it left is not opened; git gc removes it when it "
       "is two weeks old"},
      {[](const Unread& place) { return place.reason == "shallow-history"; },
       "a shallow clone, or a bundle of a part, has only the end of its history: git fetch "
       "--unshallow, or a bundle of all of it, brings the rest"},
      {[](const Unread& place) {
         return place.reason == "missing-object" || place.reason == "corrupt-object" ||
                place.reason == "corrupt-pack" || place.reason == "corrupt-bundle";
       },
       "a repository or bundle is damaged, or lacks objects that it names: git fsck, or git bundle "
       "verify, says which; another copy may have them"},
      {[](const Unread& place) { return place.reason == kNotAnsweringReason; },
       "a mount did not answer and was left alone; what is known of it is unverified"},
      {[](const Unread& place) { return place.reason == kDeadlineReason; },
       options.command == Command::kSweep
           ? "the deadline passed: what was read is kept, the next sweep reads the rest"
           : "the deadline passed before everything was read"},
  };
}

}  // namespace

void print_unread(const Options& options, const Coverage& coverage) {
  if (coverage.unread_total == 0) return;
  note(options, fmt::format("incomplete: {} {} could not be read", coverage.unread_total,
                            coverage.unread_total == 1 ? "place" : "places"));
  for (std::size_t i = 0; i < coverage.unread.size() && i < kUnreadShown; ++i) {
    const Unread& place = coverage.unread[i];
    note(options, fmt::format("  {}: {}{}{}", printable(place.reason), printable(place.root),
                              place.path.empty() ? "" : "/", printable(place.path)));
  }
  if (coverage.unread_total > kUnreadShown) {
    note(options, "  … all are listed in the report's coverage (--format json)");
  }
  for (const auto& [concerns, what_to_do] : unread_advice(options)) {
    if (std::any_of(coverage.unread.begin(), coverage.unread.end(), concerns)) {
      note(options, what_to_do);
    }
  }
}

}  // namespace nhi

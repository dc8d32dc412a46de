// reading.hpp - what scan and sweep share: run options from flags, reports, what was not read.
#pragma once

#include <string>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/report/report.hpp"
#include "scanner/sweep/pipeline.hpp"

namespace nhi {

/// With --background this process is idle from here on: to be called before threads start.
/// Errors: kBadUse for a flag that cannot be honoured.
[[nodiscard]] Result<RunOptions> run_options(const Options& options);
/// A store and what SQLite and we keep beside it are never read.
void keep_out_store(RunOptions& run, const std::string& store);
/// What --accept-closed names, `all` written out.
[[nodiscard]] std::vector<std::string> kinds_left_closed(const Options& options);
/// Renders `data` in --format to --output or standard output; CSV gets its coverage beside it.
[[nodiscard]] Result<void> write_report(const Options& options, const ReportData& data);
void print_stats(const MatchStats& stats);
/// The first unread places, to standard error.
void print_unread(const Options& options, const Coverage& coverage);

}  // namespace nhi

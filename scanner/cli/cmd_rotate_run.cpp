#include <fmt/format.h>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/rotation.hpp"

namespace nhi {
namespace {

std::string report_text(const std::string& run, const RunReport& report) {
  std::string text = fmt::format("{}  {}\n", run, to_string(report.state));
  if (!report.what.empty()) text += "  " + report.what + "\n";
  if (report.until) text += "  until " + to_iso8601(*report.until) + "\n";
  if (!report.hint.empty()) text += "  " + report.hint + "\n";
  return text;
}

}  // namespace

Result<int> cmd_rotate_run(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(Rotation rotation, Rotation::open(options, now));
  NHI_TRY(const RunRow run, rotation.store().run(options.run));
  NHI_TRY(const RunParts parts, rotation.parts());
  if (options.rotate.verb == RotateVerb::kConfirm) {
    NHI_CHECK_OK(
        confirm_step(parts, run.id, options.rotate.step, actor_of(options), options.evidence));
    NHI_CHECK_OK(rotation.log().close());
    note(options, "next: nhisweep rotate resume " + run.id);
    return kStatusClean;
  }
  NHI_TRY(const RunReport report, options.rotate.verb == RotateVerb::kRollback
                                      ? roll_back(parts, run.id, options.reason)
                                      : run_plan(parts, run.id));
  NHI_CHECK_OK(settle(options, rotation.log(), now));
  NHI_CHECK_OK(rotation.log().close());
  NHI_CHECK_OK(write_result(options, report_text(run.id, report)));
  const bool over = report.end == RunEnd::kDone || report.end == RunEnd::kRolledBack;
  return over ? kStatusClean : kStatusNeedsPerson;
}

}  // namespace nhi

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "scanner/base/file.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {
namespace {

Result<Estate> estate_of(const Options& options) {
  if (!options.estate.empty()) {
    if (!options.paths.empty()) {
      return fail(ErrorCode::kBadUse, "give either --estate or paths, not both", options.estate);
    }
    return load_estate(options.estate);
  }
  if (options.paths.empty()) {
    return fail(ErrorCode::kBadUse, "nothing to sweep", "",
                "name a path, or an estate file with --estate FILE");
  }
  Estate estate;
  estate.targets = targets_from_paths(options.paths, Naming::kByFolder);
  return estate;
}

AcceptedUnread accepted_of(const Options& options, const Estate& estate, Instant as_of) {
  std::vector<TargetRoot> roots;
  for (const Target& target : estate.targets) {
    roots.insert(roots.end(), target.roots.begin(), target.roots.end());
  }
  for (const AcceptedPlace& place : estate.accepted) {
    if (as_of < place.expires) continue;
    note(options, fmt::format("the acceptance of {} ({}: {}) ended on {}: it is wanted again",
                              place.path, place.owner, place.reason, to_iso_date(place.expires)));
  }
  return {estate.accepted, std::move(roots), as_of};
}

void keep_out_own_files(RunOptions& run, const Options& options) {
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(options.inventory, ignored).string();
  if (ignored) return;
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"}) {
    run.never.push_back(real + suffix);
  }
}

Result<void> write_html(const Options& options, const ReportData& data) {
  if (options.html.empty()) return {};
  NHI_TRY(const std::string page, render(ReportFormat::kHtml, data, {}));
  NHI_CHECK_OK(write_file_atomically(options.html, page));
  note(options, "report: " + options.html);
  return {};
}

}  // namespace

Result<int> cmd_sweep(const Options& options) {
  NHI_TRY(const Instant as_of, clock_of(options));
  NHI_TRY(Estate estate, estate_of(options));
  NHI_TRY(const RuleSet rules, load_rule_set(options, estate.rules));
  NHI_TRY(RunOptions run, run_options(options));
  run.started = system_now();
  run.as_of = as_of;
  run.owners = std::move(estate.owners);
  run.accepted = accepted_of(options, estate, as_of);
  run.examine.honour_inline_ignores = estate.honour_inline_ignores;
  keep_out_own_files(run, options);
  NHI_TRY(const FingerprintKey key, estate_key());
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kWrite));

  SweepRequest request;
  request.targets = std::move(estate.targets);
  request.full = options.full;
  request.baseline = options.baseline;
  request.facts.started = as_of;
  request.facts.as_of = as_of;
  request.facts.estate = estate.name;
  request.facts.version = std::string(kVersion);
  request.facts.policy = estate.policy;

  Progress progress;
  auto swept = [&] {
    const ProgressBar bar(options, progress);
    return run_sweep(std::move(request), std::move(run), rules, key, inventory, progress);
  }();
  if (!swept) return fail(std::move(swept.error()));
  if (options.stats) print_stats(swept->stats);

  NHI_TRY(StoredView view, stored_view(inventory, {}));
  ReportData data = report_data(std::move(view));
  data.rule_names = rule_names(rules);
  if (options.inventory != Options{}.inventory) data.inventory = options.inventory;
  data.min_confidence = min_confidence_of(options);
  data.fail_on = fail_on_of(options);
  // What the page shows tonight is what tomorrow's trend remembers.
  Measures tonight = make_overview(data).measures;
  tonight.sweep = static_cast<std::int64_t>(swept->sweep);
  NHI_CHECK_OK(inventory.store_measures(swept->sweep, to_rows(tonight)));
  if (!data.trend.empty()) data.trend.back() = tonight;
  NHI_CHECK_OK(write_html(options, data));
  const bool fresh =
      std::any_of(data.findings.begin(), data.findings.end(), [&](const Finding& finding) {
        return finding.presence == Presence::kNew &&
               counts_for_status(finding, data.min_confidence, data.fail_on);
      });
  if (options.format == "text") {
    const TextStyle style{wants_colour(options), terminal_columns()};
    NHI_CHECK_OK(write_result(options, render_summary(data, style)));
  } else {
    NHI_CHECK_OK(write_report(options, data));
  }
  print_unread(options, data.coverage);
  if (data.coverage.unread_total > 0) return kStatusIncomplete;
  return fresh ? kStatusFindings : kStatusClean;
}

}  // namespace nhi

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "scanner/base/file.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/changes_request.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/report/baseline.hpp"
#include "scanner/report/report.hpp"
#include "scanner/report/words.hpp"
#include "scanner/sweep/changes.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {
namespace {

constexpr std::size_t kBesideBytesMax = 64 * kMiB;  // 10,000 unread places

ReportData data_of(ScanOutcome& outcome, const Options& options, const RuleSet& rules,
                   const FingerprintKey& key, Instant as_of, const Baseline* known) {
  ReportData data;
  data.schema = "nhisweep.scan/1";
  data.version = std::string(kVersion);
  data.ruleset = rules.digest();
  data.key_id = key.id;
  data.key_check = key_check(key);
  data.as_of = as_of;
  data.cis1_removal = Policy{}.cis1_removal;
  data.coverage = std::move(outcome.run.coverage);
  data.min_confidence = min_confidence_of(options);
  data.fail_on = fail_on_of(options);
  std::erase_if(outcome.findings,
                [&](const Finding& finding) { return finding.confidence < data.min_confidence; });
  data.findings = std::move(outcome.findings);
  Policy policy;
  policy.as_of = as_of;
  Derived derived = derive(data.findings, policy);
  if (known != nullptr) {
    data.known = std::erase_if(data.findings, [&](const Finding& finding) {
      return known->ids.contains(known->under_former ? finding.former.id : finding.id);
    });
    derived = derive(data.findings, policy);
  }
  data.credentials = std::move(derived.credentials);
  data.identities = std::move(derived.identities);
  data.dependencies = std::move(derived.dependencies);
  data.rule_names = rule_names(rules);
  for (const auto& [id, value] : outcome.values) data.revealed[id] = std::string(value.reveal());
  return data;
}

Result<std::optional<Baseline>> baseline_of(const Options& options, const FingerprintKey& key) {
  std::optional<Baseline> baseline;
  if (options.baseline_file.empty()) return baseline;
  auto text = read_small_file(options.baseline_file, kBaselineBytesMax);
  if (!text) {
    text.error().code = ErrorCode::kBadUse;
    return fail(std::move(text.error()));
  }
  BaselineKeys keys{key.id, key_check(key)};
  if (key.former) {
    keys.former_id = key.former->id;
    keys.former_check = key_check(*key.former);
  }
  // Only beside a CSV report, and only where it was not left behind.
  auto beside = read_small_file(options.baseline_file + kBesideCsv, kBesideBytesMax);
  NHI_TRY(baseline, read_baseline(*text, options.baseline_file, keys, beside ? *beside : ""));
  return baseline;
}

// A key of the same name with other bytes gives other ids: then nothing is known, and all is new.
// Reports tell the key's check, but not CSV alone, nor those of before.
void note_known(const Options& options, const ReportData& data, const Baseline& baseline) {
  note(options, fmt::format("{} known from {}, {} not", *data.known, options.baseline_file,
                            data.findings.size()));
  if (baseline.under_former) {
    note(options,
         "it was made with the key that is being replaced: make it again before nhisweep "
         "key rotate --finish");
  }
  if (*data.known != 0 || baseline.ids.empty() || data.findings.empty()) return;
  note(options,
       "nothing that the baseline holds was found: was it made of these paths, as they are typed "
       "here, and with this key?");
}

// Who saw secret values, of what, and where they were written to.
Result<void> record_reveal(const Options& options) {
  NHI_TRY(AuditLog log, AuditLog::open(options));
  std::vector<std::string> paths;
  for (const std::string& path : options.paths) {
    paths.push_back(path == "-" ? path : absolute_path(path));
  }
  AuditEvent event{"reveal", {}};
  event.body.list("paths", paths).text("since", options.since).flag("staged", options.staged);
  event.body.text("output",
                  options.output.empty() ? "standard output" : absolute_path(options.output));
  NHI_CHECK_OK(log.record({event}));
  NHI_CHECK_OK(log.close());
  return {};
}

struct Scanned {
  ScanOutcome scan;
  std::uint64_t old_values = 0;
};

Result<Scanned> scan_all(const Options& options, const RunOptions& run, const RuleSet& rules,
                         const FingerprintKey& key) {
  std::optional<ChangesRequest> changes;
  if (asks_for_changes(options)) {
    NHI_TRY(changes, changes_request(options));
  } else if (options.paths.empty()) {
    return fail(ErrorCode::kBadUse, "PATH is required", "", "nhisweep scan . reads this folder");
  }
  Progress progress;
  const ProgressBar bar(options, progress);
  Scanned scanned;
  if (changes) {
    NHI_TRY(ChangesOutcome outcome, run_changes(*changes, run, rules, key, progress));
    scanned.old_values = outcome.old_values;
    scanned.scan = std::move(outcome.scan);
    return scanned;
  }
  NHI_TRY(scanned.scan,
          run_scan(targets_from_paths(options.paths, Naming::kAsTyped), run, rules, key, progress));
  return scanned;
}

}  // namespace

Result<int> cmd_scan(const Options& options) {
  if (options.reveal) {
    NHI_CHECK_OK(check_reveal_target(options));
    NHI_CHECK_OK(record_reveal(options));
  }
  NHI_TRY(const Instant as_of, clock_of(options));
  NHI_TRY(const RuleSet rules, load_rule_set(options, {}));
  NHI_TRY(const FingerprintKey key, estate_key());
  NHI_TRY(const std::optional<Baseline> baseline, baseline_of(options, key));
  NHI_TRY(RunOptions run, run_options(options));
  run.started = as_of;
  run.examine.honour_inline_ignores = true;
  run.examine.keep_values = options.reveal;
  run.least_confidence = min_confidence_of(options);
  NHI_TRY(Scanned scanned, scan_all(options, run, rules, key));
  if (options.stats) print_stats(scanned.scan.run.stats);

  ReportData data =
      data_of(scanned.scan, options, rules, key, as_of, baseline ? &*baseline : nullptr);
  if (baseline) note_known(options, data, *baseline);
  if (scanned.old_values > 0) {
    note(options, fmt::format("{} there before this change: not listed",
                              counted(scanned.old_values, "finding stood", "findings stood")));
  }
  const bool found =
      std::any_of(data.findings.begin(), data.findings.end(), [&](const Finding& finding) {
        return counts_for_status(finding, data.min_confidence, data.fail_on);
      });
  const bool incomplete = data.coverage.unread_total > 0;
  auto written = write_report(options, data);
  for (auto& [id, value] : data.revealed) wipe(value);
  if (!written) return fail(std::move(written.error()));
  print_unread(options, data.coverage);
  return incomplete ? kStatusIncomplete : found ? kStatusFindings : kStatusClean;
}

}  // namespace nhi

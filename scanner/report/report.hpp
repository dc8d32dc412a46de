// report.hpp - findings for people and for programs, in every format of the contracts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/dependency.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

enum class ReportFormat : std::uint8_t {
  kText,
  kJson,
  kJsonl,
  kSarif,
  kCsv,
  kHtml,
  kJunit,
  kPrometheus,
};
[[nodiscard]] std::optional<ReportFormat> parse_report_format(std::string_view text);

/// Everything a report may show. `scan` brings neither estate nor trend.
struct ReportData {
  std::string schema;  // "nhisweep.scan/1" or "nhisweep.sweep/1"
  std::string version;
  std::string ruleset;  // "sha256:…"
  std::string key_id;   // "k1"
  Instant as_of;
  Instant cis1_removal;  // 2027-02-28 unless the estate says otherwise
  std::string estate;    // name; empty for scan
  Coverage coverage;
  std::vector<Finding> findings;  // report order
  // What derive() makes of the findings.
  std::vector<Credential> credentials;
  std::vector<Identity> identities;
  std::vector<Dependency> dependencies;
  std::vector<Measures> trend;                    // oldest first; the last is this sweep
  std::map<std::string, std::string> rule_names;  // rule id -> name, for SARIF and HTML
  /// The record of what people decided about one finding, oldest first; only where it is shown.
  std::vector<FindingDecision> decisions;
  /// Secret values by finding id, only with --reveal; never otherwise.
  std::map<std::string, std::string> revealed;
  // From where on a finding makes exit status 1; JUnit calls exactly those failures.
  Level min_confidence = Level::kLow;
  Level fail_on = Level::kLow;
  /// Findings that a baseline holds and that are not listed; none without a baseline.
  std::optional<std::uint64_t> known;
  bool ranked = false;      // rows stand by priority: text keeps their order
  std::string inventory;    // the store, for commands that are printed; empty: the default one
  std::string report_path;  // where the page was written; shown by render_summary()
  /// "17:" and 64 hex digits: where the audit stood when the sweep had ended; empty: not recorded.
  std::string audit_head;
  std::string key_check;  // tells the key from others of its name; empty: not known
};

struct TextStyle {
  bool colour = false;
  unsigned columns = 80;
};

/// One whole report. Deterministic: same data, same bytes. CSV has no coverage and no key inside:
/// see coverage_json(). Errors: kBadUse for metrics of a scan; kInternal.
[[nodiscard]] Result<std::string> render(ReportFormat format, const ReportData& data,
                                         const TextStyle& style = {});
[[nodiscard]] std::string finding_json(const Finding& finding, const std::string* revealed);
/// Coverage, and the key of the ids beside it.
[[nodiscard]] std::string coverage_json(const ReportData& data);
/// The lines a sweep ends with on the terminal: new, gone, unverified, open, will stop, unread.
[[nodiscard]] std::string render_summary(const ReportData& data, const TextStyle& style = {});

}  // namespace nhi

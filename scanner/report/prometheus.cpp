#include "scanner/report/prometheus.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <map>

#include "scanner/report/overview.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

/// Measures of contracts section 7 that need a source which no sweep of this version has: who uses
/// a credential, and whether its declared owner still exists.
constexpr std::array<std::string_view, 3> kWithoutSource = {"orphaned", "stale-by-use", "unused"};

class Page {
 public:
  void family(std::string_view name, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP nhisweep_{} {}\n# TYPE nhisweep_{} gauge\n", name, help, name);
  }
  template <class Number>
  void sample(Number value) {
    text_ += fmt::format("nhisweep_{} {}\n", name_, value);
  }
  template <class Number>
  void sample(std::string_view label, std::string_view word, Number value) {
    text_ += fmt::format("nhisweep_{}{{{}=\"{}\"}} {}\n", name_, label, label_escaped(word), value);
  }
  template <class Number>
  void gauge(std::string_view name, std::string_view help, Number value) {
    family(name, help);
    sample(value);
  }
  void raw(std::string_view text) { text_ += text; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string_view name_;
  std::string text_;
};

/// "stale" of "stale: last fetched 3 days ago": what stands behind changes every night, and each
/// label value is a series for ever.
std::string kind_of(const std::string& reason) { return std::string(reason_word(reason)); }

/// 17 of "17:9f2c…"; 0 if it is none.
std::uint64_t audit_record(std::string_view head) {
  std::uint64_t number = 0;
  std::from_chars(head.data(), head.data() + head.size(), number);
  return number;
}

void put_sweep(Page& page, const ReportData& data, const Measures& measures) {
  page.family("info", "What made these numbers; always 1.");
  page.raw(
      fmt::format("nhisweep_info{{estate=\"{}\",key=\"{}\",ruleset=\"{}\",version=\"{}\"}} 1\n",
                  label_escaped(data.estate), label_escaped(data.key_id),
                  label_escaped(data.ruleset), label_escaped(data.version)));
  // The report may be asked for another day than that of the sweep.
  const Instant when = data.trend.empty() ? data.as_of : data.trend.back().when;
  page.gauge("last_sweep_timestamp_seconds", "Date of the last finished sweep.", when.seconds);
  page.gauge("last_sweep_number", "Number of the last finished sweep.", measures.sweep);
  if (!data.audit_head.empty()) {
    page.gauge("audit_record_number", "Record of the audit with which the last sweep ended.",
               audit_record(data.audit_head));
  }
  page.gauge("cis1_removal_timestamp_seconds", "When CIS1 Authentication is removed.",
             data.cis1_removal.seconds);
}

void put_findings(Page& page, const Overview& overview) {
  const Measures& m = overview.measures;
  page.family("findings", "Findings by state, without references and people.");
  page.sample("state", to_string(Presence::kNew), m.fresh);
  page.sample("state", to_string(Presence::kOpen), overview.open);
  page.sample("state", to_string(Presence::kGone), m.gone);
  page.sample("state", to_string(Presence::kUnverified), m.unverified);
  page.gauge("cis1_traces", "Indicators of CIS1, wherever they are.", overview.cis1_indicators);
}

void put_credentials(Page& page, const Overview& overview) {
  const Measures& m = overview.measures;
  page.gauge("credentials", "Credentials of non-human identities.", m.credentials);
  page.gauge("credentials_outstanding", "Not dead, wherever their bytes are.", m.outstanding);
  if (overview.knows_dependencies) {
    page.gauge("credentials_cis1_stale", "Not dead, and their CIS1 dependency is over.",
               m.cis1_stale);
  }
  page.gauge("credentials_removed_not_dead", "Removed from files, not proven dead.",
             m.removed_not_dead);
  page.gauge("credentials_residue", "Dead, with bytes that remain.", m.residue);
  page.gauge("credentials_seen_again", "Dead, and seen in a new place since.", m.seen_again);
  page.gauge("credentials_shared_spine", "Shared Spine credentials, no part of CIS1.",
             m.shared_spine);
  page.gauge("credentials_unbound", "Beside a CIS1 trace and not bound to it.", m.unbound);
  page.gauge("credentials_unowned", "Not dead, and nobody is declared as owner.", m.unowned);
  page.gauge("credentials_reused", "Used for more than one identity or system.", m.reused);
  if (m.long_lived) {
    page.gauge("credentials_long_lived", "Older than the policy allows.", *m.long_lived);
  }
  page.gauge("credentials_age_unknown", "Not dead, without evidence of their age.",
             m.long_lived_unknown);
}

void put_dependencies(Page& page, const Overview& overview) {
  if (overview.knows_dependencies) {
    page.family("dependencies", "Dependencies on CIS1 or CIS2 by state.");
    for (std::size_t i = 0; i < std::size(overview.dependencies_by_state); ++i) {
      page.sample("state", to_string(static_cast<DependencyState>(i)),
                  overview.dependencies_by_state[i]);
    }
    page.gauge("dependencies_will_stop", "Observed, cis1-only or cis2-configured.",
               overview.measures.will_stop);
    page.family("dependencies_will_stop_by_criticality", "The same by what people say of them.");
    for (std::size_t i = 0; i < std::size(overview.will_stop_by_criticality); ++i) {
      page.sample("criticality", i < 4 ? to_string(static_cast<Level>(i)) : "unknown",
                  overview.will_stop_by_criticality[i]);
    }
    page.gauge("dependencies_declared", "People say that they are there, no CIS1 trace was seen.",
               overview.measures.declared);
    page.gauge("dependencies_traces_gone", "No CIS1 trace left, and not decided to be over.",
               overview.measures.traces_gone);
  }
  page.gauge("cis1_removal_days", "Whole days until CIS1 is removed; negative after it.",
             overview.days_to_removal);
  page.family("measure_unknown", "1: there is no evidence for the measure, it has no sample.");
  page.sample("measure", "cis1-stale", overview.knows_dependencies ? 0 : 1);
  page.sample("measure", "long-lived", overview.measures.long_lived ? 0 : 1);
  for (const std::string_view name : kWithoutSource) page.sample("measure", name, 1);
  page.sample("measure", "will-stop", overview.knows_dependencies ? 0 : 1);
}

void put_coverage(Page& page, const Coverage& coverage) {
  page.gauge("read_files", "Files read by the last sweep.", coverage.files);
  page.gauge("read_bytes", "Bytes read by the last sweep.", coverage.bytes);
  page.gauge("read_git_objects", "Git objects read by the last sweep.", coverage.git_objects);
  page.gauge("read_archive_members", "Archive members read by the last sweep.",
             coverage.archive_members);
  page.gauge("carried_files", "Files known to be unchanged, not read again.",
             coverage.carried_files);
  page.gauge("carried_git_objects", "Git objects taken over from an earlier reading.",
             coverage.carried_git_objects);
  if (coverage.carried_since) {
    page.gauge("carried_since_timestamp_seconds", "The oldest reading that was taken over.",
               coverage.carried_since->seconds);
  }
  page.gauge("unread_places", "Places in scope that could not be read.", coverage.unread_total);
  std::map<std::string, std::uint64_t> reasons;
  for (const Unread& place : coverage.unread) ++reasons[shown(kind_of(place.reason))];
  // Only the first of very many are listed with their reasons.
  if (coverage.unread_total > coverage.unread.size()) {
    reasons["not-listed"] += coverage.unread_total - coverage.unread.size();
  }
  page.family("unread_places_by_reason", "Places that could not be read, by reason.");
  for (const auto& [reason, count] : reasons) page.sample("reason", reason, count);
  std::map<std::string, Coverage::Policy> policies;
  for (const Coverage::Policy& policy : coverage.by_policy) {
    Coverage::Policy& sum = policies[shown(kind_of(policy.reason))];
    sum.count += policy.count;
    sum.bytes += policy.bytes;
  }
  page.family("left_out_places", "Places left out because somebody said so, by reason.");
  for (const auto& [reason, sum] : policies) page.sample("reason", reason, sum.count);
  page.family("left_out_bytes", "Bytes left out because somebody said so, by reason.");
  for (const auto& [reason, sum] : policies) page.sample("reason", reason, sum.bytes);
}

}  // namespace

std::string label_escaped(std::string_view value) {
  std::string out;
  for (const char c : shown(value)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

Result<std::string> render_prometheus(const ReportData& data) {
  const Overview overview = make_overview(data);
  if (!overview.is_sweep) {
    return fail(ErrorCode::kBadUse, "a scan has no metrics", "--format prometheus",
                "sweep and report give them");
  }
  Page page;
  put_sweep(page, data, overview.measures);
  put_findings(page, overview);
  put_credentials(page, overview);
  put_dependencies(page, overview);
  put_coverage(page, data.coverage);
  return page.take();
}

}  // namespace nhi

#include <algorithm>
#include <charconv>
#include <set>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/events.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/report/csv.hpp"
#include "scanner/report/listing.hpp"

namespace nhi {
namespace {

// Rows a person should look at first: severity, then confidence, then the number of places.
void sort_by_priority(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    return a.confidence > b.confidence;
  });
}

template <class T, class Matches>
Result<void> keep_one(std::vector<T>& rows, const Options& options, Matches matches) {
  if (options.verb != Verb::kShow) return {};
  std::erase_if(rows, [&](const T& row) { return !matches(row); });
  if (rows.empty()) {
    return fail(ErrorCode::kBadUse, "nothing has this id", options.show_id,
                "the list verb shows ids");
  }
  return {};
}

Result<std::string> listing_text(const Options& options, StoredView& view, ReportData& data,
                                 const TextStyle& style) {
  const std::string& id = options.show_id;
  switch (options.command) {
    case Command::kCredentials:
      NHI_CHECK_OK(keep_one(data.credentials, options,
                            [&](const Credential& row) { return row.id.starts_with(id); }));
      break;
    case Command::kIdentities:
      NHI_CHECK_OK(keep_one(data.identities, options, [&](const Identity& row) {
        return row.id.starts_with(id) || row.key == id;
      }));
      break;
    case Command::kDependencies:
      NHI_CHECK_OK(keep_one(data.dependencies, options, [&](const Dependency& row) {
        return row.id.starts_with(id) || row.system == id;
      }));
      break;
    default:
      break;
  }
  const Listing what = options.command == Command::kCredentials  ? Listing::kCredentials
                       : options.command == Command::kIdentities ? Listing::kIdentities
                                                                 : Listing::kDependencies;
  const auto format = parse_report_format(options.format).value_or(ReportFormat::kText);
  data.findings = view.findings;
  return render_listing(what, format, data, style);
}

// The record of what people decided about these findings, oldest first.
Result<std::vector<FindingDecision>> decisions_about(Inventory& inventory,
                                                     const std::vector<Finding>& findings) {
  std::set<std::string> subjects;
  for (const Finding& finding : findings) subjects.insert({finding.id, finding.credential_id});
  NHI_TRY(std::vector<FindingDecision> decisions, inventory.finding_decisions());
  std::erase_if(decisions, [&](const FindingDecision& decision) {
    return !subjects.contains(decision.subject);
  });
  return decisions;
}

bool wants_events(const Options& options) {
  return options.command == Command::kFindings && options.verb == Verb::kList &&
         !options.since_sweep.empty() && options.format == "jsonl";
}

}  // namespace

Result<FindingFilter> filter_of(const Options& options, SweepId last) {
  FindingFilter filter;
  filter.severity = parse_level(options.severity);
  filter.confidence =
      parse_level(options.confidence.empty() ? options.min_confidence : options.confidence);
  filter.rule = options.rule;
  filter.system = options.system;
  filter.owner = options.owner;
  filter.state = parse_presence(options.state);
  filter.principal = parse_principal(options.principal);
  filter.in_head = options.in_head;
  filter.ignored_inline = options.ignored_inline;
  if (!options.decision.empty()) {
    filter.decision.emplace().accepted = options.decision == "accepted";
    filter.decision->verdict = parse_verdict(options.decision).value_or(Verdict::kNone);
  }
  if (options.sort != "priority") filter.limit = options.limit;
  if (options.verb == Verb::kShow) {
    filter = {};
    filter.id_prefix = options.show_id;
  }
  if (options.since_sweep.empty()) return filter;
  std::int64_t number = 0;
  if (options.since_sweep == "last") {
    // What the last sweep changed: everything after the one before it.
    number = static_cast<std::int64_t>(last) - 1;
  } else {
    const char* end = options.since_sweep.data() + options.since_sweep.size();
    const auto read = std::from_chars(options.since_sweep.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) {
      return fail(ErrorCode::kBadUse, "not a sweep", "--since-sweep " + options.since_sweep,
                  "give its number, or last");
    }
  }
  filter.since_sweep = SweepId{number};
  return filter;
}

Result<int> cmd_listing(const Options& options) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const Inventory::SweepRow sweep, last_sweep(inventory));
  Policy policy;
  policy.as_of = sweep.facts.as_of;
  if (!options.as_of.empty()) {
    NHI_TRY(policy.as_of, clock_of(options));
  }
  NHI_TRY(FindingFilter filter, filter_of(options, sweep.id));
  // Metrics are of the whole sweep unless a filter is asked for: `sweep` must give the same ones.
  const bool metrics = options.format == "prometheus";
  const bool all = metrics || options.command == Command::kFindingsExport;
  if (all && options.confidence.empty()) filter.confidence.reset();
  const std::optional<SweepId> since = filter.since_sweep;
  const bool events = wants_events(options);
  if (events) {  // the limit is one of events, and a decision changes no presence
    filter.since_sweep.reset();
    filter.limit = 0;
  }
  NHI_TRY(StoredView view, stored_view(inventory, filter, policy));
  ReportData data = report_data(view, policy);
  data.as_of = policy.as_of;
  data.min_confidence = min_confidence_of(options);
  if (options.command == Command::kFindingsExport) {
    NHI_CHECK_OK(write_result(options, render_csv(data)));
    return kStatusClean;
  }
  const bool findings = options.command == Command::kFindings;
  if (events) {
    NHI_TRY(const std::string text, events_text(inventory, data.findings, *since, options.limit));
    NHI_CHECK_OK(write_result(options, text));
    return kStatusClean;
  }
  if (findings || options.command == Command::kReport) {
    if (options.verb == Verb::kShow) {
      NHI_TRY(data.decisions, decisions_about(inventory, data.findings));
    }
    if (options.sort == "priority") {
      sort_by_priority(data.findings);
      if (options.limit != 0 && data.findings.size() > options.limit) {
        data.findings.resize(options.limit);
      }
    }
    if (findings && options.verb == Verb::kShow && data.findings.empty()) {
      return fail(ErrorCode::kBadUse, "nothing has this id", options.show_id,
                  "nhisweep findings list shows ids");
    }
    // Names of rules are not stored; those of the built-in set serve the reports.
    if (auto rules = load_rule_set({}, {})) data.rule_names = rule_names(*rules);
    NHI_CHECK_OK(write_report(options, data));
    return kStatusClean;
  }
  const TextStyle style{wants_colour(options), terminal_columns()};
  NHI_TRY(const std::string text, listing_text(options, view, data, style));
  NHI_CHECK_OK(write_result(options, text));
  return kStatusClean;
}

}  // namespace nhi

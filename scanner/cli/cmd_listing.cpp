#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_set>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/events.hpp"
#include "scanner/cli/guard_words.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/report/csv.hpp"
#include "scanner/report/groups.hpp"
#include "scanner/report/headlines.hpp"
#include "scanner/report/listing.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/priority.hpp"
#include "scanner/report/text.hpp"

namespace nhi {
namespace {

template <class T>
void cut_rows(std::vector<T>& rows, std::uint64_t limit) {
  if (limit != 0 && limit < rows.size()) rows.resize(static_cast<std::size_t>(limit));
}

// The limit is one of rows: of those that the command lists.
void cut(const Options& options, ReportData& data) {
  const bool groups = !options.group_by.empty();
  switch (options.command) {
    case Command::kCredentials:
      return cut_rows(data.credentials, options.limit);
    case Command::kIdentities:
      return cut_rows(data.identities, options.limit);
    case Command::kDependencies:
      return cut_rows(data.dependencies, options.limit);
    default:
      return groups ? cut_rows(data.credentials, options.limit)
                    : cut_rows(data.findings, options.limit);
  }
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

Result<std::string> listing_text(const Options& options, ReportData& data) {
  const std::string& id = options.show_id;
  switch (options.command) {
    case Command::kCredentials:
      NHI_CHECK_OK(keep_one(data.credentials, options,
                            [&](const Credential& row) { return row.id.starts_with(id); }));
      if (options.verb != Verb::kShow) break;
      for (Credential& credential : data.credentials) add_verdicts(credential, data);
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
  cut(options, data);
  const bool all = options.verb == Verb::kShow;
  return render_listing(what, format, data, all ? kPlacesShownMax : kPlacesInList);
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

// Metrics, the page and the lists of things are of the whole sweep, as `sweep` shows it, unless a
// confidence is asked for. So is a list behind a number: the number counts every confidence.
bool wants_every_confidence(const Options& options) {
  const bool whole = options.format == "prometheus" || options.format == "html" ||
                     options.command == Command::kFindingsExport;
  const bool things = options.command == Command::kCredentials ||
                      options.command == Command::kIdentities ||
                      options.command == Command::kDependencies;
  return options.confidence.empty() &&
         (whole || things || !options.measure.empty() || !options.group_by.empty());
}

// What a filter on findings leaves of the things that are made of them. The system and the owner
// of a dependency are its own.
void narrow(const Options& options, ReportData& data) {
  std::unordered_set<std::string> ids;
  for (const Finding& finding : data.findings) {
    ids.insert({finding.id, finding.credential_id, finding.identity});
  }
  std::erase_if(data.credentials, [&](const Credential& row) { return !ids.contains(row.id); });
  std::erase_if(data.identities, [&](const Identity& row) { return !ids.contains(row.key); });
  Options rest = options;
  rest.system.clear();
  rest.owner.clear();
  const bool by_findings = names_a_filter(rest);
  std::erase_if(data.dependencies, [&](const Dependency& row) {
    const bool other = (!options.system.empty() && row.system != options.system) ||
                       (!options.owner.empty() && row.owner_name != options.owner);
    // What no sweep saw has its words only: no filter of findings can speak of it.
    if (row.traces == TraceStanding::kNone) return other || by_findings;
    const auto listed = [&](const std::string& id) { return ids.contains(id); };
    return other || (std::none_of(row.indicators.begin(), row.indicators.end(), listed) &&
                     std::none_of(row.gone_traces.begin(), row.gone_traces.end(), listed));
  });
}

// The rows that `--measure` counts, before any other filter takes some away.
Result<void> keep_measure(const Options& options, ReportData& data) {
  if (options.measure.empty()) return {};
  const Headline* const headline = find_headline(options.measure);
  if (headline == nullptr) {
    std::string names;
    for (const Headline& row : headlines()) {
      names += (names.empty() ? "" : ", ") + std::string(row.name);
    }
    return fail(ErrorCode::kBadUse, "no headline number has this name",
                "--measure " + options.measure, "it is one of " + names);
  }
  const Command command = options.command;
  const bool fits = headline->of == HeadlineOf::kFindings       ? command == Command::kFindings
                    : headline->of == HeadlineOf::kCredentials  ? command == Command::kCredentials
                    : headline->of == HeadlineOf::kDependencies ? command == Command::kDependencies
                                                                : command == Command::kReport;
  if (!fits) {
    return fail(ErrorCode::kBadUse, "this number counts other rows", "--measure " + options.measure,
                "use " + headline_command(*headline, ""));
  }
  keep_headline(*headline, data);
  return {};
}

Result<std::string> unread_list(const Options& options, const ReportData& data,
                                const TextStyle& style) {
  if (options.format == "json") return coverage_json(data) + "\n";
  if (options.format == "text") return coverage_text(data.coverage, kUnreadListedMax, style);
  return fail(ErrorCode::kBadUse, "the places not read come as text or json", "--format");
}

bool wants_ranks(const Options& options) {
  if (options.sort.empty()) {
    return options.command == Command::kCredentials || !options.group_by.empty();
  }
  return options.sort == "priority";
}

Result<std::string> rows_text(const Options& options, ReportData& data) {
  if (options.measure == "unread") {
    return unread_list(options, data, {wants_colour(options), terminal_columns()});
  }
  if (const auto by = parse_group_by(options.group_by)) {
    const auto format = parse_report_format(options.format).value_or(ReportFormat::kText);
    if (*by == GroupBy::kCredential) cut(options, data);
    return render_groups(*by, format, data, options.limit);
  }
  return listing_text(options, data);
}

}  // namespace

Result<FindingFilter> filter_of(const Options& options, SweepId last) {
  FindingFilter filter;
  filter.severity = parse_level(options.severity);
  if (!wants_every_confidence(options)) {
    filter.confidence =
        parse_level(options.confidence.empty() ? options.min_confidence : options.confidence);
  }
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
  filter.limit = options.limit;
  if (options.verb == Verb::kShow) {
    filter = {};
    if (options.command == Command::kFindings) filter.id_prefix = options.show_id;
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
  std::optional<Instant> as_of;
  if (!options.as_of.empty()) {
    NHI_TRY(as_of, clock_of(options));
  }
  NHI_TRY(FindingFilter filter, filter_of(options, sweep.id));
  filter.limit = 0;  // of rows, after they are ranked
  const std::optional<SweepId> since = filter.since_sweep;
  const bool events = wants_events(options);
  if (events) filter.since_sweep.reset();  // a decision changes no presence
  NHI_TRY(StoredView view, stored_view(inventory, filter, as_of));
  ReportData data = report_data(std::move(view));
  data.min_confidence = min_confidence_of(options);
  if (options.command == Command::kFindingsExport) {
    cut(options, data);
    NHI_CHECK_OK(write_result(options, render_csv(data)));
    return kStatusClean;
  }
  if (events) {
    NHI_TRY(const std::string text, events_text(inventory, data.findings, *since, options.limit));
    NHI_CHECK_OK(write_result(options, text));
    return kStatusClean;
  }
  NHI_CHECK_OK(keep_measure(options, data));
  const bool findings = options.command == Command::kFindings;
  FindingFilter unfiltered;
  if (findings || options.command == Command::kReport) unfiltered.confidence = filter.confidence;
  if (options.verb == Verb::kList && !(filter == unfiltered)) narrow(options, data);
  if (wants_ranks(options)) rank(data);
  if (options.command == Command::kDependencies) {
    std::stable_sort(data.dependencies.begin(), data.dependencies.end(), dependency_order);
  }
  const bool whole = options.group_by.empty() && options.measure != "unread";
  if (whole && (findings || options.command == Command::kReport)) {
    if (options.verb == Verb::kShow) {
      NHI_TRY(data.decisions, decisions_about(inventory, data.findings));
    }
    if (findings && options.verb == Verb::kShow && data.findings.empty()) {
      return fail(ErrorCode::kBadUse, "nothing has this id", options.show_id,
                  "nhisweep findings list shows ids");
    }
    cut(options, data);
    // Names of rules are not stored; those of the built-in set serve the reports.
    if (auto rules = load_rule_set({}, {})) data.rule_names = rule_names(*rules);
    NHI_CHECK_OK(write_report(options, data));
    return kStatusClean;
  }
  NHI_TRY(const std::string text, rows_text(options, data));
  NHI_CHECK_OK(write_result(options, text));
  return kStatusClean;
}

}  // namespace nhi

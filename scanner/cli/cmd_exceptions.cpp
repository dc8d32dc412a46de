#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "scanner/base/hash.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/report/listing.hpp"

namespace nhi {
namespace {

Result<std::vector<std::string>> subjects_of(Inventory& inventory, const Options& options) {
  NHI_TRY(const auto sweep, inventory.current_sweep());
  if (!sweep) {
    return fail(ErrorCode::kNotFound, "the inventory holds no finished sweep", options.inventory,
                "run nhisweep sweep first");
  }
  std::set<std::string> subjects;
  if (!options.paths.empty()) {
    NHI_TRY(const std::vector<Finding> all, inventory.findings({}));
    std::set<std::string> known;
    for (const Finding& finding : all) {
      known.insert(finding.id);
      if (!finding.credential_id.empty()) known.insert(finding.credential_id);
    }
    for (const std::string& prefix : options.paths) {
      NHI_TRY(std::string id, whole_id(known, prefix));
      subjects.insert(std::move(id));
    }
    return std::vector<std::string>(subjects.begin(), subjects.end());
  }
  NHI_TRY(const FindingFilter filter, filter_of(options, sweep->id));
  const bool any = filter.severity || !options.confidence.empty() || !filter.rule.empty() ||
                   !filter.system.empty() || !filter.owner.empty() || filter.state ||
                   filter.principal || filter.in_head || filter.since_sweep;
  if (!any) {
    return fail(ErrorCode::kBadUse, "neither ids nor a filter", "exceptions add",
                "name ids, or give --rule, --system, --owner, --state, …");
  }
  NHI_TRY(const std::vector<Finding> found, inventory.findings(filter));
  for (const Finding& finding : found) {
    if (finding.kind != FindingKind::kSite) subjects.insert(finding.id);
  }
  if (subjects.empty()) {
    return fail(ErrorCode::kBadUse, "the filter finds nothing", "exceptions add");
  }
  return std::vector<std::string>(subjects.begin(), subjects.end());
}

Result<int> add(Inventory& inventory, const Options& options, Instant now) {
  const auto until = parse_instant(options.until_date);
  if (!until) return fail(ErrorCode::kBadUse, until.error().what, "--until", until.error().hint);
  if (*until <= now) {
    return fail(ErrorCode::kBadUse, "an exception must end in the future",
                "--until " + options.until_date);
  }
  NHI_TRY(const std::vector<std::string> subjects, subjects_of(inventory, options));
  Exception exception;
  exception.owner = options.decision_owner;
  exception.reason = options.reason;
  exception.until = *until;
  exception.who = actor_of(options);
  exception.decided = now;
  exception.evidence = options.evidence;
  std::vector<Exception> made;
  for (const std::string& subject : subjects) {
    exception.subject = subject;
    FieldBytes fields;
    fields.add(subject).add(exception.owner).add(exception.reason).add(exception.who);
    fields.add(to_iso8601(*until)).add(to_iso8601(now));
    exception.id = "e_" + to_hex(sha256(fields.bytes())).substr(0, 16);
    made.push_back(exception);
  }
  NHI_CHECK_OK(inventory.decide_exceptions(made));
  std::string text;
  for (const Exception& one : made) {
    text += fmt::format("{}  {} until {}\n", one.id, one.subject, to_iso_date(one.until));
  }
  NHI_CHECK_OK(write_result(options, text));
  return kStatusClean;
}

Result<int> end(Inventory& inventory, const Options& options, Instant now) {
  NHI_TRY(const std::vector<Exception> all, inventory.exceptions());
  std::map<std::string, Exception> by_id;
  std::set<std::string> known;
  for (const Exception& exception : all) {
    by_id[exception.id] = exception;
    known.insert(exception.id);
  }
  std::vector<Exception> ended;
  for (const std::string& prefix : options.paths) {
    NHI_TRY(const std::string id, whole_id(known, prefix));
    Exception exception = by_id.at(id);
    if (!exception.in_force(now)) {
      return fail(ErrorCode::kBadUse, "this exception is over already", id);
    }
    exception.withdrawn = true;
    exception.who = actor_of(options);
    exception.decided = now;
    exception.evidence = options.reason + (options.evidence.empty() ? "" : "; " + options.evidence);
    ended.push_back(std::move(exception));
  }
  NHI_CHECK_OK(inventory.decide_exceptions(ended));
  note(options, fmt::format("{} withdrawn", ended.size()));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_exceptions(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  if (options.command == Command::kExceptionsList) {
    NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
    NHI_TRY(std::vector<Exception> rows, inventory.exceptions());
    if (!options.all) {
      std::erase_if(rows, [&](const Exception& row) { return !row.in_force(now); });
    }
    const auto format = parse_report_format(options.format).value_or(ReportFormat::kText);
    NHI_TRY(const std::string text, render_exceptions(rows, format, now));
    NHI_CHECK_OK(write_result(options, text));
    return kStatusClean;
  }
  // Reading first: the write mode would make a store where a name was only mistyped.
  NHI_CHECK_OK(Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kWrite));
  return options.command == Command::kExceptionsAdd ? add(inventory, options, now)
                                                    : end(inventory, options, now);
}

}  // namespace nhi

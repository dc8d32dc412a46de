#include <fmt/format.h>

#include <map>
#include <set>

#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/sheet.hpp"
#include "scanner/report/listing.hpp"

namespace nhi {
namespace {

// What is to be ended: an exception's id, and why.
struct Ending {
  std::string id;
  std::string reason;
  std::string evidence;
};

using ExceptionsById = std::map<std::string, Exception>;

Result<std::vector<Ending>> endings_of_sheet(const Options& options, const ExceptionsById& known,
                                             Instant now) {
  SheetFaults faults(options.csv);
  NHI_TRY(const Sheet sheet,
          read_sheet(options.csv,
                     {{"id", "exception.id", true}, {"reason", "", true}, {"evidence", "", false}},
                     faults));
  std::vector<Ending> endings;
  std::map<std::string, std::size_t> lines;
  for (const SheetRow& row : sheet.rows) {
    const std::string& id = row.cells[0];
    const auto exception = known.find(id);
    const auto [before, fresh] = lines.emplace(id, row.line);
    if (exception == known.end()) {
      faults.add(row.line, sheet.headings[0], "no exception has the id '" + id + "'");
    } else if (!fresh) {
      faults.add(row.line, sheet.headings[0],
                 fmt::format("'{}' is on line {} already", id, before->second));
    } else if (!exception->second.in_force(now)) {
      faults.add(row.line, sheet.headings[0], "this exception is over already");
    } else if (row.cells[1].empty()) {
      faults.add(row.line, sheet.headings[1], "ending an exception needs a reason");
    } else {
      endings.push_back({id, row.cells[1], row.cells[2]});
    }
  }
  NHI_CHECK_OK(faults.settle());
  return endings;
}

Result<std::vector<Ending>> endings_of_flags(const Options& options, const ExceptionsById& by_id,
                                             Instant now) {
  if (options.paths.empty()) {
    return fail(ErrorCode::kBadUse, "no exception is named", "",
                "give ids (e_…), or --csv FILE; exceptions list shows them");
  }
  if (options.reason.empty()) {
    return fail(ErrorCode::kBadUse, "ending an exception needs a reason", "--reason");
  }
  std::set<std::string> known;
  for (const auto& [id, exception] : by_id) known.insert(id);
  std::vector<Ending> endings;
  for (const std::string& prefix : options.paths) {
    NHI_TRY(const std::string id, whole_id(known, prefix));
    if (!by_id.at(id).in_force(now)) {
      return fail(ErrorCode::kBadUse, "this exception is over already", id);
    }
    endings.push_back({id, options.reason, options.evidence});
  }
  return endings;
}

Result<int> end(Inventory& inventory, const Options& options, Instant now) {
  NHI_CHECK_OK(check_sheet_alone(options));
  NHI_TRY(const std::vector<Exception> all, inventory.exceptions());
  ExceptionsById by_id;
  for (const Exception& exception : all) by_id[exception.id] = exception;
  std::vector<Ending> endings;
  if (options.csv.empty()) {
    NHI_TRY(endings, endings_of_flags(options, by_id, now));
  } else {
    NHI_TRY(endings, endings_of_sheet(options, by_id, now));
  }
  Decisions decisions;
  for (const Ending& ending : endings) {
    Exception exception = by_id.at(ending.id);
    exception.withdrawn = true;
    exception.who = actor_of(options);
    exception.decided = now;
    exception.evidence = ending.reason + (ending.evidence.empty() ? "" : "; " + ending.evidence);
    decisions.exceptions.push_back(std::move(exception));
  }
  if (!options.dry_run) NHI_CHECK_OK(decide_recorded(options, inventory, decisions));
  note(options, fmt::format("{} {}withdrawn", endings.size(), options.dry_run ? "would be " : ""));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_exceptions(const Options& options) {
  if (options.command == Command::kExceptionsAdd) return cmd_decide(options);
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
  NHI_TRY(Inventory inventory, open_to_decide(options));
  return end(inventory, options, now);
}

}  // namespace nhi

#include <fmt/format.h>

#include <array>
#include <map>

#include "scanner/base/scrub.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/decide.hpp"
#include "scanner/cli/foreign_import.hpp"
#include "scanner/cli/sheet.hpp"

namespace nhi {
namespace {

// Columns of a file of decisions. The places of the words are those of DecisionWord, after the id.
const std::vector<SheetColumn> kColumns = {{"id", "", true},
                                           {"decision", "", true},
                                           {"decision.owner", "owner", false},
                                           {"decision.reason", "reason", false},
                                           {"decision.until", "until", false},
                                           {"decision.ticket", "ticket", false},
                                           {"decision.evidence", "evidence", false}};
constexpr std::array<std::string_view, 6> kFlags = {"--as",    "--for",    "--reason",
                                                    "--until", "--ticket", "--evidence"};

DecisionWords words_of(const SheetRow& row) {
  return {row.cells[1], row.cells[2], row.cells[3], row.cells[4], row.cells[5], row.cells[6]};
}

bool says_nothing(const DecisionWords& words) {
  return words.owner.empty() && words.reason.empty() && words.until.empty() &&
         words.ticket.empty() && words.evidence.empty();
}

// One row; a row without a decision leaves things as they are.
void take_row(const Sheet& sheet, const SheetRow& row, const DecisionWords& words, Decider& decider,
              SheetFaults& faults) {
  if (!decider.known().contains(row.cells[0])) {
    faults.add(row.line, sheet.headings[0], "nothing has the id '" + row.cells[0] + "'",
               "ids are those of findings export");
    return;
  }
  if (words.as.empty()) {
    if (!says_nothing(words)) {
      faults.add(row.line, sheet.headings[1], "the row says who or why, but not what is decided",
                 "none takes a decision back");
    }
    return;
  }
  if (const auto problem = decider.add(row.cells[0], words, false)) {
    faults.add(row.line, sheet.headings[1 + static_cast<std::size_t>(problem->word)], problem->what,
               problem->hint);
  }
}

Result<void> take_sheet(const Options& options, Decider& decider) {
  const bool accepts = options.command == Command::kExceptionsAdd;
  std::vector<SheetColumn> columns = kColumns;
  columns[1].required = !accepts;
  SheetFaults faults(options.csv);
  NHI_TRY(const Sheet sheet, read_sheet(options.csv, columns, faults));
  std::map<std::string_view, std::size_t> lines;
  for (const SheetRow& row : sheet.rows) {
    DecisionWords words = words_of(row);
    if (accepts && words.as.empty()) words.as = "accepted";
    const auto [before, fresh] = lines.emplace(row.cells[0], row.line);
    if (!fresh) {
      faults.add(row.line, sheet.headings[0],
                 fmt::format("'{}' is on line {} already", row.cells[0], before->second));
    } else if (accepts && words.as != "accepted") {
      faults.add(row.line, sheet.headings[1], "'" + words.as + "' is no exception",
                 "findings import takes every decision");
    } else {
      take_row(sheet, row, words, decider, faults);
    }
  }
  return faults.settle();
}

Result<void> take_flags(Inventory& inventory, const Options& options, Decider& decider) {
  DecisionWords words;
  words.as = options.command == Command::kExceptionsAdd ? "accepted" : options.decide_as;
  words.owner = options.decision_owner;
  words.reason = options.reason;
  words.until = options.until_date;
  words.ticket = options.ticket;
  words.evidence = options.evidence;
  if (words.as.empty()) {
    return fail(ErrorCode::kBadUse, "what is decided?", "--as",
                "confirmed, false-positive, assigned, ticket, accepted or none");
  }
  NHI_TRY(const std::vector<std::string> subjects,
          subjects_of(inventory, decider.known(), options));
  for (const std::string& subject : subjects) {
    if (const auto problem = decider.add(subject, words, true)) {
      return fail(ErrorCode::kBadUse, problem->what,
                  std::string(kFlags[static_cast<std::size_t>(problem->word)]), problem->hint);
    }
  }
  return {};
}

// What was decided, a line each.
std::string lines_of(const Decisions& decisions) {
  std::string text;
  for (const FindingDecision& decision : decisions.findings) {
    text += fmt::format("{}  {}\n", decision.subject, to_string(decision.verdict));
  }
  for (const Exception& one : decisions.exceptions) {
    text += one.withdrawn
                ? fmt::format("{}  {} withdrawn\n", one.id, one.subject)
                : fmt::format("{}  {} until {}\n", one.id, one.subject, to_iso_date(one.until));
  }
  return text;
}

}  // namespace

Result<int> cmd_decide(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_CHECK_OK(check_sheet_alone(options));
  NHI_CHECK_OK(check_root(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(Decider decider, Decider::create(inventory, actor_of(options), now));
  ForeignLeft left;
  if (options.csv.empty()) {
    NHI_CHECK_OK(take_flags(inventory, options, decider));
  } else if (options.from == "csv") {
    NHI_CHECK_OK(take_sheet(options, decider));
  } else {
    NHI_TRY(left, take_foreign(inventory, options, decider));
  }
  const Decisions& made = decider.made();
  if (!options.dry_run) NHI_CHECK_OK(decide_recorded(options, inventory, made));
  NHI_CHECK_OK(write_result(options, lines_of(made) + left.lines));
  note(options, fmt::format("{} {}, {} as before{}", made.findings.size() + made.exceptions.size(),
                            options.dry_run ? "would be decided" : "decided", decider.unchanged(),
                            left.sentence));
  return kStatusClean;
}

}  // namespace nhi

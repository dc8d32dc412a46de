#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/dependency_words.hpp"
#include "scanner/cli/sheet.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/report/csv_text.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

// Columns of a file of decisions about dependencies; the second name is what spreadsheets that are
// older than this program often say. Behind the evidence stand the fields in their order, without
// state and owner.
enum Cell : std::size_t { kId, kSystem, kEnvironment, kState, kOwner, kEvidence, kOthers };
constexpr std::size_t kCells = kOthers + kDependencyFields - 2;
constexpr std::array<SheetColumn, kCells> kColumns = {{{"id", "", false},
                                                       {"system", "application", false},
                                                       {"environment", "env", false},
                                                       {"state", "status", false},
                                                       {"owner", "team", false},
                                                       {"evidence", "notes", false},
                                                       {"criticality", "", false},
                                                       {"side_states", "", false},
                                                       {"exception_until", "", false},
                                                       {"supplier", "vendor", false},
                                                       {"supplier_date", "", false},
                                                       {"review", "retest", false},
                                                       {"blockers", "", false}}};

std::size_t cell_of(DependencyField field) {
  if (field == DependencyField::kState) return kState;
  if (field == DependencyField::kOwner) return kOwner;
  return kOthers + static_cast<std::size_t>(field) - 2;
}

std::string in_force(const Dependency* dependency, DependencyField field) {
  if (dependency == nullptr) return {};
  if (field == DependencyField::kOwner) return dependency->owner_name;
  const DependencyDecision* const word = word_in_force(dependency->history, field);
  return word == nullptr ? std::string() : word->value;
}

std::string evidence_in_force(const Dependency* dependency) {
  if (dependency == nullptr) return {};
  const DependencyDecision* const word =
      word_in_force(dependency->history, DependencyField::kState);
  return word == nullptr ? std::string() : word->evidence;
}

bool is_blank(const std::string& word) {
  return word.find_first_not_of(" \t\r\n") == std::string::npos;
}

std::string our_columns() {
  std::string names;
  for (const SheetColumn& column : kColumns) {
    names += (names.empty() ? "" : ", ") + std::string(column.name);
  }
  return names;
}

Result<std::vector<SheetColumn>> columns_of(const Options& options) {
  std::vector<SheetColumn> columns(kColumns.begin(), kColumns.end());
  for (const std::string& pair : options.map) {
    const std::size_t at = pair.find('=');
    const std::string_view ours = std::string_view(pair).substr(0, at);
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const SheetColumn& one) { return one.name == ours; });
    if (at == std::string::npos || at + 1 == pair.size() || column == columns.end()) {
      return fail(ErrorCode::kBadUse, "not one of our columns and one of the file", "--map " + pair,
                  "write it as state=Status; ours are " + our_columns());
    }
    column->short_name = std::string_view(pair).substr(at + 1);
    column->required = true;
  }
  return columns;
}

// One row after another becomes decisions, or a fault.
class Importer {
 public:
  Importer(const Options& options, Instant now, const Derived& derived, SheetFaults& faults)
      : who_(actor_of(options)),
        now_(now),
        faults_(faults),
        credentials_(derived.credentials),
        names_(derived.dependencies) {}

  void take(const Sheet& sheet, const SheetRow& row) {
    NamedDependency named;
    if (const auto problem =
            names_.find(row.cells[kId], row.cells[kSystem], row.cells[kEnvironment], named)) {
      faults_.add(row.line, sheet.headings[static_cast<std::size_t>(problem->word)], problem->what,
                  problem->hint);
      return;
    }
    const auto [before, fresh] = lines_.emplace(named.id, row.line);
    if (!fresh) {
      faults_.add(row.line, sheet.headings[row.cells[kId].empty() ? kSystem : kId],
                  fmt::format("{} is on line {} already", named.id, before->second));
      return;
    }
    if (named.listed == nullptr && (is_blank(row.cells[kState]) || row.cells[kState] == "none")) {
      faults_.add(row.line, sheet.headings[kState],
                  "no sweep has seen a CIS1 trace of '" + named.system + "'",
                  "to declare it, say its state and what that rests on");
      return;
    }
    const std::size_t made = made_.size();
    std::vector<std::string> words;
    for (std::size_t i = 0; i < kDependencyFields; ++i) {
      words.push_back(take_word(sheet, row, named, static_cast<DependencyField>(i)));
    }
    if (made == made_.size()) {
      ++unchanged_;
      return;
    }
    if (const auto conflict = check_words(words)) {
      faults_.add(row.line, sheet.headings[cell_of(conflict->field)], conflict->what);
    }
    if (named.listed == nullptr) declared_.push_back(named);
  }
  [[nodiscard]] const std::vector<DependencyDecision>& made() const { return made_; }
  [[nodiscard]] const std::vector<NamedDependency>& declared() const { return declared_; }
  [[nodiscard]] std::size_t unchanged() const { return unchanged_; }

 private:
  [[nodiscard]] std::optional<std::string> check_step(const NamedDependency& named,
                                                      const std::string& before,
                                                      const std::string& after) const {
    const auto to = parse_dependency_state(after);
    if (!to || named.listed == nullptr) return std::nullopt;
    return check_transition(parse_dependency_state(before), *to,
                            outstanding_of(credentials_, named.id));
  }

  // The word that will be in force.
  std::string take_word(const Sheet& sheet, const SheetRow& row, const NamedDependency& named,
                        DependencyField field) {
    const std::string& cell = row.cells[cell_of(field)];
    std::string before = in_force(named.listed, field);
    if (is_blank(cell)) return before;
    const auto word =
        cell == "none" ? Result<std::string>(std::string()) : canonical_word(field, cell);
    if (!word) {
      faults_.add(row.line, sheet.headings[cell_of(field)], word.error().what, word.error().hint);
      return before;
    }
    const std::string& evidence = row.cells[kEvidence];
    if (field == DependencyField::kState) {
      const bool said = is_blank(evidence) || evidence == evidence_in_force(named.listed);
      if (*word == before && said) return before;
      if (const auto problem = check_step(named, before, *word)) {
        faults_.add(row.line, sheet.headings[kState], *problem);
        return before;
      }
      if (is_blank(evidence)) {
        faults_.add(row.line, sheet.headings[kEvidence], "a state needs what it rests on",
                    "a ticket, a mail, the day of the sign-ins that were seen");
        return before;
      }
    } else if (*word == before) {
      return before;
    }
    DependencyDecision& decision = made_.emplace_back(decision_about(named, field, *word));
    decision.who = who_;
    decision.when = now_;
    decision.evidence = evidence;
    decision.source = DecisionSource::kSheet;
    return *word;
  }

  std::string who_;
  Instant now_;
  SheetFaults& faults_;
  const std::vector<Credential>& credentials_;
  DependencyNames names_;
  std::map<std::string, std::size_t> lines_;  // by dependency id
  std::vector<DependencyDecision> made_;
  std::vector<NamedDependency> declared_;
  std::size_t unchanged_ = 0;
};

std::vector<std::string> export_row(const Dependency& dependency) {
  const bool no_trace = dependency.traces == TraceStanding::kNone;
  std::vector<std::string> cells = {dependency.id,
                                    valid_utf8(dependency.system),
                                    std::string(to_string(dependency.environment)),
                                    std::string(to_string(dependency.place)),
                                    no_trace ? "" : std::string(to_string(dependency.proposed)),
                                    dependency.proposed_because,
                                    fmt::format("{}", dependency.indicators.size()),
                                    std::string(to_string(dependency.traces)),
                                    dependency.last_seen ? to_iso_date(*dependency.last_seen) : "",
                                    fmt::format("{}", dependency.credentials.size()),
                                    fmt::format("{}", dependency.shared_spine.size()),
                                    in_force(&dependency, DependencyField::kState),
                                    valid_utf8(dependency.owner_name),
                                    valid_utf8(evidence_in_force(&dependency))};
  for (std::size_t i = 2; i < kDependencyFields; ++i) {
    cells.push_back(valid_utf8(in_force(&dependency, static_cast<DependencyField>(i))));
  }
  return cells;
}

}  // namespace

Result<int> cmd_dependencies_export(const Options& options) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const StoredView view, stored_view(inventory, {}));
  std::vector<std::string> heads = {
      "id",     "system",          "environment", "place",       "proposed",     "proposed_because",
      "traces", "traces_standing", "last_seen",   "credentials", "shared_spine", "state",
      "owner",  "evidence"};
  for (std::size_t i = kOthers; i < kCells; ++i) heads.emplace_back(kColumns[i].name);
  std::string text = csv_line(heads);
  for (const Dependency& dependency : view.derived.dependencies) {
    text += csv_line(export_row(dependency));
  }
  NHI_CHECK_OK(write_result(options, text));
  return kStatusClean;
}

Result<int> cmd_dependencies_import(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(const std::vector<SheetColumn> columns, columns_of(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  SheetFaults faults(options.csv);
  NHI_TRY(const Sheet sheet, read_sheet(options.csv, columns, faults));
  Importer importer(options, now, view.derived, faults);
  for (const SheetRow& row : sheet.rows) importer.take(sheet, row);
  NHI_CHECK_OK(faults.settle());
  if (!options.dry_run && !importer.made().empty()) {
    NHI_CHECK_OK(decide_recorded(options, inventory, {.dependencies = importer.made()}));
  }
  std::string text;
  for (const NamedDependency& declared : importer.declared()) {
    text += fmt::format("{}  declared: {} ({})\n", declared.id, shown(declared.system),
                        to_string(declared.environment));
  }
  for (const DependencyDecision& decision : importer.made()) text += decision_line(decision);
  NHI_CHECK_OK(write_result(options, text));
  note(options,
       fmt::format("{} {}, {} as before", importer.made().size(),
                   options.dry_run ? "would be decided" : "decided", importer.unchanged()));
  return kStatusClean;
}

}  // namespace nhi

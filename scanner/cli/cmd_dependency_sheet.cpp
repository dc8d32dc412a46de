#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/sheet.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/report/csv_text.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

// Columns of a file of decisions about dependencies; the second name is what spreadsheets that are
// older than this program often say.
enum Cell : std::size_t { kId, kSystem, kEnvironment, kState, kOwner, kEvidence, kCells };
constexpr std::array<SheetColumn, kCells> kColumns = {{{"id", "", false},
                                                       {"system", "application", false},
                                                       {"environment", "env", false},
                                                       {"state", "status", false},
                                                       {"owner", "team", false},
                                                       {"evidence", "notes", false}}};
constexpr const char* kStates =
    "observed, cis1-only, cis2-configured, dual, cis2-primary, cis2-only or retired";

// What was said last about the state, and on what it rests.
const DependencyDecision* state_in_force(const Dependency& dependency) {
  const DependencyDecision* newest = nullptr;
  for (const DependencyDecision& decision : dependency.history) {
    if (decision.state) newest = &decision;
  }
  return newest;
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
                  "write it as state=Status; ours are id, system, environment, state, owner and "
                  "evidence");
    }
    column->short_name = std::string_view(pair).substr(at + 1);
    column->required = true;
  }
  return columns;
}

// One row after another becomes decisions, or a fault.
class Importer {
 public:
  Importer(const Options& options, Instant now, const std::vector<Dependency>& dependencies,
           SheetFaults& faults)
      : who_(actor_of(options)), now_(now), faults_(faults) {
    for (const Dependency& dependency : dependencies) {
      by_id_.emplace(dependency.id, &dependency);
      by_system_[dependency.system].push_back(&dependency);
    }
  }

  void take(const Sheet& sheet, const SheetRow& row) {
    const Dependency* const dependency = find(sheet, row);
    if (dependency == nullptr) return;
    const auto [before, fresh] = lines_.emplace(dependency->id, row.line);
    if (!fresh) {
      faults_.add(row.line, sheet.headings[named_by(row)],
                  fmt::format("{} is on line {} already", dependency->id, before->second));
      return;
    }
    const bool state = take_state(sheet, row, *dependency);
    const bool owner = take_owner(row, *dependency);
    if (!state && !owner) ++unchanged_;
  }
  [[nodiscard]] const std::vector<DependencyDecision>& made() const { return made_; }
  [[nodiscard]] std::size_t unchanged() const { return unchanged_; }

 private:
  static Cell named_by(const SheetRow& row) { return row.cells[kId].empty() ? kSystem : kId; }

  const Dependency* find(const Sheet& sheet, const SheetRow& row) {
    const std::string& id = row.cells[kId];
    const std::string& system = row.cells[kSystem];
    if (!id.empty()) {
      const auto found = by_id_.find(id);
      if (found != by_id_.end()) return found->second;
      faults_.add(row.line, sheet.headings[kId], "no dependency has the id '" + id + "'",
                  "dependencies list shows ids");
      return nullptr;
    }
    if (system.empty()) {
      faults_.add(row.line, sheet.headings[kSystem], "the row names neither id nor system");
      return nullptr;
    }
    return find_system(sheet, row);
  }

  const Dependency* find_system(const Sheet& sheet, const SheetRow& row) {
    const std::string& word = row.cells[kEnvironment];
    std::optional<Environment> environment = parse_environment(word);
    if (word == to_string(Environment::kUnknown)) environment = Environment::kUnknown;
    if (!word.empty() && !environment) {
      faults_.add(row.line, sheet.headings[kEnvironment], "'" + word + "' is no environment",
                  "live, integration, training, development or unknown");
      return nullptr;
    }
    std::vector<const Dependency*> found = by_system_[row.cells[kSystem]];
    std::erase_if(found, [&](const Dependency* one) {
      return environment && one->environment != *environment;
    });
    if (found.size() == 1) return found.front();
    if (found.empty()) {
      faults_.add(row.line, sheet.headings[kSystem],
                  "no sweep has seen a CIS1 trace of '" + row.cells[kSystem] + "'",
                  "dependencies export has the names that are known; take the row out");
    } else {
      faults_.add(
          row.line, sheet.headings[kEnvironment],
          fmt::format("'{}' has {} environments: which?", row.cells[kSystem], found.size()));
    }
    return nullptr;
  }

  bool take_state(const Sheet& sheet, const SheetRow& row, const Dependency& dependency) {
    const std::string& word = row.cells[kState];
    const std::string& evidence = row.cells[kEvidence];
    if (word.empty()) return false;
    const auto state = parse_dependency_state(word);
    if (!state) {
      faults_.add(row.line, sheet.headings[kState], "'" + word + "' is no state", kStates);
      return true;
    }
    const DependencyDecision* const before = state_in_force(dependency);
    const bool same = before != nullptr && before->state == state;
    if (same && (evidence.empty() || evidence == before->evidence)) return false;
    if (evidence.find_first_not_of(" \t\r\n") == std::string::npos) {
      faults_.add(row.line, sheet.headings[kEvidence], "a state needs what it rests on",
                  "a ticket, a mail, the day of the sign-ins that were seen");
      return true;
    }
    DependencyDecision& decision = add(dependency);
    decision.state = state;
    decision.evidence = evidence;
    return true;
  }

  bool take_owner(const SheetRow& row, const Dependency& dependency) {
    const std::string& owner = row.cells[kOwner];
    const bool nobody = owner == "none";
    if (owner.empty() || owner == dependency.owner_name) return false;
    if (nobody && dependency.owner_name.empty()) return false;
    add(dependency).owner = nobody ? std::string() : owner;
    return true;
  }

  DependencyDecision& add(const Dependency& dependency) {
    DependencyDecision& decision = made_.emplace_back();
    decision.dependency_id = dependency.id;
    decision.who = who_;
    decision.when = now_;
    return decision;
  }

  std::string who_;
  Instant now_;
  SheetFaults& faults_;
  std::map<std::string_view, const Dependency*> by_id_;
  std::map<std::string_view, std::vector<const Dependency*>> by_system_;
  std::map<std::string_view, std::size_t> lines_;
  std::vector<DependencyDecision> made_;
  std::size_t unchanged_ = 0;
};

}  // namespace

Result<int> cmd_dependencies_export(const Options& options) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const StoredView view, stored_view(inventory, {}));
  std::string text =
      csv_line({"id", "system", "environment", "place", "proposed", "proposed_because", "traces",
                "credentials", "shared_spine", "state", "owner", "evidence"});
  for (const Dependency& dependency : view.derived.dependencies) {
    const DependencyDecision* const decided = state_in_force(dependency);
    text += csv_line({dependency.id, valid_utf8(dependency.system),
                      std::string(to_string(dependency.environment)),
                      std::string(to_string(dependency.place)),
                      std::string(to_string(dependency.proposed)), dependency.proposed_because,
                      fmt::format("{}", dependency.indicators.size()),
                      fmt::format("{}", dependency.credentials.size()),
                      fmt::format("{}", dependency.shared_spine.size()),
                      decided == nullptr ? "" : std::string(to_string(*decided->state)),
                      valid_utf8(dependency.owner_name),
                      decided == nullptr ? "" : valid_utf8(decided->evidence)});
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
  Importer importer(options, now, view.derived.dependencies, faults);
  for (const SheetRow& row : sheet.rows) importer.take(sheet, row);
  NHI_CHECK_OK(faults.settle());
  if (!options.dry_run && !importer.made().empty()) {
    NHI_CHECK_OK(inventory.decide({{}, {}, importer.made()}));
  }
  std::string text;
  for (const DependencyDecision& decision : importer.made()) {
    text += decision.state
                ? fmt::format("{}  state {}\n", decision.dependency_id, to_string(*decision.state))
            : decision.owner->empty()
                ? fmt::format("{}  no owner\n", decision.dependency_id)
                : "" + decision.dependency_id + "  owner " + shown(*decision.owner) + "\n";
  }
  NHI_CHECK_OK(write_result(options, text));
  note(options,
       fmt::format("{} {}, {} as before", importer.made().size(),
                   options.dry_run ? "would be decided" : "decided", importer.unchanged()));
  return kStatusClean;
}

}  // namespace nhi

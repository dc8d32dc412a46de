#include "scanner/cli/sweep_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/declared.hpp"
#include "scanner/cli/dependency_words.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/stored.hpp"
#include "scanner/cli/version.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

constexpr std::size_t kConflictsShown = 10;

void note_conflicts(const Options& options, const std::vector<Dependency>& dependencies) {
  std::size_t total = 0;
  for (const Dependency& dependency : dependencies) {
    for (const std::string& conflict : dependency.conflicts) {
      if (++total > kConflictsShown) continue;
      note(options, fmt::format("{} ({}): {}", printable(dependency.system),
                                to_string(dependency.environment), printable(conflict)));
    }
  }
  if (total <= kConflictsShown) return;
  note(options, fmt::format("and {} more: dependencies list shows them", total - kConflictsShown));
}

// States that the file may not give, from where the dependency stands. What would not be in force
// anyway, since a command spoke later, is only the record of what the file says.
void refuse_illegal(DeclaredChange& change, const StoredView& view) {
  std::map<std::string_view, const Dependency*> listed;
  for (const Dependency& one : view.derived.dependencies) listed.emplace(one.id, &one);
  std::erase_if(change.decisions, [&](const DependencyDecision& decision) {
    const auto to = decision.field == DependencyField::kState
                        ? parse_dependency_state(decision.value)
                        : std::nullopt;
    const auto at = listed.find(decision.dependency_id);
    if (!to || at == listed.end()) return false;
    const DependencyDecision* const held =
        word_in_force(at->second->history, DependencyField::kState);
    if (held != nullptr && decision.when < held->when) return false;
    const auto problem = check_transition(
        at->second->decided, *to, outstanding_of(view.derived.credentials, decision.dependency_id));
    if (!problem) return false;
    change.notes.push_back(fmt::format("{} ({}) is not set to {} as the file says: {}",
                                       printable(decision.system), to_string(decision.environment),
                                       to_string(*to), *problem));
    return true;
  });
}

Result<void> write_html(const Options& options, const ReportData& data) {
  if (options.html.empty()) return {};
  NHI_TRY(const std::string page, render(ReportFormat::kHtml, data, {}));
  NHI_CHECK_OK(write_file_atomically(options.html, page));
  note(options, "report: " + options.html);
  return {};
}

int status_of(const ReportData& data) {
  if (data.coverage.unread_total > 0) return kStatusIncomplete;
  const bool fresh =
      std::any_of(data.findings.begin(), data.findings.end(), [&](const Finding& finding) {
        return finding.presence == Presence::kNew &&
               counts_for_status(finding, data.min_confidence, data.fail_on);
      });
  return fresh ? kStatusFindings : kStatusClean;
}

}  // namespace

Result<Estate> estate_to_read(const Options& options) {
  if (!options.estate.empty()) {
    if (!options.paths.empty()) {
      return fail(ErrorCode::kBadUse, "give either --estate or paths, not both", options.estate);
    }
    NHI_TRY(Estate estate, load_estate(options.estate));
    if (!estate.targets.empty()) return estate;
    return fail(ErrorCode::kBadUse, "this estate names hosts and no targets of its own",
                options.estate, "its hosts collect; import merges what they collected");
  }
  if (options.paths.empty()) {
    return fail(ErrorCode::kBadUse, "nothing to sweep", "",
                "name a path, or an estate file with --estate FILE");
  }
  Estate estate;
  estate.targets = targets_from_paths(options.paths, Naming::kByFolder);
  return estate;
}

Result<std::vector<DeclaredDependency>> declared_of(const Estate& estate, Instant as_of) {
  if (estate.dependencies.empty()) return std::vector<DeclaredDependency>();
  return load_declared(estate.dependencies, as_of);
}

Result<void> record_declared(const Options& options, const Estate& estate,
                             const std::vector<DeclaredDependency>& entries, AuditLog& log,
                             Inventory& inventory, Instant as_of) {
  if (estate.dependencies.empty()) return {};
  NHI_TRY(const StoredView view, stored_view(inventory, {}));
  std::set<std::pair<std::string, Environment>> seen;
  for (const Dependency& one : view.derived.dependencies) {
    if (one.traces != TraceStanding::kNone) seen.emplace(one.system, one.environment);
  }
  NHI_TRY(const std::vector<DependencyDecision> record, inventory.dependency_decisions());
  DeclaredChange change = changes_of_file(entries, record, seen, actor_of(options), as_of);
  refuse_illegal(change, view);
  for (const std::string& line : change.notes) note(options, line);
  if (change.decisions.empty()) return {};
  note(options, fmt::format("{}: {} that it did not say before", estate.dependencies,
                            counted(change.decisions.size(), "word", "words")));
  return decide_recorded(options, log, inventory, {.dependencies = std::move(change.decisions)});
}

void note_ended(const Options& options, const std::vector<AcceptedPlace>& places, Instant as_of) {
  for (const AcceptedPlace& place : places) {
    if (as_of < place.expires) continue;
    note(options, fmt::format("the acceptance of {} ({}: {}) ended on {}: it is wanted again",
                              place.path, place.owner, place.reason, to_iso_date(place.expires)));
  }
}

AcceptedUnread accepted_in_force(const Options& options, const std::vector<AcceptedPlace>& places,
                                 const std::vector<Target>& targets, Instant as_of) {
  std::vector<TargetRoot> roots;
  for (const Target& target : targets) {
    roots.insert(roots.end(), target.roots.begin(), target.roots.end());
  }
  note_ended(options, places, as_of);
  AcceptedUnread accepted(places, std::move(roots), as_of);
  accepted.accept_closed(kinds_left_closed(options));
  return accepted;
}

SweepFacts sweep_facts(const Estate& estate, Instant as_of) {
  SweepFacts facts;
  facts.started = as_of;
  facts.as_of = as_of;
  facts.estate = estate.name;
  facts.version = std::string(kVersion);
  facts.policy = estate.policy;
  return facts;
}

SweepRequest sweep_request(const Options& options, const Estate& estate, Instant as_of) {
  SweepRequest request;
  request.targets = estate.targets;
  request.full = options.full;
  request.baseline = options.baseline;
  request.facts = sweep_facts(estate, as_of);
  return request;
}

Result<int> end_sweep_command(const Options& options, const RuleSet& rules, Inventory& inventory,
                              const SweepOutcome& outcome, SweepAudit& audit) {
  NHI_TRY(StoredView view, stored_view(inventory, {}));
  ReportData data = report_data(std::move(view));
  data.rule_names = rule_names(rules);
  if (options.inventory != Options{}.inventory) data.inventory = options.inventory;
  data.min_confidence = min_confidence_of(options);
  data.fail_on = fail_on_of(options);
  // What the page shows tonight is what tomorrow's trend remembers.
  Measures tonight = make_overview(data).measures;
  tonight.sweep = static_cast<std::int64_t>(outcome.sweep);
  NHI_CHECK_OK(inventory.store_measures(outcome.sweep, to_rows(tonight)));
  if (!data.trend.empty()) data.trend.back() = tonight;
  note_conflicts(options, data.dependencies);
  const int status = status_of(data);
  NHI_TRY(data.audit_head,
          audit.end({outcome.sweep, status, outcome, data.coverage, to_rows(tonight)}));
  NHI_CHECK_OK(inventory.store_audit_head(outcome.sweep, data.audit_head));
  NHI_CHECK_OK(write_html(options, data));
  if (options.format == "text") {
    const TextStyle style{wants_colour(options), terminal_columns()};
    NHI_CHECK_OK(write_result(options, render_summary(data, style)));
  } else {
    NHI_CHECK_OK(write_report(options, data));
  }
  print_unread(options, data.coverage);
  return status;
}

}  // namespace nhi

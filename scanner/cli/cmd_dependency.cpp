#include <fmt/format.h>

#include <algorithm>

#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/dependency_words.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {
namespace {

Result<const Dependency*> named_dependency(const Options& options,
                                           const std::vector<Dependency>& all) {
  std::set<std::string> known;
  for (const Dependency& dependency : all) known.insert(dependency.id);
  NHI_TRY(const std::string id, whole_id(known, options.show_id));
  return &*std::find_if(all.begin(), all.end(),
                        [&](const Dependency& one) { return one.id == id; });
}

Result<void> check_state(const Options& options, const StoredView& view,
                         const Dependency& dependency) {
  const auto to = parse_dependency_state(options.argument);
  if (!to) return {};  // none: takes back
  const auto problem = check_transition(dependency.decided, *to,
                                        outstanding_of(view.derived.credentials, dependency.id));
  if (!problem) return {};
  return fail(ErrorCode::kBadUse,
              fmt::format("it cannot go from {} to {}: {}",
                          dependency.decided ? to_string(*dependency.decided) : "undecided",
                          options.argument, *problem),
              dependency.id,
              "dependencies show " + dependency.id + " tells what was decided and what is bound");
}

// Of a Spine credential nobody says that it is CIS1: what its place shows goes before.
Result<void> check_binding(const StoredView& view, BindingKind kind, const std::string& id) {
  if (kind != BindingKind::kCis1Call) return {};
  const bool spine =
      std::any_of(view.findings.begin(), view.findings.end(), [&](const Finding& finding) {
        return finding.credential_id == id && is_shared_spine(finding);
      });
  if (!spine) return {};
  return fail(ErrorCode::kBadUse,
              "it is a Spine credential (certificate, MESH or SDS) and no part of CIS1", id,
              "it outlives CIS1; bind what opens the CIS1 call");
}

Result<int> bind(const Options& options, Instant now, Inventory& inventory, const StoredView& view,
                 const Dependency& dependency) {
  const auto kind = parse_binding_kind(options.decide_as);
  if (!kind) return fail(ErrorCode::kBadUse, "what is it for?", "--as " + options.decide_as);
  std::set<std::string> known;
  for (const Credential& credential : view.derived.credentials) known.insert(credential.id);
  Decisions decisions;
  std::string lines;
  for (const std::string& prefix : options.paths) {
    NHI_TRY(const std::string id, whole_id(known, prefix));
    NHI_CHECK_OK(check_binding(view, *kind, id));
    decisions.bindings.push_back(
        {dependency.id, id, *kind, actor_of(options), now, options.evidence});
    lines += fmt::format("{}  {} {}\n", dependency.id, id,
                         *kind == BindingKind::kNone ? "taken back" : to_string(*kind));
  }
  NHI_CHECK_OK(decide_recorded(options, inventory, decisions));
  NHI_CHECK_OK(write_result(options, lines));
  return kStatusClean;
}

}  // namespace

Result<int> cmd_dependency_decision(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  NHI_TRY(const Dependency* const at, named_dependency(options, view.derived.dependencies));
  if (options.command == Command::kDependencyBind) {
    return bind(options, now, inventory, view, *at);
  }
  const bool state = options.command == Command::kDependencySetState;
  if (state) NHI_CHECK_OK(check_state(options, view, *at));
  DependencyDecision decision =
      decision_about({at->id, at->system, at->environment, at},
                     state ? DependencyField::kState : DependencyField::kOwner,
                     state && options.argument == "none" ? std::string() : options.argument);
  decision.who = actor_of(options);
  decision.when = now;
  decision.evidence = options.evidence;
  NHI_CHECK_OK(decide_recorded(options, inventory, {.dependencies = {decision}}));
  std::string line = decision_line(decision);
  line.pop_back();
  note(options, line);
  return kStatusClean;
}

}  // namespace nhi

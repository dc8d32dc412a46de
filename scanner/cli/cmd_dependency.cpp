#include <fmt/format.h>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {

Result<int> cmd_dependency_decision(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  std::set<std::string> known;
  for (const Dependency& dependency : view.derived.dependencies) known.insert(dependency.id);
  DependencyDecision decision;
  NHI_TRY(decision.dependency_id, whole_id(known, options.show_id));
  if (options.command == Command::kDependencySetState) {
    decision.state = parse_dependency_state(options.argument);
  } else {
    decision.owner = options.argument;
  }
  decision.who = actor_of(options);
  decision.when = now;
  decision.evidence = options.evidence;
  NHI_CHECK_OK(inventory.decide({{}, {}, {decision}}));
  note(options,
       fmt::format("{}: {}", decision.dependency_id,
                   decision.state ? "state " + options.argument : "owner " + options.argument));
  return kStatusClean;
}

}  // namespace nhi

#include <algorithm>

#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/dependency_words.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {

Result<int> cmd_dependency_decision(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const StoredView view, stored_view(inventory, {}, now));
  const std::vector<Dependency>& all = view.derived.dependencies;
  std::set<std::string> known;
  for (const Dependency& dependency : all) known.insert(dependency.id);
  NHI_TRY(const std::string id, whole_id(known, options.show_id));
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Dependency& one) { return one.id == id; });
  const bool state = options.command == Command::kDependencySetState;
  DependencyDecision decision =
      decision_about({id, at->system, at->environment, &*at},
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

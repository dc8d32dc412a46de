#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/sweep_parts.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {

Result<int> cmd_sweep(const Options& options) {
  NHI_TRY(const Instant as_of, clock_of(options));
  NHI_TRY(Estate estate, estate_to_read(options));
  NHI_TRY(const std::vector<DeclaredDependency> declared, declared_of(estate, as_of));
  NHI_TRY(const RuleSet rules, load_rule_set(options, estate.rules));
  NHI_TRY(RunOptions run, run_options(options));
  run.started = system_now();
  run.as_of = as_of;
  run.owners = std::move(estate.owners);
  run.accepted = accepted_in_force(options, places_here(estate.accepted), estate.targets, as_of);
  run.examine.honour_inline_ignores = estate.honour_inline_ignores;
  keep_out_store(run, options.inventory);
  NHI_TRY(const FingerprintKey key, estate_key());
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kWrite));

  NHI_TRY(SweepAudit audit,
          SweepAudit::begin("sweep", options, estate, rules.digest(), key.id, as_of));

  Progress progress;
  auto swept = [&] {
    const ProgressBar bar(options, progress);
    return run_sweep(sweep_request(options, estate, as_of), std::move(run), rules, key, inventory,
                     progress);
  }();
  if (!swept) {
    audit.log().failed(swept.error());
    return fail(std::move(swept.error()));
  }
  if (options.stats) print_stats(swept->stats);
  NHI_CHECK_OK(record_declared(options, estate, declared, audit.log(), inventory, as_of));
  return end_sweep_command(options, rules, inventory, swept->outcome, audit);
}

}  // namespace nhi

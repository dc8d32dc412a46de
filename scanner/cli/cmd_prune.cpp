#include <fmt/format.h>
#include <sys/stat.h>

#include "scanner/base/time_span.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/prune.hpp"
#include "scanner/cli/stored.hpp"

namespace nhi {
namespace {

// The newest instant that is old: what ended before it may go.
Result<Instant> limit_of(const Options& options, Instant now) {
  auto span = parse_span(options.older_than);
  if (!span) {
    span.error().subject = "--older-than";
    span.error().hint = "write 400d or 60w";
    return fail(std::move(span.error()));
  }
  return Instant{now.seconds - *span};
}

std::string row(std::string_view what, std::uint64_t count) {
  return fmt::format("  {:<58}{:>9}\n", what, count);
}

std::string table(const Options& options, const PruneChoice& choice, const PruneOutcome& outcome,
                  Instant before) {
  std::string text =
      fmt::format("older than {}: what ended before {}\n", options.older_than, to_iso_date(before));
  text += options.dry_run ? "would go\n" : "gone for good\n";
  text += row("findings that are not in the files any more", outcome.findings);
  text += row("  their places, with authors, file owners and accounts", outcome.places);
  text += row("  their changes of presence", outcome.changes);
  text += row("  decisions about them and their credentials", outcome.decisions);
  text += row("authors and file owners of such findings that stay", outcome.names);
  text += row("places in lists of what old sweeps could not read", outcome.unread_places);
  text += row("names of roots under which nothing is known any more", outcome.roots);
  text += "stays, although not in the files any more\n";
  text += row("its credential is not known to be dead", choice.outstanding);
  text += row("a dependency that is decided or has no trace rests on it", choice.dependency);
  text += row("somebody decided about it since, or accepts it", choice.concerned);
  text += row("a sweep that was cut short may show it again", choice.shown);
  return text;
}

Result<PruneOutcome> prune_recorded(const Options& options, Inventory& inventory,
                                    const PruneOrder& order) {
  if (order.dry_run) return inventory.prune(order);
  NHI_TRY(AuditLog log, AuditLog::open(options));
  AuditEvent begin{"prune", {}};
  begin.body.text("inventory", absolute_path(options.inventory));
  begin.body.text("older_than", options.older_than).text("before", to_iso8601(order.before));
  begin.body.count("findings", order.findings.size()).list("finding_ids", order.findings);
  NHI_CHECK_OK(log.record({begin}));
  auto done = inventory.prune(order);
  if (!done) {
    log.failed(done.error());
    return done;
  }
  NHI_CHECK_OK(log.close());
  return done;
}

std::uint64_t size_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

}  // namespace

Result<int> cmd_prune(const Options& options) {
  NHI_TRY(const Instant now, clock_of(options));
  NHI_TRY(const Instant before, limit_of(options, now));
  const std::uint64_t size = size_of(options.inventory);
  NHI_TRY(Inventory inventory, open_to_decide(options));
  NHI_TRY(const std::vector<Inventory::Prunable> old, inventory.prunable(before));
  NHI_TRY(StoredView view, stored_view(inventory, {}));
  PruneChoice choice = choose_prunable(report_data(std::move(view)), old);
  PruneOrder order;
  order.before = before;
  order.findings = choice.go;
  order.nameless = choice.nameless;
  order.dry_run = options.dry_run;
  NHI_TRY(const PruneOutcome outcome, prune_recorded(options, inventory, order));
  NHI_CHECK_OK(write_result(options, table(options, choice, outcome, before)));
  if (options.dry_run) {
    note(options, "nothing was removed (--dry-run)");
  } else {
    note(options, fmt::format("{}: {} bytes before, {} now", options.inventory, size,
                              size_of(options.inventory)));
  }
  return kStatusClean;
}

}  // namespace nhi

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "scanner/base/file.hpp"
#include "scanner/base/host_name.hpp"
#include "scanner/base/private_folder.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/reading.hpp"
#include "scanner/cli/sweep_parts.hpp"
#include "scanner/sweep/collect.hpp"

namespace nhi {
namespace {

Result<std::string> host_name(const Options& options) {
  std::string name = options.host;
  if (name.empty()) {
    name = own_host_name();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    // Every host calls itself that: two of them would be taken for one.
    if (name == "localhost" || name.starts_with("localhost.")) name.clear();
  }
  if (is_host_name(name)) return name;
  return fail(ErrorCode::kBadUse, "no name for this host", "--host " + name,
              "lower-case letters, digits, dots and hyphens, as the estate's hosts have it");
}

Result<void> copy_to_standard_output(const std::string& path) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail(os_error(errno, "cannot open", path));
  Options standard_output;
  std::string block(64 * kKiB, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(os_error(errno, "cannot read", path));
    if (got == 0) return {};
    const auto bytes = static_cast<std::size_t>(got);
    NHI_CHECK_OK(write_result(standard_output, std::string_view(block).substr(0, bytes)));
  }
}

Result<bool> has_fresh(const Options& options, Inventory& inventory) {
  FindingFilter filter;
  filter.state = Presence::kNew;
  NHI_TRY(const std::vector<Finding> fresh, inventory.findings(filter));
  return std::any_of(fresh.begin(), fresh.end(), [&](const Finding& finding) {
    return counts_for_status(finding, min_confidence_of(options), fail_on_of(options));
  });
}

}  // namespace

Result<int> cmd_collect(const Options& options) {
  NHI_TRY(const Instant as_of, clock_of(options));
  NHI_TRY(const std::string host, host_name(options));
  NHI_TRY(Estate estate, estate_to_read(options));
  put_under_host(estate.targets, host);
  NHI_TRY(const RuleSet rules, load_rule_set(options, estate.rules));
  NHI_TRY(RunOptions run, run_options(options));
  run.started = system_now();
  run.as_of = as_of;
  run.owners = std::move(estate.owners);
  run.owners.set_host(host);
  std::vector<AcceptedPlace> accepted = places_here(estate.accepted);
  for (AcceptedPlace& place : places_on_host(estate.accepted, host)) {
    accepted.push_back(std::move(place));
  }
  run.accepted = accepted_in_force(options, accepted, estate.targets, as_of);
  run.examine.honour_inline_ignores = estate.honour_inline_ignores;
  NHI_TRY(const FingerprintKey key, key_in_place());
  // For an inventory that nobody keeps.
  NHI_TRY(const PrivateFolder folder, PrivateFolder::make());
  run.never.push_back(folder.path());
  const std::string store = options.cache.empty() ? folder.file("nhisweep.db") : options.cache;
  keep_out_store(run, store);
  NHI_TRY(Inventory inventory, Inventory::open(store, Inventory::Mode::kWrite));

  const bool piped = options.output == "-";
  CollectRequest request;
  request.host = host;
  request.output = piped ? folder.file("bundle") : options.output;
  request.sweep = sweep_request(options, estate, as_of);
  Progress progress;
  auto collected = [&] {
    const ProgressBar bar(options, progress);
    return run_collect(std::move(request), std::move(run), rules, key, inventory, progress);
  }();
  if (!collected) return fail(std::move(collected.error()));
  if (options.stats) print_stats(collected->sweep.stats);
  if (piped) NHI_CHECK_OK(copy_to_standard_output(folder.file("bundle")));
  const BundleCounts& counts = collected->counts;
  note(options, fmt::format("collected {}: findings {}, places {}", host, counts.findings,
                            counts.units + counts.clean));
  print_unread(options, collected->sweep.coverage);
  if (collected->sweep.coverage.unread_total > 0) return kStatusIncomplete;
  NHI_TRY(const bool fresh, has_fresh(options, inventory));
  return fresh ? kStatusFindings : kStatusClean;
}

}  // namespace nhi

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/sweep_parts.hpp"
#include "scanner/sweep/import.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

// A folder stands for the bundles in it: a pattern of the shell that matches nothing would be a
// file that is not there, on the very night when no host has reported.
Result<std::vector<std::string>> bundle_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    fs::directory_iterator entries(path, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      if (entries->path().extension() == ".bundle") found.push_back(entries->path().string());
    }
    if (error) return fail(os_error(error.value(), "cannot list", path));
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace

Result<int> cmd_import(const Options& options) {
  NHI_TRY(const Instant as_of, clock_of(options));
  Estate estate;
  if (!options.estate.empty()) {
    NHI_TRY(estate, load_estate(options.estate));
  }
  NHI_TRY(const std::vector<DeclaredDependency> declared, declared_of(estate, as_of));
  // Without a bundle there is something to say only of hosts that should have sent one.
  NHI_TRY(std::vector<std::string> files, bundle_files(options.paths));
  if (files.empty() && estate.hosts.empty()) {
    return fail(ErrorCode::kBadUse, "nothing to import", "",
                "name bundles, or an estate file that lists hosts");
  }
  NHI_TRY(const RuleSet rules, load_rule_set(options, estate.rules));
  NHI_TRY(const FingerprintKey key, key_in_place());
  note_ended(options, estate.accepted, as_of);
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kWrite));

  NHI_TRY(SweepAudit audit,
          SweepAudit::begin("import", options, estate, rules.digest(), key.id, as_of));

  ImportRequest request;
  request.bundles = std::move(files);
  request.facts = sweep_facts(estate, as_of);
  request.hosts = std::move(estate.hosts);
  request.accepted = std::move(estate.accepted);
  request.owners = std::move(estate.owners);
  request.baseline = options.baseline;
  const auto report = run_import(std::move(request), key, inventory);
  if (!report) {
    audit.log().failed(report.error());
    return fail(report.error());
  }
  for (const std::string& line : report->notes) note(options, line);
  note(options, fmt::format("merged {} {}", report->hosts, report->hosts == 1 ? "host" : "hosts"));
  NHI_CHECK_OK(record_declared(options, estate, declared, audit.log(), inventory, as_of));
  return end_sweep_command(options, rules, inventory, report->outcome, audit);
}

}  // namespace nhi

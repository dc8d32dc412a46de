#include "scanner/sweep/collect.hpp"

#include "scanner/bundle/bundle_writer.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/value.hpp"
#include "scanner/sweep/run_state.hpp"

namespace nhi {
namespace {

BundleHeader header_of(const CollectRequest& request, const RunOptions& options,
                       const RuleSet& rules, const FingerprintKey& key) {
  BundleHeader header;
  header.host = request.host;
  header.estate = request.sweep.facts.estate;
  header.version = request.sweep.facts.version;
  header.ruleset = rules.digest();
  header.profile = options.profile;
  header.key_id = key.id;
  header.key_check = key_check(key);
  if (key.former) {
    header.former_id = key.former->id;
    header.former_check = key_check(*key.former);
  }
  header.as_of = request.sweep.facts.as_of;
  header.rules = asked_rules(rules);
  for (const Target& target : request.sweep.targets) {
    BundleTarget out{target.name, profile_of(options, target.context), {}};
    for (const TargetRoot& root : target.roots) out.roots.push_back({root.path, root.root});
    header.targets.push_back(std::move(out));
  }
  return header;
}

// A cache keeps ids through a rotation, and nobody else knows them: a bundle says what the key
// itself makes of a place.
void compute_ids(UnitResult& unit, const FingerprintKey& key) {
  for (Finding& finding : unit.findings) {
    finding.id = finding_id(finding, key, unit.key.root);
    if (!finding.fingerprint.empty()) {
      finding.credential_id = credential_id(key, finding.fingerprint);
    }
  }
}

}  // namespace

void put_under_host(std::vector<Target>& targets, const std::string& host) {
  const std::string prefix = host + "/";
  for (Target& target : targets) {
    target.name.insert(0, prefix);
    target.context.target = target.name;
    if (target.context.host.empty()) target.context.host = host;
    for (TargetRoot& root : target.roots) {
      root.root.insert(0, prefix);
      root.id_root.insert(0, prefix);
    }
    for (Unread& place : target.unmet) place.root.insert(0, prefix);
  }
}

Result<CollectReport> run_collect(CollectRequest request, RunOptions options, const RuleSet& rules,
                                  const FingerprintKey& key, Inventory& inventory,
                                  Progress& progress) {
  options.profile = reading_profile(rules, options, key);
  const BundleHeader header = header_of(request, options, rules, key);
  std::vector<std::string> names;
  for (const Target& target : request.sweep.targets) names.push_back(target.name);

  AbsenceRecorder recorder;
  request.sweep.recorder = &recorder;
  request.sweep.facts.to_bundle = true;
  CollectReport report;
  NHI_TRY(report.sweep,
          run_sweep(std::move(request.sweep), std::move(options), rules, key, inventory, progress));
  NHI_TRY(BundleWriter writer, BundleWriter::create(request.output, header, key.bytes));
  NHI_CHECK_OK(inventory.export_units([&](UnitResult unit) -> Result<void> {
    compute_ids(unit, key);
    return writer.unit(unit);
  }));
  NHI_CHECK_OK(writer.absence(recorder.take(names)));
  NHI_CHECK_OK(writer.coverage(report.sweep.coverage));
  NHI_CHECK_OK(writer.finish());
  report.counts = writer.counts();
  return report;
}

}  // namespace nhi

#include "scanner/sweep/runs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/hash.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/merge.hpp"
#include "scanner/sweep/scan_sink.hpp"

namespace nhi {
namespace {

class InventorySink : public UnitSink {
 public:
  InventorySink(Inventory& inventory, SweepId sweep, const SweepRequest& request)
      : inventory_(inventory), sweep_(sweep), full_(request.full), recorder_(request.recorder) {}

  Result<bool> reuse(const UnitKey& key, const std::string& stamp, const std::string& profile,
                     Coverage& carried) override {
    if (full_ || stamp.empty()) return false;
    return inventory_.reuse(sweep_, key, stamp, profile, carried);
  }
  Result<QuietObjects> quiet_objects(const UnitKey& key, const std::string& profile) override {
    if (full_) {
      NHI_CHECK_OK(inventory_.forget_quiet(sweep_, key));
      return QuietObjects{};
    }
    return inventory_.quiet_objects(sweep_, key, profile);
  }
  Result<void> quiet(const UnitKey& key, const std::string& profile,
                     std::string_view ids) override {
    return inventory_.add_quiet(sweep_, key, profile, ids);
  }
  Result<void> unit(UnitResult unit, std::vector<SecretText>) override {
    return inventory_.store(sweep_, unit);
  }
  void folder_listed(const std::string& root, const std::string& path,
                     const std::string& disk_path) override {
    tracker.folder_listed(root, path, disk_path);
    if (recorder_ != nullptr) recorder_->folder_listed(root, path, disk_path);
  }
  void refused(const std::string& root, const std::string& path) override {
    tracker.refused(root, path);
    if (recorder_ != nullptr) recorder_->refused(root, path);
  }
  void distrusted(const std::string& root) override {
    tracker.distrusted(root);
    if (recorder_ != nullptr) recorder_->distrusted(root);
  }

  AbsenceTracker tracker;

 private:
  Inventory& inventory_;
  SweepId sweep_;
  bool full_;
  AbsenceRecorder* recorder_;
};

// Who owns a place tonight: the estate's globs, CODEOWNERS, the target's own owner, in that order.
decltype(SweepEnd::owner) owner_finder(const std::vector<Target>& targets, const OwnerMap& owners) {
  std::map<std::string, FindingOwner> by_target;
  for (const Target& target : targets) {
    by_target[target.name] = {target.context.owner_name, target.context.owner_source};
  }
  return [by_target = std::move(by_target), &owners](
             const std::string& target, const std::string& root,
             const std::string& path) -> std::optional<FindingOwner> {
    if (auto owner = owners.owner_of(root, path)) return *std::move(owner);
    const auto declared = by_target.find(target);
    return declared == by_target.end() ? FindingOwner{} : declared->second;
  };
}

}  // namespace

Result<void> ScanSink::unit(UnitResult unit, std::vector<SecretText> shown) {
  if (findings_.empty()) findings_.swap(unit.findings);  // of a large history all there are
  std::move(unit.findings.begin(), unit.findings.end(), std::back_inserter(findings_));
  std::move(shown.begin(), shown.end(), std::back_inserter(values_));
  return {};
}

ScanOutcome ScanSink::outcome(RunResult run) {
  ScanOutcome outcome;
  outcome.run = std::move(run);
  merge_equal_ids(findings_, values_);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    outcome.values.emplace(findings_[i].id, std::move(values_[i]));
  }
  outcome.findings = std::move(findings_);
  std::sort(outcome.findings.begin(), outcome.findings.end(), report_order);
  return outcome;
}

std::vector<std::string> asked_rules(const RuleSet& rules) {
  std::vector<std::string> ids;
  for (const Rule& rule : rules.rules()) ids.push_back(rule.id);
  for (const std::string_view format : format_names()) {
    ids.push_back("site." + std::string(format));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string reading_profile(const RuleSet& rules, const RunOptions& options,
                            const FingerprintKey& key) {
  FieldBytes fields;
  fields.add(rules.digest()).add(std::to_string(kReadersVersion));
  fields.add(std::to_string(kMatcherVersion));
  fields.add(fmt::format("{} {} {} {} {}", kWholeBytesMax, kSegmentBytes, kMatchBytesMax,
                         kDecodeDepthMax, kDecodeExpansionMax));
  fields.add(options.examine.honour_inline_ignores ? "honour" : "report");
  fields.add(key_check(key));
  return "sha256:" + to_hex(sha256(fields.bytes()));
}

Result<ScanOutcome> run_scan(const std::vector<Target>& targets, const RunOptions& options,
                             const RuleSet& rules, const FingerprintKey& key, Progress& progress) {
  ScanSink sink;
  NHI_TRY(RunResult run, run_pipeline(targets, options, rules, key, sink, progress));
  return sink.outcome(std::move(run));
}

Result<SweepReport> run_sweep(SweepRequest request, RunOptions options, const RuleSet& rules,
                              const FingerprintKey& key, Inventory& inventory, Progress& progress) {
  options.profile = reading_profile(rules, options, key);
  request.facts.profile = options.profile;
  request.facts.ruleset = rules.digest();
  request.facts.key_id = key.id;
  request.facts.key_check = key_check(key);
  if (key.former) request.facts.former_check = key_check(*key.former);
  request.facts.targets.clear();
  for (const Target& target : request.targets) request.facts.targets.push_back(target.name);

  NHI_TRY(const std::vector<Inventory::KnownPlace> known,
          inventory.known_places(request.facts.targets));
  NHI_TRY(const SweepId sweep, inventory.begin_sweep(request.facts));
  InventorySink sink(inventory, sweep, request);
  std::map<UnitKey, const Inventory::KnownPlace*> by_key;
  for (const Inventory::KnownPlace& place : known) {
    sink.tracker.know(place);
    by_key[place.key] = &place;
  }
  NHI_TRY(RunResult run, run_pipeline(request.targets, options, rules, key, sink, progress));

  SweepReport report;
  report.sweep = sweep;
  report.coverage = std::move(run.coverage);
  report.stats = std::move(run.stats);
  const auto judge = [&](const UnitKey& unit) {
    const auto hit = by_key.find(unit);
    return hit == by_key.end() ? Absence::kNotRead : sink.tracker.judge(*hit->second);
  };
  const SweepEnd end{report.coverage,
                     request.facts.started,
                     asked_rules(rules),
                     judge,
                     owner_finder(request.targets, run.owners),
                     request.baseline};
  NHI_TRY(report.outcome, inventory.finish_sweep(sweep, end));
  return report;
}

}  // namespace nhi

#include "scanner/cli/stored.hpp"

#include <algorithm>
#include <unordered_map>

#include "scanner/cli/version.hpp"

namespace nhi {

Result<StoredView> stored_view(Inventory& inventory, const FindingFilter& filter,
                               const Policy& policy) {
  NHI_TRY(auto current, inventory.current_sweep());
  if (!current) {
    return fail(ErrorCode::kNotFound, "the inventory holds no finished sweep", "",
                "run nhisweep sweep first");
  }
  StoredView view;
  view.sweep = std::move(*current);
  NHI_TRY(std::vector<Finding> all, inventory.findings({}));
  view.derived = derive(all, policy);
  NHI_TRY(view.findings, inventory.findings(filter));
  std::unordered_map<std::string, std::string> dependency;
  for (const Finding& finding : all) {
    if (!finding.dependency_id.empty()) dependency[finding.id] = finding.dependency_id;
  }
  for (Finding& finding : view.findings) {
    const auto hit = dependency.find(finding.id);
    if (hit != dependency.end()) finding.dependency_id = hit->second;
  }
  NHI_TRY(const std::vector<Inventory::SweepRow> sweeps, inventory.finished_sweeps());
  for (const Inventory::SweepRow& row : sweeps) {
    NamedMeasures named;
    for (const Measure& measure : row.measures) named.emplace_back(measure.name, measure.value);
    Measures measures = read_measures(named);
    measures.sweep = static_cast<std::int64_t>(row.id);
    measures.when = row.facts.as_of;
    view.trend.push_back(measures);
  }
  return view;
}

ReportData report_data(const StoredView& view, const Policy& policy) {
  ReportData data;
  data.schema = "nhisweep.sweep/1";
  data.version = std::string(kVersion);
  data.ruleset = view.sweep.facts.ruleset;
  data.key_id = view.sweep.facts.key_id;
  data.as_of = view.sweep.facts.as_of;
  data.cis1_removal = policy.cis1_removal;
  data.estate = view.sweep.facts.estate;
  data.coverage = view.sweep.coverage;
  data.findings = view.findings;
  data.credentials = view.derived.credentials;
  data.identities = view.derived.identities;
  data.dependencies = view.derived.dependencies;
  data.trend = view.trend;
  return data;
}

}  // namespace nhi

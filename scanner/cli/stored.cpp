#include "scanner/cli/stored.hpp"

#include <map>
#include <unordered_set>

#include "scanner/cli/version.hpp"

namespace nhi {

Result<Inventory::SweepRow> last_sweep(Inventory& inventory) {
  NHI_TRY(auto current, inventory.current_sweep());
  if (!current) {
    return fail(ErrorCode::kNotFound, "the inventory holds no finished sweep", "",
                "run nhisweep sweep first");
  }
  return std::move(*current);
}

Result<StoredView> stored_view(Inventory& inventory, const FindingFilter& filter,
                               std::optional<Instant> as_of) {
  StoredView view;
  NHI_TRY(view.sweep, last_sweep(inventory));
  NHI_TRY(const auto key, inventory.key_state());
  if (key && key->key_id == view.sweep.facts.key_id) view.sweep.facts.key_check = key->key_check;
  Policy policy;
  static_cast<EstatePolicy&>(policy) = view.sweep.facts.policy;
  policy.as_of = as_of.value_or(view.sweep.facts.as_of);
  NHI_TRY(policy.decisions, inventory.dependency_decisions());
  NHI_TRY(policy.life, inventory.credential_decisions());
  NHI_TRY(policy.bindings, inventory.binding_decisions());
  view.as_of = policy.as_of;
  NHI_TRY(view.findings, inventory.findings({}));
  view.derived = derive(view.findings, policy);
  if (!(filter == FindingFilter{})) {
    NHI_TRY(const std::vector<Finding> wanted, inventory.findings(filter));
    std::unordered_set<std::string_view> ids;
    for (const Finding& finding : wanted) ids.insert(finding.id);
    std::erase_if(view.findings, [&](const Finding& finding) { return !ids.contains(finding.id); });
  }
  NHI_TRY(const std::vector<Inventory::SweepRow> sweeps, inventory.finished_sweeps());
  for (const Inventory::SweepRow& row : sweeps) {
    Measures measures = from_rows(row.measures);
    measures.sweep = static_cast<std::int64_t>(row.id);
    measures.when = row.facts.as_of;
    view.trend.push_back(measures);
  }
  return view;
}

ReportData report_data(StoredView view) {
  ReportData data;
  data.schema = "nhisweep.sweep/1";
  data.version = std::string(kVersion);
  data.ruleset = std::move(view.sweep.facts.ruleset);
  data.key_id = std::move(view.sweep.facts.key_id);
  data.key_check = std::move(view.sweep.facts.key_check);
  data.as_of = view.as_of;
  data.cis1_removal = view.sweep.facts.policy.cis1_removal;
  data.estate = std::move(view.sweep.facts.estate);
  data.coverage = std::move(view.sweep.coverage);
  data.audit_head = std::move(view.sweep.audit_head);
  data.findings = std::move(view.findings);
  data.credentials = std::move(view.derived.credentials);
  data.identities = std::move(view.derived.identities);
  data.dependencies = std::move(view.derived.dependencies);
  data.trend = std::move(view.trend);
  return data;
}

std::vector<Measure> to_rows(const Measures& m) {
  const auto number = [](std::uint64_t value) {
    return std::optional<std::int64_t>(static_cast<std::int64_t>(value));
  };
  std::vector<Measure> rows = {{"findings", number(m.findings)},
                               {"credentials", number(m.credentials)},
                               {"outstanding", number(m.outstanding)},
                               {"new", number(m.fresh)},
                               {"gone", number(m.gone)},
                               {"unverified", number(m.unverified)},
                               {"will-stop", number(m.will_stop)},
                               {"cis1-stale", number(m.cis1_stale)},
                               {"removed-not-dead", number(m.removed_not_dead)},
                               {"residue", number(m.residue)},
                               {"shared-spine", number(m.shared_spine)},
                               {"unbound", number(m.unbound)},
                               {"unowned", number(m.unowned)},
                               {"reused", number(m.reused)},
                               {"long-lived", std::nullopt},
                               {"long-lived-unknown", number(m.long_lived_unknown)},
                               {"unread", number(m.unread)},
                               {"traces-gone", number(m.traces_gone)},
                               {"declared", number(m.declared)},
                               {"seen-again", number(m.seen_again)}};
  if (m.long_lived) {
    rows[14].value = static_cast<std::int64_t>(*m.long_lived);
  }
  return rows;
}

Measures from_rows(const std::vector<Measure>& rows) {
  Measures m;
  const std::map<std::string_view, std::uint64_t*> fields = {
      {"findings", &m.findings},
      {"credentials", &m.credentials},
      {"outstanding", &m.outstanding},
      {"new", &m.fresh},
      {"gone", &m.gone},
      {"unverified", &m.unverified},
      {"will-stop", &m.will_stop},
      {"traces-gone", &m.traces_gone},
      {"declared", &m.declared},
      {"seen-again", &m.seen_again},
      {"cis1-stale", &m.cis1_stale},
      {"removed-not-dead", &m.removed_not_dead},
      {"residue", &m.residue},
      {"shared-spine", &m.shared_spine},
      {"unbound", &m.unbound},
      {"unowned", &m.unowned},
      {"reused", &m.reused},
      {"long-lived-unknown", &m.long_lived_unknown},
      {"unread", &m.unread}};
  for (const auto& [name, value] : rows) {
    if (name == "long-lived") {
      if (value) m.long_lived = static_cast<std::uint64_t>(*value);
      continue;
    }
    const auto field = fields.find(name);
    if (field != fields.end() && value) *field->second = static_cast<std::uint64_t>(*value);
  }
  return m;
}

}  // namespace nhi

#include "scanner/cli/prune.hpp"

#include <unordered_map>
#include <unordered_set>

#include "scanner/report/overview.hpp"

namespace nhi {
namespace {

using Ids = std::unordered_set<std::string_view>;

Ids outstanding_credentials(const Overview& overview) {
  Ids ids;
  for (const CredentialView& view : overview.credentials) {
    if (view.in(kListOutstanding)) ids.insert(view.credential->id);
  }
  return ids;
}

// What people decided about, and what would leave the list with its last trace.
Ids dependencies_to_keep(const ReportData& data) {
  Ids ids;
  for (const Dependency& dependency : data.dependencies) {
    const bool rests = dependency.traces == TraceStanding::kGone;
    if (rests || !dependency.history.empty()) ids.insert(dependency.id);
  }
  return ids;
}

}  // namespace

PruneChoice choose_prunable(const ReportData& data, const std::vector<Inventory::Prunable>& old) {
  PruneChoice choice;
  const Overview overview = make_overview(data);
  const Ids outstanding = outstanding_credentials(overview);
  const Ids kept = dependencies_to_keep(data);
  std::unordered_map<std::string_view, const Finding*> by_id;
  for (const Finding& finding : data.findings) {
    if (finding.presence == Presence::kGone) by_id.emplace(finding.id, &finding);
  }
  for (const Inventory::Prunable& one : old) {
    const auto at = by_id.find(one.finding_id);
    if (at == by_id.end()) continue;
    const Finding& finding = *at->second;
    if (one.shown) {
      ++choice.shown;
    } else if (one.concerned) {
      ++choice.concerned;
    } else if (outstanding.contains(finding.credential_id)) {
      ++choice.outstanding;
      choice.nameless.push_back(finding.id);
    } else if (kept.contains(finding.dependency_id)) {
      ++choice.dependency;
      choice.nameless.push_back(finding.id);
    } else {
      choice.go.push_back(finding.id);
    }
  }
  return choice;
}

}  // namespace nhi

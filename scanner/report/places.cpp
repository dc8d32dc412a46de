#include "scanner/report/places.hpp"

#include <algorithm>

namespace nhi {
namespace {

int rank_of(const Finding* finding) {
  if (in_files_now(*finding)) return 0;
  return is_present(*finding) ? 1 : 2;
}

void put_best_first(std::vector<const Finding*>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding* a, const Finding* b) { return rank_of(a) < rank_of(b); });
}

}  // namespace

PlaceIndex::PlaceIndex(const ReportData& data) {
  for (const Finding& finding : data.findings) {
    for (const std::string_view id :
         {std::string_view(finding.id), std::string_view(finding.credential_id),
          std::string_view(finding.identity)}) {
      if (!id.empty()) places_[id].push_back(&finding);
    }
  }
  for (auto& [id, findings] : places_) put_best_first(findings);
}

std::span<const Finding* const> PlaceIndex::of(std::string_view id) const {
  const auto at = places_.find(id);
  return at == places_.end() ? std::span<const Finding* const>() : at->second;
}

std::vector<const Finding*> PlaceIndex::of(const std::vector<std::string>& finding_ids) const {
  std::vector<const Finding*> found;
  for (const std::string& id : finding_ids) {
    for (const Finding* finding : of(id)) found.push_back(finding);
  }
  put_best_first(found);
  return found;
}

}  // namespace nhi

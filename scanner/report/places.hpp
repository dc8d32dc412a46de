// places.hpp - where a credential, an identity or a dependency was seen: the findings behind a row.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/report/report.hpp"

namespace nhi {

/// By finding id, credential id and identity key. Points into the data, which must outlive it.
class PlaceIndex {
 public:
  explicit PlaceIndex(const ReportData& data);

  /// Best first: in a file or HEAD now, then in history only, then gone; else in the order of the
  /// data. Empty for an unknown id.
  [[nodiscard]] std::span<const Finding* const> of(std::string_view id) const;
  /// The findings with these ids, in the same order.
  [[nodiscard]] std::vector<const Finding*> of(const std::vector<std::string>& finding_ids) const;

 private:
  std::unordered_map<std::string_view, std::vector<const Finding*>> places_;
};

}  // namespace nhi

// finding_record.hpp - findings, coverage and headers as records of a bundle, both ways.
#pragma once

#include <nlohmann/json.hpp>

#include "scanner/base/result.hpp"
#include "scanner/bundle/bundle.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// The facts of a finding: all that a sweep stores of it, nothing of its presence.
[[nodiscard]] nlohmann::json finding_to_json(const Finding& finding);
/// Errors: kMalformed.
[[nodiscard]] Result<Finding> finding_of_json(const nlohmann::json& record);

/// The numbers and policies; `unread` places are lines of their own.
[[nodiscard]] nlohmann::json coverage_to_json(const Coverage& coverage);
[[nodiscard]] Result<Coverage> coverage_of_json(const nlohmann::json& record);
[[nodiscard]] nlohmann::json unread_to_json(const Unread& place);
[[nodiscard]] Result<Unread> unread_of_json(const nlohmann::json& record);

[[nodiscard]] nlohmann::json counts_to_json(const BundleCounts& counts);
[[nodiscard]] Result<BundleCounts> counts_of_json(const nlohmann::json& record);

[[nodiscard]] nlohmann::json header_to_json(const BundleHeader& header);
/// Errors: kMalformed, also for targets that are none of the header's host.
[[nodiscard]] Result<BundleHeader> header_of_json(const nlohmann::json& record);

}  // namespace nhi

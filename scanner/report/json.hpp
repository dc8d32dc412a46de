// json.hpp - findings and coverage as JSON values: the one place that spells the field names.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "scanner/report/report.hpp"

namespace nhi {

/// Keys stay in the order in which they are put: the order of contracts section 4.
using Json = nlohmann::ordered_json;

[[nodiscard]] Json finding_value(const Finding& finding, const std::string* revealed);
[[nodiscard]] Json decision_value(const FindingDecision& decision);
[[nodiscard]] Json coverage_value(const Coverage& coverage);
[[nodiscard]] Json credential_value(const Credential& credential);
[[nodiscard]] Json identity_value(const Identity& identity);
[[nodiscard]] Json dependency_value(const Dependency& dependency);
[[nodiscard]] Json measures_value(const Measures& measures);

/// On one line, never failing: strings were made valid UTF-8 when the value was built.
[[nodiscard]] std::string dump_line(const Json& value);
[[nodiscard]] const std::string* revealed_of(const ReportData& data, const Finding& finding);

[[nodiscard]] std::string render_json(const ReportData& data);
[[nodiscard]] std::string render_jsonl(const ReportData& data);

}  // namespace nhi

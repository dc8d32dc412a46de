// sarif.hpp - findings for code-scanning services: SARIF 2.1.0.
#pragma once

#include <string>

#include "scanner/report/report.hpp"

namespace nhi {

/// One run. Results carry all our facts as `properties`; coverage is in
/// invocations[0].properties.coverage. A path is a percent-encoded URI relative to its root, which
/// is named by `uriBaseId`; raw bytes of a path survive in it.
/// Source: OASIS SARIF 2.1.0 (os, errata 01).
[[nodiscard]] std::string render_sarif(const ReportData& data);

}  // namespace nhi

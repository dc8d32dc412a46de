// text.hpp - findings on a terminal, for a tired person: one block a credential, worst first.
#pragma once

#include <string>
#include <string_view>

#include "scanner/report/report.hpp"

namespace nhi {

/// Lines keep to style.columns, except that a path or target longer than a line stands alone and
/// whole. Escape sequences only with style.colour.
[[nodiscard]] std::string render_text(const ReportData& data, const TextStyle& style);
/// "read 1,204 files …" and what was not read; at most `places_max` places by name.
[[nodiscard]] std::string coverage_text(const Coverage& coverage, std::size_t places_max,
                                        const TextStyle& style);

}  // namespace nhi

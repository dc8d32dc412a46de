// html.hpp - one self-contained page: headline numbers, each linked to the list that it counts.
//
// The page needs no network: style and script are inside, and its policy forbids everything else.
// Style and script are allowed by their SHA-256, so markup that slipped through an escape could
// still not run. Findings travel as JSON in a data block and become text nodes, never markup. The
// trend is drawn here as SVG rather than by a script library: it prints, it shows without scripts,
// it follows light and dark through the style sheet, and the same data give the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "scanner/report/overview.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

[[nodiscard]] std::string render_html(const ReportData& data);

/// A stranger's text as HTML text or attribute value.
[[nodiscard]] std::string html_text(std::string_view raw);

// Parts of the page, one function a section.
[[nodiscard]] std::string headlines_html(const ReportData& data, const Overview& overview);
[[nodiscard]] std::string trend_html(const ReportData& data);
[[nodiscard]] std::string dependencies_html(const ReportData& data, const Overview& overview);
[[nodiscard]] std::string breakdown_html(const ReportData& data, const Overview& overview);
[[nodiscard]] std::string unread_html(const Coverage& coverage);

/// Data blocks for the page's script: {"columns":[…],"strings":[…],"rows":[[…]]}, a cell being
/// a place in `strings`. Safe inside a script element: no '<' is left in it.
[[nodiscard]] std::string findings_block(const ReportData& data);
[[nodiscard]] std::string credentials_block(const ReportData& data, const Overview& overview);

}  // namespace nhi

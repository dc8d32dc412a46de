// csv.hpp - findings as a table that opens safely in a spreadsheet and can be read back.
//
// RFC 4180: comma, CRLF, double quotes doubled, one header line, UTF-8 without a mark. A list is
// one cell with a JSON array in it.
//
// Spreadsheets take a cell that starts with = + - @ for a formula, and some strip a tab, CR or LF
// first. Such a cell gets one apostrophe in front; so does a cell that starts with an apostrophe
// itself. Reading back takes one leading apostrophe away. That is the whole scheme, so every text
// survives: restored(neutralised(x)) == x.
// Source: OWASP "CSV Injection"; the full-width forms are the ones Japanese spreadsheets accept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

using CsvRow = std::vector<std::string>;

[[nodiscard]] std::string neutralised(std::string_view cell);
[[nodiscard]] std::string restored(std::string_view cell);

/// One RFC 4180 line with its CRLF; cells are neutralised and quoted where needed.
[[nodiscard]] std::string csv_line(const CsvRow& cells);
/// All rows, cells restored, the header first. LF alone ends a line too (spreadsheets write it).
/// Errors: kMalformed for a quote that never closes, or text after a closing quote; subject is the
/// line.
[[nodiscard]] Result<std::vector<CsvRow>> parse_csv(std::string_view text);

[[nodiscard]] std::string render_csv(const ReportData& data);

}  // namespace nhi

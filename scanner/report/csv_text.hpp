// csv_text.hpp - cells, lines and files of CSV that open safely in a spreadsheet and read back.
//
// RFC 4180: comma, CRLF, double quotes doubled, one header line, UTF-8 without a mark.
//
// Spreadsheets take a cell that starts with = + - @ for a formula, and some strip a tab, CR or LF
// first. Such a cell gets one apostrophe in front; so does a cell that starts with an apostrophe
// itself. Where the separator is a semicolon or a tab, as in half of Europe, a spreadsheet cuts
// there, inside quotes too: what follows one is treated like the start of a cell. Reading back
// takes one apostrophe away where it stands before such a text, and leaves one that a person typed
// before anything else. So every text survives: restored(neutralised(x)) == x. Source: OWASP "CSV
// Injection"; the full-width forms are the ones Japanese spreadsheets accept.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

inline constexpr std::size_t kCsvCellsMax = 1024;  // a row; our own reports have about a hundred

using CsvRow = std::vector<std::string>;
struct CsvRecord {
  std::size_t line = 0;  // on which it begins, from 1
  CsvRow cells;
};
/// Takes one record; an error ends the reading.
using CsvSink = std::function<Result<void>(CsvRecord)>;

[[nodiscard]] std::string neutralised(std::string_view cell);
[[nodiscard]] std::string restored(std::string_view cell);

/// One RFC 4180 line with its CRLF; cells are neutralised and quoted where needed.
[[nodiscard]] std::string csv_line(const CsvRow& cells);
/// Hands over all records in order, cells restored, the header first. LF alone ends a line too
/// (spreadsheets write it).
/// Errors: kMalformed for a quote that never closes, or text after a closing quote; kTooLarge over
/// kCsvCellsMax; subject is the line. Those of `sink`.
[[nodiscard]] Result<void> read_csv(std::string_view text, const CsvSink& sink);
/// The same as rows.
[[nodiscard]] Result<std::vector<CsvRow>> parse_csv(std::string_view text);

}  // namespace nhi
